//! Mail to authors: what is said when, and where it goes.

use std::path::PathBuf;
use std::sync::Arc;

use domain::{ContributionRef, Email, Report, Status};
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

    /// Tells who sent a report and left an address what becomes of it: `report-received` or
    /// `report-decided`.
    pub(crate) async fn mail_reporter(&self, event: &str, report: &Report) {
        let email = match self.store.reporter_email(&report.id).await {
            Ok(Some(email)) => email,
            Ok(None) => return,
            Err(error) => {
                tracing::error!(cause = %error, event, "who sent a report could not be told");
                return;
            }
        };
        let receipt = address::report_receipt(&self.secret.report_token(&report.id));
        let args = [
            ("reference", report.id.reference()),
            ("link", format!("{}{receipt}", self.site_url)),
            (
                "delay",
                self.renderer.catalogue().site.moderation_delay.clone(),
            ),
        ];
        self.send(event, &email, &args).await;
    }

    async fn mail(&self, event: &str, reference: &ContributionRef, to: &Email, reason: String) {
        let messages = self.renderer.messages();
        let receipt = address::receipt(&self.secret.receipt_token(reference));
        let args = [
            (
                "noun",
                messages.text(&format!("noun.{}", reference.noun()), &[]),
            ),
            ("reference", reference.id().reference()),
            ("link", format!("{}{receipt}", self.site_url)),
            ("reason", reason),
            (
                "delay",
                self.renderer.catalogue().site.moderation_delay.clone(),
            ),
        ];
        self.send(event, to, &args).await;
    }

    /// Sends one message. What fails is logged: what it tells is durable whatever happens here.
    async fn send(&self, event: &str, to: &Email, args: &[(&str, String)]) {
        let Mail::Outbox(folder) = &self.mail else {
            return;
        };
        let messages = self.renderer.messages();
        let site = &self.renderer.catalogue().site;
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
            .subject(messages.text(&format!("mail.{event}.subject"), args))
            .header(ContentType::TEXT_PLAIN)
            .body(messages.text(&format!("mail.{event}.body"), args));
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
