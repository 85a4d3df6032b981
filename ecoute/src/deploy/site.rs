//! The public site, as readers reach it.

use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, LOCATION};

use super::Deployed;
use super::content::Made;
use super::report::Report;
use super::visit::{Answer, Visitor};
use crate::serve;

/// A path that no page has.
const NOWHERE: &str = "/verification-page-qui-n-existe-pas/";
/// A page of the back office that asks nothing of who reads it.
const LOGIN: &str = "/moderation/connexion";

pub(super) async fn check(
    report: &mut Report,
    site_url: &str,
    deployed: &Deployed,
    made: Option<&Made>,
) {
    report.section("site", &[("url", site_url.to_owned())]);
    let site_url = match serve::site_url(site_url) {
        Ok(site_url) => site_url,
        Err(stopped) => return report.wrong_said(&stopped.to_string()),
    };
    let is_clear = site_url.starts_with("http://");
    if is_clear
        && !["http://127.", "http://localhost"]
            .iter()
            .any(|it| site_url.starts_with(it))
    {
        report.wrong("site.clear", &[]);
    }
    let visitor = match Visitor::new() {
        Ok(visitor) => visitor,
        Err(error) => return report.wrong("site.certificates", &[("error", error)]),
    };
    let visit = Visit {
        visitor,
        site_url,
        in_clear: deployed.in_clear.as_deref(),
    };
    // Where nobody answers, nothing more is asked of who doesn't.
    if visit.front(report).await.is_some() {
        visit.missing_page(report).await;
        visit.counts(report, made).await;
        visit.back_office(report).await;
    }
    visit.in_clear(report).await;
    if let Some(api) = &deployed.api {
        visit.past_the_distribution(report, api).await;
    }
}

struct Visit<'d> {
    visitor: Visitor,
    site_url: String,
    in_clear: Option<&'d str>,
}

impl Visit<'_> {
    /// Asks for a path of the site; none where nobody answers, which is said.
    async fn get(&self, report: &mut Report, path: &str) -> Option<Answer> {
        let url = format!("{}{path}", self.site_url);
        match self.visitor.get(&url).await {
            Ok(answer) => Some(answer),
            Err(error) => {
                report.wrong("site.silent", &[("url", url), ("error", error)]);
                None
            }
        }
    }

    /// The first page; none where nobody answers.
    async fn front(&self, report: &mut Report) -> Option<()> {
        let answer = self.get(report, "/").await?;
        let is_page = answer
            .header(CONTENT_TYPE.as_str())
            .starts_with("text/html");
        if answer.status != StatusCode::OK || !is_page {
            report.wrong("site.no-front", &[status(&answer)]);
            return Some(());
        }
        report.well("site.front", &[]);
        let mut wanted = vec![
            ("content-security-policy", "default-src 'none'"),
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "same-origin"),
        ];
        if self.in_clear.is_some() || self.site_url.starts_with("https://") {
            wanted.push(("strict-transport-security", "max-age="));
        }
        let missing = wanted
            .iter()
            .filter(|(name, value)| !answer.header(name).contains(value));
        let missing: Vec<&str> = missing.map(|(name, _)| *name).collect();
        match missing.is_empty() {
            true => report.well("site.headers", &[]),
            false => report.wrong("site.no-headers", &[("names", missing.join(", "))]),
        }
        Some(())
    }

    async fn missing_page(&self, report: &mut Report) {
        let Some(answer) = self.get(report, NOWHERE).await else {
            return;
        };
        let is_page = answer
            .header(CONTENT_TYPE.as_str())
            .starts_with("text/html");
        match answer.status == StatusCode::NOT_FOUND && is_page {
            true => report.well("site.missing", &[]),
            false => report.wrong("site.no-missing", &[status(&answer)]),
        }
    }

    /// Live counts come from a function, through the distribution.
    async fn counts(&self, report: &mut Report, made: Option<&Made>) {
        let campaigns = made.map(|made| &made.bundle.catalogue.campaigns);
        let Some(campaign) = campaigns.and_then(|all| all.keys().next()) else {
            return report.unknown("site.unasked-counts", &[]);
        };
        let path = format!("/api/compteurs?campagne={campaign}");
        let Some(answer) = self.get(report, &path).await else {
            return;
        };
        let is_json = serde_json::from_slice::<serde_json::Value>(&answer.body).is_ok();
        match (answer.status, is_json) {
            (StatusCode::OK, true) => report.well("site.counts", &[]),
            (StatusCode::FORBIDDEN, _) => report.wrong("site.counts-refused", &[]),
            _ => report.wrong("site.no-counts", &[status(&answer)]),
        }
    }

    /// Nothing of the back office is kept on the way. Asked twice, a cache would show it.
    async fn back_office(&self, report: &mut Report) {
        let mut last = None;
        for _ in 0..2 {
            let Some(answer) = self.get(report, LOGIN).await else {
                return;
            };
            last = Some(answer);
        }
        let Some(answer) = last else { return };
        if answer.status != StatusCode::OK {
            return match answer.status {
                StatusCode::FORBIDDEN => report.wrong("site.office-refused", &[]),
                _ => report.wrong("site.no-office", &[status(&answer)]),
            };
        }
        let says_so = answer.header(CACHE_CONTROL.as_str()).contains("no-store");
        let was_kept =
            answer.header("x-cache").starts_with("Hit") || answer.headers.contains_key("age");
        match says_so && !was_kept {
            true => report.well("site.office", &[]),
            false => report.wrong("site.office-kept", &[]),
        }
    }

    /// In clear, a reader is led to the public address.
    async fn in_clear(&self, report: &mut Report) {
        let Some(in_clear) = self.in_clear else {
            return;
        };
        let answer = match self.visitor.get(in_clear).await {
            Ok(answer) => answer,
            Err(error) => {
                let args = [("url", in_clear.to_owned()), ("error", error)];
                return report.wrong("site.silent", &args);
            }
        };
        let leads = answer.header(LOCATION.as_str()).starts_with(&self.site_url);
        match answer.status.is_redirection() && leads {
            true => report.well("site.to-tls", &[]),
            false => report.wrong("site.not-to-tls", &[status(&answer)]),
        }
    }

    /// Who asks the API itself, past the distribution, is refused.
    async fn past_the_distribution(&self, report: &mut Report, api: &str) {
        let url = format!("{}{LOGIN}", api.trim_end_matches('/'));
        match self.visitor.get(&url).await {
            Ok(answer) if answer.status == StatusCode::FORBIDDEN => {
                report.well("site.api-refuses", &[]);
            }
            Ok(answer) => report.wrong("site.api-answers", &[status(&answer)]),
            Err(error) => report.wrong("site.silent", &[("url", url), ("error", error)]),
        }
    }
}

fn status(answer: &Answer) -> (&'static str, String) {
    ("status", answer.status.as_u16().to_string())
}
