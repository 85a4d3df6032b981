//! Mail: a letter of the queue becomes a message, and leaves once.
//!
//! What a letter says is read when it leaves: the address, where there is still one, and whether
//! what it tells still holds. The queue knows neither.

mod compose;
mod contributors;
mod mailer;
mod problem;
mod smtp;
mod suppression;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use domain::Email;
use jiff::Timestamp;
use lettre::Address;
use site_gen::Renderer;

use self::compose::{Composed, Letterhead};
use crate::App;
use crate::secret::new_token;

pub(crate) use compose::Words;
pub use mailer::{Mailer, Turn};
pub use problem::MailProblem;
pub use smtp::{Smtp, SmtpUrlProblem};
pub use suppression::{suppress, suppressed, unsuppress};

/// How mail leaves.
#[derive(Debug, Clone)]
pub struct Mail {
    way: Way,
    /// The address that messages come from, where it is not the site's contact.
    from: Option<Address>,
}

#[derive(Debug, Clone)]
enum Way {
    /// A folder that keeps each message as an `.eml` file.
    Outbox(Arc<PathBuf>),
    /// A mail server.
    Smtp(Arc<Smtp>),
    /// None: letters wait for a sender elsewhere.
    Queue,
}

impl Mail {
    /// Messages are files of a folder.
    #[must_use]
    pub fn outbox(folder: PathBuf) -> Self {
        Self {
            way: Way::Outbox(Arc::new(folder)),
            from: None,
        }
    }

    /// Messages go to a mail server.
    #[must_use]
    pub fn smtp(server: Smtp) -> Self {
        Self {
            way: Way::Smtp(Arc::new(server)),
            from: None,
        }
    }

    /// Letters stay in the queue: somebody else sends them. A function that only puts letters.
    #[must_use]
    pub fn queue() -> Self {
        Self {
            way: Way::Queue,
            from: None,
        }
    }

    /// The same, from an address; none where it is no address.
    #[must_use]
    pub fn sent_from(self, address: &str) -> Option<Self> {
        let address = address.trim().parse().ok()?;
        Some(Self {
            from: Some(address),
            ..self
        })
    }

    /// Sends one message to see whether mail leaves, and ends the connection.
    ///
    /// # Errors
    /// Why it does not.
    pub async fn test(
        &self,
        renderer: &Renderer,
        site_url: &str,
        to: &Email,
    ) -> Result<(), MailProblem> {
        let letterhead = Letterhead {
            renderer,
            site_url,
            from: self.from.as_ref(),
        };
        let name = format!("essai-{}", new_token());
        let words = Words::of_a_test(renderer, site_url);
        let message = letterhead.compose(name, &words, to, Timestamp::now())?;
        let sent = self.send(&message).await;
        self.rest().await;
        sent
    }

    /// Whether messages leave from here at all.
    pub(crate) fn leaves(&self) -> bool {
        !matches!(self.way, Way::Queue)
    }

    /// How many messages may be on their way at once.
    fn at_once(&self) -> usize {
        /// Files are written one after the other, the store is read meanwhile.
        const FILES: usize = 8;
        match &self.way {
            Way::Outbox(_) => FILES,
            Way::Smtp(server) => server.at_once(),
            Way::Queue => 1,
        }
    }

    /// Hands a message over.
    async fn send(&self, message: &Composed) -> Result<(), MailProblem> {
        match &self.way {
            Way::Outbox(folder) => keep(folder, message),
            Way::Smtp(server) => server.send(&message.envelope, &message.bytes).await,
            Way::Queue => Err(MailProblem::Unreachable),
        }
    }

    /// Ends the connections to the mail server, until there is more to send.
    async fn rest(&self) {
        if let Way::Smtp(server) = &self.way {
            server.rest().await;
        }
    }

    /// The folder of messages, where they are files.
    pub(crate) fn folder(&self) -> Option<&Path> {
        match &self.way {
            Way::Outbox(folder) => Some(folder),
            Way::Smtp(_) | Way::Queue => None,
        }
    }
}

impl App {
    /// Sends a message now, to an address that is kept nowhere: no queue knows of it, and who asked
    /// for it is told where it does not leave.
    pub(crate) async fn send_at_once(&self, words: &Words, to: &Email) -> Result<(), MailProblem> {
        // Where it can't be told whether mail may go there, it does not.
        if self.is_suppressed(to).await.unwrap_or(true) {
            return Err(MailProblem::Suppressed);
        }
        let name = format!("lien-{}", new_token());
        let message = self.letterhead().compose(name, words, to, self.now())?;
        self.mail.send(&message).await
    }
}

/// Keeps a message as a file. One that is kept again takes the place of the first.
fn keep(folder: &Path, message: &Composed) -> Result<(), MailProblem> {
    let path = folder.join(format!("{}.eml", message.name));
    let half = folder.join(format!(".{}.half", message.name));
    write_private(&half, &message.bytes)
        .and_then(|()| fs::rename(&half, &path))
        .map_err(|error| {
            tracing::error!(cause = %error, "a message was not kept in the outbox");
            MailProblem::Outbox
        })
}

/// Writes a file that its owner alone may read.
fn write_private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    use std::io::Write;
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options.open(path)?.write_all(bytes)
}
