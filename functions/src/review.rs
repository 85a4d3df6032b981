//! What a review page says of personal data in a text, and what is kept of it.

use std::collections::BTreeSet;

use domain::{
    Body, CommentDraft, Flag, IdeaDraft, Invalid, Name, PersonalKind, TestimonialDraft, Title,
};
use insights::personal::{self, Kind};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use site_gen::Messages;
use site_gen::view::Filled;

use crate::form::{Hidden, hidden};
use crate::given_back::GivenBack;
use crate::secret::Ticket;
use crate::{App, Failure};

/// Less than anybody takes to fill a form, or to read a page.
const HASTY_MILLISECONDS: i64 = 3_000;

/// A form, the ticket of its review page, and the field that nobody sees.
#[derive(Deserialize)]
pub(crate) struct Reviewed<T> {
    #[serde(flatten)]
    pub(crate) form: T,
    #[serde(default)]
    pub(crate) ticket: String,
    /// Blank, unless a program filled it: people don't see it. It is told nothing.
    #[serde(default)]
    site_web: String,
    /// For how many seconds a blank form was on the screen before it was sent, where the script
    /// counted them: a static page has no time of its own.
    #[serde(default)]
    duree: String,
    /// What the browser computed, where the campaign asks for a proof of work.
    #[serde(default)]
    pub(crate) preuve: String,
}

impl<T: Serialize> Reviewed<T> {
    /// The ticket of this review page, by which what is sent from it is one contribution however
    /// often it is reviewed and sent: the one that came, or a new one.
    pub(crate) fn ticket(&self, app: &App, purpose: &str, now: Timestamp) -> String {
        if app.secret.read_ticket(purpose, &self.ticket, now).is_some() {
            self.ticket.clone()
        } else {
            app.secret.ticket(purpose, now)
        }
    }

    /// The fields that the review page carries: the form as it was typed, and the ticket.
    pub(crate) fn carried(&self, ticket: String) -> Result<Vec<Hidden>, Failure> {
        let mut carried = vec![("ticket", ticket)];
        if self.is_trapped() {
            carried.push(("site_web", self.trap().to_owned()));
        }
        if self.is_hasty() {
            carried.push(("duree", "0".to_owned()));
        }
        hidden(&self.form, carried)
    }
}

impl<T: GivenBack> GivenBack for Reviewed<T> {
    fn fields(&self) -> Vec<(&'static str, &str)> {
        self.form.fields()
    }
}

impl<T> Reviewed<T> {
    /// What goes back into the form, the mark of a program with it.
    pub(crate) fn filled(self) -> Filled<T> {
        Filled {
            trap: self.trap().to_owned(),
            values: self.form,
        }
    }

    /// The form changed, the rest as it was.
    pub(crate) fn with(self, form: T) -> Self {
        Self { form, ..self }
    }

    /// What the field that nobody sees goes on with: that it was filled, and not with what.
    fn trap(&self) -> &'static str {
        if self.is_trapped() { "1" } else { "" }
    }

    fn is_trapped(&self) -> bool {
        !self.site_web.trim().is_empty()
    }

    /// Whether the form was filled in less time than anybody takes.
    fn is_hasty(&self) -> bool {
        let seconds = self.duree.trim().parse::<i64>();
        seconds.is_ok_and(|seconds| seconds.saturating_mul(1_000) < HASTY_MILLISECONDS)
    }

    /// What moderators are told of how and what was sent.
    pub(crate) fn flags(
        &self,
        draft: &impl Texts,
        ticket: &Ticket,
        now: Timestamp,
    ) -> BTreeSet<Flag> {
        let mut flags: BTreeSet<Flag> = draft
            .texts()
            .into_iter()
            .flat_map(|(_, text)| personal::kinds(text))
            .map(Flag::PersonalData)
            .collect();
        let read_for = now.as_millisecond() - ticket.opened.as_millisecond();
        if read_for < HASTY_MILLISECONDS || self.is_hasty() {
            flags.insert(Flag::Hasty);
        }
        if self.is_trapped() {
            flags.insert(Flag::Honeypot);
        }
        flags
    }
}

/// That an address is needed, at which what was sent is confirmed.
pub(crate) fn address_needed() -> Invalid {
    let mut invalid = Invalid::default();
    invalid.add("email", "needed");
    invalid
}

/// The texts of a draft that its author wrote freely.
pub(crate) trait Texts {
    /// Each with its field's name.
    fn texts(&self) -> Vec<(&'static str, &str)>;

    /// The draft as it is kept: without social-security numbers, which are never stored (their
    /// use is reserved by law: décret n° 2019-341 of 19 April 2019).
    #[must_use]
    fn kept(self, messages: &Messages) -> Self;
}

impl Texts for IdeaDraft {
    fn texts(&self) -> Vec<(&'static str, &str)> {
        vec![("title", self.title.as_str()), ("text", self.body.as_str())]
    }

    fn kept(mut self, messages: &Messages) -> Self {
        keep_title(&mut self.title, messages);
        keep_body(&mut self.body, messages);
        self
    }
}

impl Texts for TestimonialDraft {
    fn texts(&self) -> Vec<(&'static str, &str)> {
        vec![("title", self.title.as_str()), ("text", self.body.as_str())]
    }

    fn kept(mut self, messages: &Messages) -> Self {
        keep_title(&mut self.title, messages);
        keep_body(&mut self.body, messages);
        self
    }
}

impl Texts for CommentDraft {
    fn texts(&self) -> Vec<(&'static str, &str)> {
        let name = self.name.as_ref().map(|name| ("name", name.as_str()));
        let text = ("text", self.body.as_str());
        std::iter::once(text).chain(name).collect()
    }

    /// A name loses the number without words in its place; where nothing is left, it is nobody's.
    fn kept(mut self, messages: &Messages) -> Self {
        let name = self.name.as_ref();
        if let Some(kept) = name.and_then(|name| without_number(name.as_str(), messages)) {
            let words = format!("[{}]", word(Kind::SocialSecurity, messages));
            self.name = Name::parse(&kept.replace(&words, " ")).ok();
        }
        keep_body(&mut self.body, messages);
        self
    }
}

fn keep_title(title: &mut Title, messages: &Messages) {
    if let Some(kept) = without_number(title.as_str(), messages) {
        *title = Title::parse(&kept, Title::MAX)
            .or_else(|_| Title::parse(&word(Kind::SocialSecurity, messages), Title::MAX))
            .expect("the words for what was removed are a title");
    }
}

fn keep_body(body: &mut Body, messages: &Messages) {
    if let Some(text) = without_number(body.as_str(), messages) {
        *body = Body::parse(&text, Body::MAX)
            .or_else(|_| Body::parse(&word(Kind::SocialSecurity, messages), Body::MAX))
            .expect("the words for what was removed are a text");
    }
}

fn without_number(text: &str, messages: &Messages) -> Option<String> {
    personal::kinds(text)
        .contains(&Kind::SocialSecurity)
        .then(|| {
            let only = [Kind::SocialSecurity];
            personal::remove(text, &only, |kind| word(kind, messages))
        })
}

/// The text with all personal data replaced by words.
pub(crate) fn without_personal_data(text: &str, messages: &Messages) -> String {
    personal::remove(text, &Kind::ALL, |kind| word(kind, messages))
}

fn word(kind: PersonalKind, messages: &Messages) -> String {
    messages.text(&format!("personal.{}.removed", kind.key()), &[])
}

/// What the review page says of the personal data of a draft: the context's `personal`.
#[derive(Debug, Default, Serialize)]
pub(crate) struct PersonalView {
    /// What the author may remove, quoted.
    found: Vec<FoundView>,
    /// Why each kind of it had better not be public.
    why: Vec<String>,
    /// What is never kept: social-security numbers.
    never: Vec<FoundView>,
    /// How many more were found than are quoted.
    more: usize,
    /// Whether the author has just had them removed.
    removed: bool,
}

#[derive(Debug, PartialEq, Serialize)]
struct FoundView {
    quote: String,
    kind: String,
    place: String,
}

/// What becomes of the personal data that a review finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Review {
    /// It is offered to remove it.
    Offer,
    /// It was removed as the author asked.
    Removed,
    /// It is offered again: the page was open for too long to be sent.
    Expired,
}

impl PersonalView {
    /// What is found in a draft as it was typed.
    pub(crate) fn of(draft: &impl Texts, review: Review, messages: &Messages) -> Self {
        const QUOTED: usize = 8;
        let mut view = Self {
            removed: review == Review::Removed,
            ..Self::default()
        };
        let mut kinds = BTreeSet::new();
        for (field, text) in draft.texts() {
            for found in personal::find(text) {
                let quoted = FoundView {
                    quote: text[found.range].to_owned(),
                    kind: messages.text(&format!("personal.{}.label", found.kind.key()), &[]),
                    place: messages.text(&format!("personal.place.{field}"), &[]),
                };
                let list = match found.kind {
                    Kind::SocialSecurity => &mut view.never,
                    kind => {
                        kinds.insert(kind);
                        &mut view.found
                    }
                };
                if list.contains(&quoted) {
                    continue;
                }
                if list.len() < QUOTED {
                    list.push(quoted);
                } else if found.kind != Kind::SocialSecurity {
                    view.more += 1;
                }
            }
        }
        view.why = kinds
            .into_iter()
            .map(|kind| messages.text(&format!("personal.{}.why", kind.key()), &[]))
            .collect();
        view
    }
}
