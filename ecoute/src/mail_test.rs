//! `ecoute mail test`: one message, to see whether mail leaves.

use std::path::PathBuf;

use domain::Email;

use crate::error::Stopped;
use crate::post::MailOptions;
use crate::serve;
use crate::words::say;

/// What to send, and how.
pub struct Options {
    /// The folder of the database, the pages and the mail.
    pub data_dir: PathBuf,
    /// The content, which says whom messages come from.
    pub content: PathBuf,
    /// The theme, which says what they look like.
    pub theme: PathBuf,
    /// The public address of the site.
    pub site_url: Option<String>,
    /// How mail leaves.
    pub mail: MailOptions,
    /// To whom.
    pub address: String,
}

/// Sends one message, and says where it went.
///
/// # Errors
/// Why it did not leave.
pub async fn send(options: Options) -> Result<String, Stopped> {
    let address = &options.address;
    let to = Email::parse(address)
        .map_err(|_| Stopped::because("mail-address", &[("address", address.clone())]))?;
    let site_url = options.site_url.as_deref().unwrap_or("http://localhost");
    let outbox = options.data_dir.join("outbox");
    let mail = options.mail.mail(&outbox, site_url)?;
    let (bundle, _) = serve::load(&options.content, &options.theme, site_url)?;
    let renderer = serve::renderer(&bundle, &options.theme)?;
    if options.mail.smtp.is_none() {
        std::fs::create_dir_all(&outbox)
            .map_err(|error| Stopped::io("data-dir", &outbox, &error))?;
    }
    let said = options.mail.said(&outbox.display().to_string());
    mail.test(&renderer, site_url, &to)
        .await
        .map_err(|problem| Stopped::because(&format!("mail.{}", problem.key()), &[]))?;
    Ok(say(
        "mail-test.done",
        &[("address", address.clone()), ("way", said)],
    ))
}
