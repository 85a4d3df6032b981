//! A testimonial: an experience with a service, told by who had it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::answer::{Answer, ImprovementStage, Reply};
use crate::invalid::Invalid;
use crate::moderation::Status;
use crate::structure::Structure;
use crate::text::{Body, ContributionId, Email, Name, Postcode, Slug, Title};

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

/// What was typed in the form, as it was typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TestimonialForm {
    /// The title.
    pub title: String,
    /// The text.
    pub text: String,
    /// The sentiment's key.
    pub sentiment: String,
    /// One of the structures, or [`TestimonialForm::UNKNOWN`].
    pub structure: String,
    /// Another.
    pub structure_2: String,
    /// A third.
    pub structure_3: String,
    /// Each channel: blank where it was not used.
    pub channel_telephone: String,
    /// E-mail.
    pub channel_email: String,
    /// Letters.
    pub channel_post: String,
    /// A counter.
    pub channel_desk: String,
    /// An account.
    pub channel_account: String,
    /// A procedure on line.
    pub channel_online: String,
    /// Each aspect: a sentiment's key, or blank.
    pub aspect_accessibility: String,
    /// Whether it tells and explains.
    pub aspect_information: String,
    /// How one is received.
    pub aspect_relation: String,
    /// Whether it acts in time.
    pub aspect_responsiveness: String,
    /// Whether it is simple.
    pub aspect_simplicity: String,
    /// The writer's key.
    pub writer: String,
    /// The postcode.
    pub postcode: String,
    /// The e-mail address.
    pub email: String,
}

/// A form that holds: what becomes a testimonial once it has an identifier and a time. Of the
/// postcode, the department is left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestimonialDraft {
    /// Its title.
    pub title: Title,
    /// Its text.
    pub body: Body,
    /// How the experience was felt.
    pub sentiment: Sentiment,
    /// By what one was in touch.
    pub channels: BTreeSet<Channel>,
    /// What is said of each aspect.
    pub aspects: BTreeMap<Aspect, Sentiment>,
    /// The structures that it concerns.
    pub structures: Vec<Slug>,
    /// The department.
    pub department: Option<String>,
    /// Who wrote it.
    pub writer: Writer,
}

impl TestimonialForm {
    /// The longest title that the form takes, in graphemes.
    pub const TITLE_LIMIT: usize = 150;
    /// The longest text that the form takes, in graphemes.
    pub const TEXT_LIMIT: usize = 8_000;
    /// The value of `structure` for who does not know.
    pub const UNKNOWN: &str = "je-ne-sais-pas";

    /// What was typed for a channel: blank where it was not used, or is not offered.
    #[must_use]
    pub fn channel(&self, channel: Channel) -> &str {
        match channel {
            Channel::Telephone => &self.channel_telephone,
            Channel::Email => &self.channel_email,
            Channel::Post => &self.channel_post,
            Channel::Desk => &self.channel_desk,
            Channel::Account => &self.channel_account,
            Channel::Online => &self.channel_online,
            Channel::Chat | Channel::Video | Channel::Social => "",
        }
    }

    /// What was typed for an aspect: a sentiment's key, or blank.
    #[must_use]
    pub fn aspect(&self, aspect: Aspect) -> &str {
        match aspect {
            Aspect::Accessibility => &self.aspect_accessibility,
            Aspect::Information => &self.aspect_information,
            Aspect::Relation => &self.aspect_relation,
            Aspect::Responsiveness => &self.aspect_responsiveness,
            Aspect::Simplicity => &self.aspect_simplicity,
        }
    }

    /// Parses the form, for a space that has these structures. The address comes apart, since no
    /// testimonial has a field for it; the postcode goes no further.
    ///
    /// # Errors
    /// Every problem of every field.
    pub fn parse<'s>(
        &self,
        structures: impl IntoIterator<Item = &'s Structure>,
    ) -> Result<(TestimonialDraft, Email), Invalid> {
        let mut invalid = Invalid::default();
        let title = invalid.take("title", Title::parse(&self.title, Self::TITLE_LIMIT));
        let body = invalid.take("text", Body::parse(&self.text, Self::TEXT_LIMIT));
        let sentiment = Sentiment::from_key(&self.sentiment);
        if sentiment.is_none() {
            invalid.add("sentiment", "empty");
        }
        let known: BTreeSet<&str> = structures.into_iter().map(|it| it.slug.as_str()).collect();
        let structures = self.structures(&mut invalid, &known);
        let channels: BTreeSet<Channel> = Channel::OFFERED
            .into_iter()
            .filter(|channel| !self.channel(*channel).trim().is_empty())
            .collect();
        if channels.is_empty() {
            invalid.add("channel_telephone", "empty");
        }
        let said = |aspect| Some((aspect, Sentiment::from_key(self.aspect(aspect))?));
        let aspects = Aspect::ALL.into_iter().filter_map(said).collect();
        let writer = Writer::from_key(&self.writer);
        if writer.is_none() {
            invalid.add("writer", "empty");
        }
        let postcode = invalid.take("postcode", Postcode::parse(&self.postcode));
        let email = if self.email.trim().is_empty() {
            invalid.add("email", "required");
            None
        } else {
            invalid.take("email", Email::parse(&self.email))
        };
        match (title, body, sentiment, writer, postcode, email) {
            (
                Some(title),
                Some(body),
                Some(sentiment),
                Some(writer),
                Some(postcode),
                Some(email),
            ) if invalid.errors.is_empty() => {
                let draft = TestimonialDraft {
                    title,
                    body,
                    sentiment,
                    channels,
                    aspects,
                    structures,
                    department: postcode.department(),
                    writer,
                };
                Ok((draft, email))
            }
            _ => Err(invalid),
        }
    }

    /// The structures that were chosen, each once.
    fn structures(&self, invalid: &mut Invalid, known: &BTreeSet<&str>) -> Vec<Slug> {
        let mut chosen = Vec::new();
        let fields = [
            ("structure", &self.structure),
            ("structure_2", &self.structure_2),
            ("structure_3", &self.structure_3),
        ];
        for (field, raw) in fields {
            let raw = raw.trim();
            if raw.is_empty() || raw == Self::UNKNOWN {
                if field == "structure" && raw.is_empty() {
                    invalid.add(field, "empty");
                }
                continue;
            }
            match Slug::parse(raw) {
                Ok(slug) if known.contains(raw) => {
                    if !chosen.contains(&slug) {
                        chosen.push(slug);
                    }
                }
                _ => invalid.add(field, "malformed"),
            }
        }
        chosen
    }
}

impl TestimonialDraft {
    /// The testimonial, received at `received_at` under `id`, in a space.
    #[must_use]
    pub fn received(self, id: ContributionId, space: Slug, received_at: Timestamp) -> Testimonial {
        Testimonial {
            pseudonym: pseudonym(&id),
            id,
            space,
            title: self.title,
            body: self.body,
            sentiment: self.sentiment,
            channels: self.channels,
            aspects: self.aspects,
            structures: self.structures,
            department: self.department,
            writer: self.writer,
            received_at,
            source: None,
        }
    }
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
