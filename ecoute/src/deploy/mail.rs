//! Mail: whether the server takes who sends.

use functions::Smtp;

use super::report::Report;
use crate::post::MailOptions;
use crate::words::say;

pub(super) async fn check(report: &mut Report, mail: &MailOptions, site_url: Option<&str>) {
    let Some(url) = &mail.smtp else { return };
    report.section("mail", &[]);
    let site_url = site_url.unwrap_or("http://localhost");
    let smtp = match Smtp::parse(url, mail.password.as_deref(), site_url) {
        Ok(smtp) => smtp,
        Err(problem) => return report.wrong_said(&say(&format!("error.smtp.{problem}"), &[])),
    };
    match smtp.check().await {
        Ok(()) => report.well("mail.answers", &[]),
        Err(problem) => report.wrong_said(&say(&format!("error.mail.{}", problem.key()), &[])),
    }
}
