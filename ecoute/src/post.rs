//! What sends mail on one machine, and how the operator says where to.

use std::path::Path;
use std::time::Duration;

use functions::{Mail, Mailer, Smtp, Turn};
use jiff::Timestamp;
use tokio::sync::watch;

use crate::error::Stopped;
use crate::words::say;

/// How mail leaves, as the operator says it.
#[derive(Clone, Default)]
pub struct MailOptions {
    /// The address of a mail server; without one, messages are files.
    pub smtp: Option<String>,
    /// The password of the account on that server.
    pub password: Option<String>,
    /// The address that messages come from; that of the content's contact where it is none.
    pub from: Option<String>,
}

impl MailOptions {
    /// What these options mean, where messages that are files go in `outbox`.
    pub(crate) fn mail(&self, outbox: &Path, site_url: &str) -> Result<Mail, Stopped> {
        let mail = match &self.smtp {
            None => Mail::outbox(outbox.to_owned()),
            Some(url) => Smtp::parse(url, self.password.as_deref(), site_url)
                .map(Mail::smtp)
                .map_err(|problem| Stopped::because(&format!("smtp.{problem}"), &[]))?,
        };
        match &self.from {
            None => Ok(mail),
            Some(from) => mail
                .sent_from(from)
                .ok_or_else(|| Stopped::because("mail-from", &[("from", from.clone())])),
        }
    }

    /// Where mail goes, in words.
    pub(crate) fn said(&self, outbox: &str) -> String {
        match &self.smtp {
            None => say("serve.outbox", &[("path", outbox.to_owned())]),
            Some(url) => say("serve.smtp", &[("url", url.clone())]),
        }
    }
}

/// Sends what is due, when it is put and when its time comes, until the site stops; and tells
/// whom results cite, at start and on the day of those that are to come.
pub(crate) async fn post(mailer: Mailer, mut stopped: watch::Receiver<bool>) {
    /// How often the clock is looked at.
    const TICK: Duration = Duration::from_millis(100);
    /// How often the queue is looked at: a command may put letters beside this process.
    const LOOK: Duration = Duration::from_secs(60);
    const RETRY: Duration = Duration::from_secs(5);
    let app = mailer.app();
    let mut results = Some(Timestamp::MIN);
    while !*stopped.borrow() {
        if results.is_some_and(|published| (app.clock)() >= published) {
            results = match app.tell_cited().await {
                Ok(next) => next,
                Err(error) => {
                    tracing::error!(cause = %error, "authors whom results cite are told later");
                    Some((app.clock)() + LOOK)
                }
            };
        }
        let (next, wakes) = match mailer.send_next().await {
            Ok(Turn::Done) => continue,
            Ok(Turn::Wait(until)) => (until, false),
            Ok(Turn::Idle(next)) => (next.unwrap_or(Timestamp::MAX), true),
            Err(error) => {
                tracing::error!(cause = %error, "the mail queue was not read, and is tried again");
                let _ = tokio::time::timeout(RETRY, stopped.wait_for(|stopped| *stopped)).await;
                continue;
            }
        };
        let due = async {
            let next = results.map_or(next, |published| published.min(next));
            while (app.clock)() < next {
                tokio::time::sleep(TICK).await;
            }
        };
        tokio::select! {
            () = due => {}
            () = app.store.letter_put(), if wakes => {}
            () = tokio::time::sleep(LOOK), if wakes => {}
            _ = stopped.wait_for(|stopped| *stopped) => {}
        }
    }
}
