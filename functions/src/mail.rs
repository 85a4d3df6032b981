//! Mail to authors: what is said when, and where it goes.

use std::path::PathBuf;
use std::sync::Arc;

use domain::{ContributionRef, Email, Status};
use lettre::message::{Mailbox, header::ContentType};
use lettre::{FileTransport, Message, Transport};
use site_gen::address;

use crate::App;
use crate::store::Added;

/// Where mail goes.
#[derive(Debug, Clone)]
pub enum Mail {
    /// A folder that keeps each message as an `.eml` file.
    Outbox(Arc<PathBuf>),
    /// Nowhere: no sender is configured.
    Off,
}

impl Mail {
    /// An outbox in a folder.
    #[must_use]
    pub fn outbox(folder: PathBuf) -> Self {
        Self::Outbox(Arc::new(folder))
    }
}

impl App {
    /// Tells an author who left an address that a contribution is there; once, however often
    /// the form was sent.
    pub(crate) async fn mail_received(
        &self,
        added: Added,
        reference: &ContributionRef,
        email: Option<&Email>,
    ) {
        if let (Added::New, Some(email)) = (added, email) {
            self.mail("received", reference, email, String::new()).await;
        }
    }

    /// Tells an author who left an address what was decided.
    pub(crate) async fn mail_decided(&self, reference: &ContributionRef, status: Status) {
        let email = match self.store.email(reference).await {
            Ok(Some(email)) => email,
            Ok(None) => return,
            Err(error) => {
                tracing::error!(cause = %error, "an author could not be told of a decision");
                return;
            }
        };
        let reason = status.reason().map_or_else(String::new, |reason| {
            let key = format!("reason.{}.author", reason.key());
            self.renderer.messages().text(&key, &[])
        });
        self.mail(status.key(), reference, &email, reason).await;
    }

    /// Sends one message. What fails is logged: the contribution is durable whatever happens here.
    async fn mail(&self, event: &str, reference: &ContributionRef, to: &Email, reason: String) {
        let Mail::Outbox(folder) = &self.mail else {
            return;
        };
        let messages = self.renderer.messages();
        let site = &self.renderer.catalogue().site;
        let link = format!(
            "{}{}",
            self.site_url,
            address::receipt(&self.secret.receipt_token(reference))
        );
        let args = [
            (
                "noun",
                messages.text(&format!("noun.{}", reference.noun()), &[]),
            ),
            ("reference", reference.id().reference()),
            ("link", link),
            ("reason", reason),
            ("delay", site.moderation_delay.clone()),
        ];
        let mailbox = |name: Option<String>, address: &str| {
            address
                .parse()
                .map(|address| Mailbox::new(name, address))
                .ok()
        };
        let (Some(from), Some(to)) = (
            mailbox(Some(site.name.clone()), &site.contact_email),
            mailbox(None, to.expose()),
        ) else {
            tracing::error!(event, "a message has no address that mail takes");
            return;
        };
        let message = Message::builder()
            .from(from)
            .to(to)
            .subject(messages.text(&format!("mail.{event}.subject"), &args))
            .header(ContentType::TEXT_PLAIN)
            .body(messages.text(&format!("mail.{event}.body"), &args));
        let folder = Arc::clone(folder);
        let sent = tokio::task::spawn_blocking(move || {
            let message = message.map_err(|error| error.to_string())?;
            FileTransport::new(folder.as_ref())
                .send(&message)
                .map(|_| ())
                .map_err(|error| error.to_string())
        })
        .await;
        if let Ok(Err(cause)) = sent {
            tracing::error!(event, cause, "a message was not kept in the outbox");
        }
    }
}
