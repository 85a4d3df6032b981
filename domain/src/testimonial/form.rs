//! The form of a testimonial: what was typed, and what holds of it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Aspect, Channel, Sentiment, Testimonial, Writer, pseudonym};
use crate::invalid::Invalid;
use crate::structure::Structure;
use crate::text::{Body, ContributionId, Email, Postcode, Slug, Title};

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
