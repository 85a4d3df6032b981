//! An idea: an open contribution to a campaign.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::campaign::Campaign;
use crate::invalid::Invalid;
use crate::outcome::Decided;
use crate::text::{Body, ContributionId, Email, Slug, Title};

/// What sort of contribution its author says it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum IdeaKind {
    /// Something to do.
    Idea,
    /// Something hoped for.
    Expectation,
    /// Something lived.
    Experience,
}

impl IdeaKind {
    /// All kinds, in the order of the form.
    pub const ALL: [Self; 3] = [Self::Idea, Self::Expectation, Self::Experience];

    /// Its name in forms, in the store and in message keys.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Idea => "idea",
            Self::Expectation => "expectation",
            Self::Experience => "experience",
        }
    }

    /// The kind of that name.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.key() == key)
    }
}

/// An idea, as it may be published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Idea {
    /// Its identifier.
    pub id: ContributionId,
    /// The campaign that it answers.
    pub campaign: Slug,
    /// What sort of contribution it is.
    pub kind: IdeaKind,
    /// One of the campaign's categories, or of the import's.
    pub category: Option<String>,
    /// The guiding question that it answers, in words.
    pub question: Option<String>,
    /// Its title.
    pub title: Title,
    /// Its text.
    pub body: Body,
    /// When it was received.
    pub received_at: Timestamp,
    /// Likes that it brought from the platform it was imported from.
    pub carried_likes: u64,
}

/// What lists show of a published idea.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdeaCard {
    /// The idea.
    pub id: ContributionId,
    /// What sort of contribution it is.
    pub kind: IdeaKind,
    /// Its category.
    pub category: Option<String>,
    /// Its title.
    pub title: Title,
    /// The beginning of its text.
    pub excerpt: String,
    /// When it was published.
    pub published_at: Timestamp,
    /// How many people like it, those carried over included.
    pub likes: u64,
    /// How many published comments it has.
    pub comments: u64,
    /// Whether it has an official response.
    #[serde(default)]
    pub answered: bool,
    /// What was decided about it.
    #[serde(default)]
    pub decided: Option<Decided>,
}

impl IdeaCard {
    /// How much of a text lists show, in graphemes.
    pub const EXCERPT_GRAPHEMES: usize = 160;
}

impl Idea {
    /// The idea as lists show it, before anybody answered it.
    #[must_use]
    pub fn card(&self, published_at: Timestamp, likes: u64, comments: u64) -> IdeaCard {
        IdeaCard {
            id: self.id.clone(),
            kind: self.kind,
            category: self.category.clone(),
            title: self.title.clone(),
            excerpt: self.body.excerpt(IdeaCard::EXCERPT_GRAPHEMES),
            published_at,
            likes,
            comments,
            answered: false,
            decided: None,
        }
    }
}

/// What was typed in the form, as it was typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct IdeaForm {
    /// The kind's key.
    pub kind: String,
    /// The category's label.
    pub category: String,
    /// The guiding question.
    pub question: String,
    /// The title.
    pub title: String,
    /// The text.
    pub text: String,
    /// The e-mail address, to be told what becomes of the idea.
    pub email: String,
}

/// A form that holds: what becomes an idea once it has an identifier and a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdeaDraft {
    /// What sort of contribution it is.
    pub kind: IdeaKind,
    /// One of the campaign's categories.
    pub category: Option<String>,
    /// One of the campaign's guiding questions.
    pub question: Option<String>,
    /// Its title.
    pub title: Title,
    /// Its text.
    pub body: Body,
}

impl IdeaForm {
    /// The longest title that the form takes, in graphemes.
    pub const TITLE_LIMIT: usize = 150;
    /// The longest text that the form takes, in graphemes.
    pub const TEXT_LIMIT: usize = 4_000;

    /// Parses the form for `campaign`. The address comes apart, since no idea has a field for it.
    ///
    /// # Errors
    /// Every problem of every field.
    pub fn parse(&self, campaign: &Campaign) -> Result<(IdeaDraft, Option<Email>), Invalid> {
        let mut invalid = Invalid::default();
        let kind = IdeaKind::from_key(&self.kind);
        if kind.is_none() {
            invalid.add("kind", "empty");
        }
        let category = one_of(
            &mut invalid,
            "category",
            &self.category,
            &campaign.categories,
        );
        if !campaign.categories.is_empty() && self.category.trim().is_empty() {
            invalid.add("category", "empty");
        }
        let question = one_of(
            &mut invalid,
            "question",
            &self.question,
            &campaign.questions,
        );
        let title = invalid.take("title", Title::parse(&self.title, Self::TITLE_LIMIT));
        let body = invalid.take("text", Body::parse(&self.text, Self::TEXT_LIMIT));
        let email = invalid.take_optional("email", &self.email, Email::parse);
        match (kind, title, body) {
            (Some(kind), Some(title), Some(body)) if invalid.errors.is_empty() => Ok((
                IdeaDraft {
                    kind,
                    category,
                    question,
                    title,
                    body,
                },
                email,
            )),
            _ => Err(invalid),
        }
    }
}

impl IdeaDraft {
    /// The idea, received at `received_at` under `id`.
    #[must_use]
    pub fn received(self, id: ContributionId, campaign: Slug, received_at: Timestamp) -> Idea {
        Idea {
            id,
            campaign,
            kind: self.kind,
            category: self.category,
            question: self.question,
            title: self.title,
            body: self.body,
            received_at,
            carried_likes: 0,
        }
    }
}

fn one_of(
    invalid: &mut Invalid,
    field: &'static str,
    raw: &str,
    allowed: &[String],
) -> Option<String> {
    let chosen = raw.trim();
    if chosen.is_empty() || allowed.is_empty() {
        return None;
    }
    // What was copied or typed may have lost its no-break spaces on the way.
    let plain = |text: &str| text.replace(['\u{a0}', '\u{202f}'], " ");
    let known = allowed.iter().find(|label| plain(label) == plain(chosen));
    if known.is_none() {
        invalid.add(field, "malformed");
    }
    known.cloned()
}
