//! From a letter to a message: text first, HTML of the same words, one link.

use std::time::SystemTime;

use domain::{ContributionRef, Email, Event, Letter, Recipient, RejectionReason, ReportOutcome};
use jiff::Timestamp;
use lettre::message::header::{self, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message, MultiPart, SinglePart};
use lettre::{Address, address::Envelope};
use serde::Serialize;
use site_gen::{Renderer, address, dates};

use super::MailProblem;
use crate::App;

/// A message that is ready to leave.
pub(super) struct Composed {
    /// The name of its file, and what it is recognised by.
    pub(super) name: String,
    pub(super) envelope: Envelope,
    pub(super) bytes: Vec<u8>,
}

/// What a message says. It is also what the back office shows of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Words {
    pub(crate) subject: String,
    /// The first is the greeting.
    pub(crate) paragraphs: Vec<String>,
    /// What the link is to.
    pub(crate) link_label: String,
    pub(crate) link: String,
    /// Where these messages are stopped, where that is the link: not where it asks for consent.
    #[serde(skip)]
    pub(crate) unsubscribe: Option<String>,
    /// Why the person gets the message, and how to get no more.
    pub(crate) why: String,
}

impl App {
    /// What messages are written on.
    pub(super) fn letterhead(&self) -> Letterhead<'_> {
        Letterhead {
            renderer: &self.renderer,
            site_url: &self.site_url,
            from: self.mail.from.as_ref(),
        }
    }

    /// What a letter says, with its link; `comments` is how many it tells of.
    pub(crate) fn words(&self, letter: &Letter, link: String, comments: u64) -> Words {
        let messages = self.renderer.messages();
        let say = |key: &str, args: &[(&str, String)]| messages.text(&format!("mail.{key}"), args);
        let key = letter.event.key();
        let mut args = vec![
            (
                "noun",
                messages.text(&format!("noun.{}", letter.about.noun()), &[]),
            ),
            ("reference", letter.about.id().reference()),
            (
                "delay",
                self.renderer.catalogue().site.moderation_delay.clone(),
            ),
        ];
        if let Some(day) = letter.day() {
            args.push(("day", dates::day(day, messages)));
        }
        let (mut subject, mut text) = (format!("{key}.subject"), format!("{key}.text"));
        match letter.event {
            // Somebody who may be in danger may not be alone at the screen.
            Event::Refused(RejectionReason::Alert)
            | Event::Hidden(RejectionReason::Alert)
            | Event::ReplyRefused(RejectionReason::Alert) => {
                text = format!("{key}.discreet");
            }
            Event::Refused(reason) | Event::Hidden(reason) | Event::ReplyRefused(reason) => {
                args.push(("reason", self.reason_said(&letter.about, reason)))
            }
            Event::Decided(decided) => args.push((
                "outcome",
                messages.text(&format!("mail.outcome.{}", decided.key()), &[]),
            )),
            Event::ReportDecided(ReportOutcome::Kept) => text = format!("{key}.kept"),
            Event::ReportDecided(ReportOutcome::Hidden) => text = format!("{key}.hidden"),
            Event::Answered if matches!(letter.about, ContributionRef::Testimonial(_)) => {
                subject = format!("{key}.subject-testimonial");
                text = format!("{key}.testimonial");
            }
            _ => {}
        }
        let (subject, text) = if letter.event == Event::Commented {
            let count = |key: &str| messages.count_with(&format!("mail.{key}"), comments, &args);
            (count("commented.subject"), count("commented.text"))
        } else {
            (say(&subject, &args), say(&text, &args))
        };
        let to = match (letter.event, &letter.to) {
            (Event::Results | Event::OutcomeNews, _) => "contributor",
            (_, Recipient::Author(_)) => "author",
            (_, Recipient::Reporter(_)) => "reporter",
        };
        let mut paragraphs = vec![say("hello", &[])];
        paragraphs.extend(
            text.split("\n\n")
                .map(|paragraph| paragraph.trim().to_owned())
                .filter(|paragraph| !paragraph.is_empty()),
        );
        Words {
            subject,
            paragraphs,
            link_label: match letter.event {
                Event::Unconfirmed => say("unconfirmed.link", &[]),
                Event::Proposed | Event::Reminded => say("proposed.link", &[]),
                _ => say(&format!("{to}.link"), &[]),
            },
            unsubscribe: match letter.event {
                Event::Proposed | Event::Reminded => None,
                _ => Some(link.clone()),
            },
            link,
            why: say(&format!("{to}.why"), &[]),
        }
    }

    /// Where an author confirms an address.
    pub(crate) fn confirmation(&self, reference: &ContributionRef, email: &Email) -> String {
        let token = self.secret.receipt_token(reference);
        let code = self.secret.confirmation(reference, email);
        format!("{}{}", self.site_url, address::confirm(&token, &code))
    }

    /// Where the person who gets a letter sees what became of the contribution.
    pub(crate) fn link(&self, to: &Recipient) -> String {
        let path = match to {
            Recipient::Author(reference) => address::receipt(&self.secret.receipt_token(reference)),
            Recipient::Reporter(report) => {
                address::report_receipt(&self.secret.report_token(report))
            }
        };
        format!("{}{path}", self.site_url)
    }
}

/// Whom messages come from.
pub(super) struct Letterhead<'a> {
    pub(super) renderer: &'a Renderer,
    /// The public address of the site.
    pub(super) site_url: &'a str,
    /// The address that messages come from, where it is not the site's contact.
    pub(super) from: Option<&'a Address>,
}

impl Letterhead<'_> {
    /// The message of these words to an address. The same letter makes the same message, its
    /// date aside, so that one that comes twice is known for one (RFC 5322, 3.6.4).
    pub(super) fn compose(
        &self,
        name: String,
        words: &Words,
        to: &Email,
        now: Timestamp,
    ) -> Result<Composed, MailProblem> {
        let from = self.sender()?;
        let contact: Address = self
            .renderer
            .catalogue()
            .site
            .contact_email
            .parse()
            .map_err(|_| MailProblem::AddressUnusable)?;
        let to: Address = to
            .expose()
            .parse()
            .map_err(|_| MailProblem::AddressUnusable)?;
        let envelope = Envelope::new(Some(from.email.clone()), vec![to.clone()])
            .map_err(|_| MailProblem::AddressUnusable)?;
        let html = self
            .renderer
            .part("mail/letter.html", words)
            .map_err(|error| {
                tracing::error!(cause = %error, "a message can't be made");
                MailProblem::Theme
            })?;
        let parts = MultiPart::alternative()
            .boundary(format!("={name}="))
            .singlepart(part(header::ContentType::TEXT_PLAIN, plain(words)))
            .singlepart(part(header::ContentType::TEXT_HTML, html));
        let message = Message::builder()
            .message_id(Some(format!("<{name}@{}>", host_of(self.site_url))))
            .date(SystemTime::from(now))
            .to(Mailbox::new(None, to))
            .subject(one_line(&words.subject))
            .raw_header(raw("Auto-Submitted", "auto-generated"));
        let message = match &words.unsubscribe {
            Some(link) => message.raw_header(raw("List-Unsubscribe", &format!("<{link}>"))),
            None => message,
        };
        let message = if from.email == contact {
            message.from(from)
        } else {
            message.from(from).reply_to(Mailbox::new(None, contact))
        };
        let bytes = message
            .multipart(parts)
            .map_err(|_| MailProblem::AddressUnusable)?
            .formatted();
        Ok(Composed {
            name,
            envelope,
            bytes,
        })
    }

    /// Whom messages come from: the site, at the address that the operator or the content says.
    fn sender(&self) -> Result<Mailbox, MailProblem> {
        let site = &self.renderer.catalogue().site;
        let address = match self.from {
            Some(address) => address.clone(),
            None => site
                .contact_email
                .parse()
                .map_err(|_| MailProblem::AddressUnusable)?,
        };
        Ok(Mailbox::new(Some(one_line(&site.name)), address))
    }
}

impl Words {
    /// What a message of a test says.
    pub(super) fn of_a_test(renderer: &Renderer, site_url: &str) -> Self {
        let messages = renderer.messages();
        let site = [("site", renderer.catalogue().site.name.clone())];
        Self {
            subject: messages.text("mail.test.subject", &site),
            paragraphs: vec![
                messages.text("mail.hello", &[]),
                messages.text("mail.test.text", &site),
            ],
            link_label: messages.text("mail.test.link", &[]),
            link: format!("{site_url}/"),
            unsubscribe: Some(format!("{site_url}/")),
            why: messages.text("mail.test.why", &[]),
        }
    }
}

/// The host of a site's address.
pub(crate) fn host_of(site_url: &str) -> &str {
    let after = site_url
        .split_once("://")
        .map_or(site_url, |(_, after)| after);
    let host = after.split(['/', '?', '#']).next().unwrap_or(after);
    host.rsplit_once(':').map_or(host, |(host, _)| host)
}

fn part(kind: header::ContentType, body: String) -> SinglePart {
    SinglePart::builder()
        .header(kind)
        .header(header::ContentTransferEncoding::QuotedPrintable)
        .body(body)
}

/// The text of a message; the link stands on a line of its own.
fn plain(words: &Words) -> String {
    format!(
        "{}\n\n{}\n{}\n\n{}\n",
        words.paragraphs.join("\n\n"),
        words.link_label,
        words.link,
        words.why
    )
}

/// A text that may stand in a header: no line break, no control.
fn one_line(text: &str) -> String {
    let spaced: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    spaced
        .split(' ')
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

fn raw(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
}
