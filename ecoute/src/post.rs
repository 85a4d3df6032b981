//! What sends mail on one machine, and how the operator says where to.

use std::path::Path;
use std::time::Duration;

use functions::{App, Mail, Mailer, Smtp, Turn};
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

/// How often the clock is looked at.
const TICK: Duration = Duration::from_millis(100);
/// How often the queue is looked at: a command may put letters beside this process. What failed
/// in the store is tried again after as long.
const LOOK: Duration = Duration::from_secs(60);

/// Tells contributors what came out of their campaigns, at start and on the day of what is to
/// come, until the site stops. Where many are to be told, letters leave meanwhile.
pub(crate) async fn tell(app: App, mut stopped: watch::Receiver<bool>) {
    let mut next = Some(Timestamp::MIN);
    while let Some(at) = next {
        while (app.clock)() < at {
            let stops = stopped.wait_for(|stopped| *stopped);
            if tokio::time::timeout(TICK, stops).await.is_ok() {
                return;
            }
        }
        next = tokio::select! {
            told = app.tell_contributors() => told.unwrap_or_else(|error| {
                tracing::error!(cause = %error, "contributors are told later what came out");
                Some((app.clock)() + LOOK)
            }),
            _ = stopped.wait_for(|stopped| *stopped) => return,
        };
    }
}

/// Sends what is due, when it is put and when its time comes, until the site stops.
pub(crate) async fn post(mailer: Mailer, mut stopped: watch::Receiver<bool>) {
    const RETRY: Duration = Duration::from_secs(5);
    let app = mailer.app();
    while !*stopped.borrow() {
        let (next, wakes) = match mailer.send_due(|| !*stopped.borrow()).await {
            Ok(Turn::Stopped) => return,
            Ok(Turn::Wait(until)) => (until, false),
            Ok(Turn::Idle(next)) => (next.unwrap_or(Timestamp::MAX), true),
            Err(error) => {
                tracing::error!(cause = %error, "the mail queue was not read, and is tried again");
                let _ = tokio::time::timeout(RETRY, stopped.wait_for(|stopped| *stopped)).await;
                continue;
            }
        };
        let due = async {
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
