//! A testimonial: an experience with a service, told by who had it.

mod facts;
mod form;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::answer::{Answer, ImprovementStage, Reply};
use crate::moderation::Status;
use crate::text::{Body, ContributionId, Name, Slug, Title};

pub use facts::Facts;
pub use form::{TestimonialDraft, TestimonialForm};

macro_rules! keyed {
    ($type:ident, $count:literal, $($variant:ident => $key:literal),* $(,)?) => {
        impl $type {
            /// All of them, in the order of the form.
            pub const ALL: [Self; $count] = [$(Self::$variant),*];

            /// Its name in forms, in the store and in message keys.
            #[must_use]
            pub fn key(self) -> &'static str {
                match self {
                    $(Self::$variant => $key),*
                }
            }

            /// The one of that name.
            #[must_use]
            pub fn from_key(key: &str) -> Option<Self> {
                Self::ALL.into_iter().find(|one| one.key() == key)
            }
        }
    };
}

/// How an experience was felt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sentiment {
    /// Badly.
    Negative,
    /// Neither badly nor well.
    Neutral,
    /// Well.
    Positive,
}

keyed! { Sentiment, 3, Negative => "negative", Neutral => "neutral", Positive => "positive" }

/// By what one was in touch with the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Channel {
    /// The telephone.
    Telephone,
    /// E-mail.
    Email,
    /// Letters.
    Post,
    /// A counter.
    Desk,
    /// An account on the service's site.
    Account,
    /// A procedure on line.
    Online,
    /// A conversation in writing, at once.
    Chat,
    /// A conversation by video.
    Video,
    /// A social network.
    Social,
}

keyed! { Channel, 9,
    Telephone => "telephone", Email => "email", Post => "post", Desk => "desk",
    Account => "account", Online => "online", Chat => "chat", Video => "video",
    Social => "social",
}

impl Channel {
    /// Those that the form offers; the others come from elsewhere.
    pub const OFFERED: [Self; 6] = [
        Self::Telephone,
        Self::Email,
        Self::Post,
        Self::Desk,
        Self::Account,
        Self::Online,
    ];
}

/// What an experience may say of a service: the five aspects that the national platform
/// « Services Publics + » asks about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Aspect {
    /// Whether one can reach it.
    Accessibility,
    /// Whether it tells and explains.
    Information,
    /// How one is received.
    Relation,
    /// Whether it acts in time.
    Responsiveness,
    /// Whether it is simple.
    Simplicity,
}

keyed! { Aspect, 5,
    Accessibility => "accessibility", Information => "information", Relation => "relation",
    Responsiveness => "responsiveness", Simplicity => "simplicity",
}

/// Who writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Writer {
    /// Who had the experience.
    Oneself,
    /// Somebody who helps them to write.
    Helper,
}

keyed! { Writer, 2, Oneself => "oneself", Helper => "helper" }

/// A testimonial, as it may be published: neither an address nor a postcode.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Testimonial {
    /// Its identifier.
    pub id: ContributionId,
    /// The space that it was sent to.
    pub space: Slug,
    /// Its title.
    pub title: Title,
    /// Its text.
    pub body: Body,
    /// The name that is shown, which is nobody's.
    pub pseudonym: Name,
    /// How the experience was felt.
    pub sentiment: Sentiment,
    /// By what one was in touch.
    pub channels: BTreeSet<Channel>,
    /// What is said of each aspect; nothing of the others.
    pub aspects: BTreeMap<Aspect, Sentiment>,
    /// The structures that it concerns, three at most; none while nobody knows.
    pub structures: Vec<Slug>,
    /// The INSEE code of the author's department; none where it is not known, or abroad.
    pub department: Option<String>,
    /// Who wrote it.
    pub writer: Writer,
    /// When it was received.
    pub received_at: Timestamp,
    /// Its identifier on the platform that it was imported from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}

/// A published testimonial with all that its page shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublishedTestimonial {
    /// The testimonial, in the words that are public.
    pub testimonial: Testimonial,
    /// When it was published.
    pub published_at: Timestamp,
    /// How many people say that they had the same experience.
    pub same: u64,
    /// Whether its text was edited with its author's consent.
    #[serde(default)]
    pub edited: bool,
    /// What the structures answered, by structure.
    #[serde(default)]
    pub answers: BTreeMap<Slug, Answer>,
    /// What its author replied.
    #[serde(default)]
    pub reply: Option<Reply>,
}

/// What lists show of a published testimonial.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestimonialCard {
    /// The testimonial.
    pub id: ContributionId,
    /// Its space.
    pub space: Slug,
    /// Its title.
    pub title: Title,
    /// The beginning of its text.
    pub excerpt: String,
    /// The name that is shown.
    pub pseudonym: Name,
    /// How the experience was felt.
    pub sentiment: Sentiment,
    /// The structures that it concerns.
    pub structures: Vec<Slug>,
    /// The INSEE code of its department.
    pub department: Option<String>,
    /// When it was published.
    pub published_at: Timestamp,
    /// How many people say that they had the same experience.
    pub same: u64,
    /// When a structure first answered it.
    pub answered_at: Option<Timestamp>,
}

/// What became of one testimonial, as published figures count it: nothing of its words, and
/// nothing of who wrote it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestimonialFact {
    /// The testimonial.
    pub fact: ContributionId,
    /// The space that it was sent to.
    pub space: Slug,
    /// The structures that it concerns.
    pub structures: Vec<Slug>,
    /// When it was received.
    pub received_at: Timestamp,
    /// How the experience was felt.
    pub sentiment: Sentiment,
    /// By what one was in touch.
    pub channels: BTreeSet<Channel>,
    /// Where it stands with its moderators.
    #[serde(flatten)]
    pub status: Status,
    /// When a moderator first decided of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_decided_at: Option<Timestamp>,
    /// When it was first published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published_at: Option<Timestamp>,
    /// When each structure that answered did first.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub answered_at: BTreeMap<Slug, Timestamp>,
    /// The improvements that structures declared.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub improvements: BTreeMap<Slug, ImprovementStage>,
    /// Whether the author said that an answer helped, by structure.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub helped: BTreeMap<Slug, bool>,
    /// Whether it comes from elsewhere: then nobody waited here, and it counts in no delay.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub imported: bool,
}

impl Testimonial {
    /// How many structures it may concern.
    pub const MAX_STRUCTURES: usize = 3;
}

impl PublishedTestimonial {
    /// The testimonial as lists show it.
    #[must_use]
    pub fn card(&self) -> TestimonialCard {
        let Testimonial {
            id,
            space,
            title,
            body,
            pseudonym,
            sentiment,
            structures,
            department,
            ..
        } = &self.testimonial;
        TestimonialCard {
            id: id.clone(),
            space: space.clone(),
            title: title.clone(),
            excerpt: body.excerpt(TestimonialCard::EXCERPT_GRAPHEMES),
            pseudonym: pseudonym.clone(),
            sentiment: *sentiment,
            structures: structures.clone(),
            department: department.clone(),
            published_at: self.published_at,
            same: self.same,
            answered_at: first_answered(&self.answers),
        }
    }
}

impl TestimonialCard {
    /// How much of a text lists show, in graphemes.
    pub const EXCERPT_GRAPHEMES: usize = 200;
}

/// When the first of these structures answered.
#[must_use]
pub fn first_answered(answers: &BTreeMap<Slug, Answer>) -> Option<Timestamp> {
    let responses = answers
        .values()
        .filter_map(|answer| answer.response.as_ref());
    responses.map(|response| response.published_at).min()
}

/// A given name that men and women bear, drawn from an identifier: it says nothing of who wrote.
#[must_use]
pub fn pseudonym(id: &ContributionId) -> Name {
    const NAMES: [&str; 24] = [
        "Alex",
        "Alix",
        "Andréa",
        "Ange",
        "Camille",
        "Charlie",
        "Claude",
        "Cléo",
        "Dany",
        "Dominique",
        "Eden",
        "Gaby",
        "Jo",
        "Leslie",
        "Lou",
        "Loïs",
        "Maé",
        "Mahé",
        "Maxime",
        "Morgan",
        "Noa",
        "Sacha",
        "Sam",
        "Swann",
    ];
    // FNV-1a (http://www.isthe.com/chongo/tech/comp/fnv/): the same name each time.
    let hash = id.as_str().bytes().fold(0x811c_9dc5_u32, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    });
    let drawn = NAMES[(hash >> 8) as usize % NAMES.len()];
    Name::parse(drawn).expect("a given name is a name")
}
