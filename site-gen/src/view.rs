//! What templates are given: words and addresses, ready to be shown. A template decides how
//! a thing looks, never what it says of it.

use std::collections::BTreeMap;

use domain::{CommentForm, IdeaForm, Invalid};
use serde::Serialize;

use crate::messages::{Messages, number};

/// A link.
#[derive(Debug, Clone, Serialize)]
pub struct Link {
    /// Its words.
    pub label: String,
    /// Its address.
    pub href: String,
}

impl Link {
    /// A link of these words to this address.
    pub fn new(label: impl Into<String>, href: impl Into<String>) -> Self {
        Self {
            label: label.into(),
            href: href.into(),
        }
    }
}

/// What every page says of itself: the context's `page`.
#[derive(Debug, Clone, Serialize)]
pub struct Head {
    /// The page's title, without the site's name.
    pub title: String,
    /// One sentence for search engines and shared links.
    pub description: String,
    /// Its path, such as `/campagnes/`.
    pub path: String,
    /// « Vous êtes ici », from the home page to the parent; empty on the home page.
    pub breadcrumb: Vec<Link>,
    /// Whether search engines may list it.
    pub indexed: bool,
}

/// A campaign in a list.
#[derive(Debug, Clone, Serialize)]
pub struct CampaignCard {
    /// The campaign's page.
    pub href: String,
    /// Its subject, as a question.
    pub title: String,
    /// Its subject in a few words.
    pub short: String,
    /// One line of why.
    pub summary: String,
    /// The phase's key, for a style class.
    pub phase: &'static str,
    /// The phase in words, with its date: « Ouverte jusqu’au mardi 15 décembre 2026 ».
    pub state: String,
    /// The space that holds it.
    pub space: Link,
    /// What was contributed, in words; none where nothing was.
    pub participation: Option<String>,
}

/// A campaign's own page.
#[derive(Debug, Clone, Serialize)]
pub struct CampaignView {
    /// What lists show of it.
    #[serde(flatten)]
    pub card: CampaignCard,
    /// Its presentation, as HTML.
    pub body: String,
    /// Its guiding questions.
    pub questions: Vec<String>,
    /// Its first day in words, and as ISO 8601.
    pub opens: String,
    /// The same for machines.
    pub opens_iso: String,
    /// Its last day in words.
    pub closes: String,
    /// The same for machines.
    pub closes_iso: String,
    /// Whether an idea may be put forward now.
    pub open: bool,
    /// Where the form is.
    pub propose_href: String,
    /// Where the ideas are.
    pub ideas_href: String,
    /// How many ideas are published.
    pub ideas_count: u64,
}

/// An idea in a list.
#[derive(Debug, Clone, Serialize)]
pub struct IdeaCardView {
    /// The idea's page.
    pub href: String,
    /// Its title.
    pub title: String,
    /// The beginning of its text.
    pub excerpt: String,
    /// Its kind in words: « Idée ».
    pub kind: String,
    /// Its category.
    pub category: Option<String>,
    /// When it was published, in words.
    pub date: String,
    /// The same for machines.
    pub date_iso: String,
    /// « 12 soutiens ».
    pub likes: String,
    /// « 3 commentaires ».
    pub comments: String,
}

/// An idea's own page.
#[derive(Debug, Clone, Serialize)]
pub struct IdeaView {
    /// What lists show of it.
    #[serde(flatten)]
    pub card: IdeaCardView,
    /// Its identifier.
    pub id: String,
    /// Its identifier as it is read aloud.
    pub reference: String,
    /// The guiding question that it answers.
    pub question: Option<String>,
    /// Its text, as HTML paragraphs.
    pub body: String,
    /// How many people like it.
    pub likes_count: u64,
    /// Whether likes and comments are taken now.
    pub open: bool,
    /// Where the like form is sent.
    pub like_action: String,
    /// How many comments it has.
    pub comments_count: u64,
    /// The comments of this page, oldest first.
    pub comment_list: Vec<CommentView>,
}

/// A comment on an idea's page.
#[derive(Debug, Clone, Serialize)]
pub struct CommentView {
    /// Its identifier, for a fragment.
    pub id: String,
    /// Its author's chosen name, or the words for none.
    pub name: String,
    /// When it was received, in words.
    pub date: String,
    /// The same for machines.
    pub date_iso: String,
    /// Its text, as HTML paragraphs.
    pub body: String,
}

/// A space, in a list and on its page.
#[derive(Debug, Clone, Serialize)]
pub struct SpaceView {
    /// Its page.
    pub href: String,
    /// Its name in addresses, for a style class.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// Where it is.
    pub place: String,
    /// One sentence.
    pub summary: String,
    /// Its presentation, as HTML.
    pub body: String,
}

/// Where one is in a list of pages.
#[derive(Debug, Clone, Serialize)]
pub struct Pagination {
    /// « Page 2 sur 35 ».
    pub label: String,
    /// The page before.
    pub previous: Option<String>,
    /// The page after.
    pub next: Option<String>,
    /// The first, the last and those around; where `href` is none and `current` is false, a gap.
    pub steps: Vec<PageStep>,
}

/// One step of a [`Pagination`].
#[derive(Debug, Clone, Serialize)]
pub struct PageStep {
    /// The page's number, or an ellipsis.
    pub label: String,
    /// Its address; none for the current page and for a gap.
    pub href: Option<String>,
    /// Whether it is this page.
    pub current: bool,
}

/// A field's error, for the summary and the field.
#[derive(Debug, Clone, Serialize)]
pub struct FieldMessage {
    /// The field's name, which is its `id` too.
    pub field: String,
    /// What is wrong and what to do.
    pub message: String,
}

/// The errors of a form: the context's `errors`.
#[derive(Debug, Clone, Default, Serialize)]
pub struct FormErrors {
    /// All of them, in the order of the fields; empty when there is none.
    pub summary: Vec<FieldMessage>,
    /// The first of each field.
    pub by_field: BTreeMap<String, String>,
}

impl FormErrors {
    /// The errors in words.
    #[must_use]
    pub fn of(invalid: &Invalid, messages: &Messages) -> Self {
        let summary: Vec<FieldMessage> = invalid
            .errors
            .iter()
            .map(|error| FieldMessage {
                field: error.field.to_owned(),
                message: messages.text(&error.key, &written(&error.args)),
            })
            .collect();
        let mut by_field = BTreeMap::new();
        for error in &summary {
            by_field
                .entry(error.field.clone())
                .or_insert_with(|| error.message.clone());
        }
        Self { summary, by_field }
    }
}

/// Arguments with numbers as they are written.
fn written(args: &[(&'static str, String)]) -> Vec<(&'static str, String)> {
    args.iter()
        .map(|(name, value)| {
            let value = value.parse().map_or_else(|_| value.clone(), number);
            (*name, value)
        })
        .collect()
}

/// An option of a choice.
#[derive(Debug, Clone, Serialize)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What is read.
    pub label: String,
    /// One more sentence; may be empty.
    pub hint: String,
}

/// The form of an idea, blank or with what was typed: the context's `form`.
#[derive(Debug, Clone, Serialize)]
pub struct IdeaFormView {
    /// Where it is sent.
    pub action: String,
    /// What was typed.
    pub values: IdeaForm,
    /// The kinds.
    pub kinds: Vec<Choice>,
    /// The categories; empty where authors don't choose.
    pub categories: Vec<String>,
    /// The guiding questions.
    pub questions: Vec<String>,
    /// The longest title, in graphemes.
    pub title_limit: usize,
    /// The longest text, in graphemes.
    pub text_limit: usize,
}

/// The form of a comment, blank or with what was typed: the context's `form`.
#[derive(Debug, Clone, Serialize)]
pub struct CommentFormView {
    /// Where it is sent.
    pub action: String,
    /// What was typed.
    pub values: CommentForm,
    /// The longest name, in graphemes.
    pub name_limit: usize,
    /// The longest text, in graphemes.
    pub text_limit: usize,
}
