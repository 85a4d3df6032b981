//! Testimonials in the store: as items and back, what lists and figures are made of, and their
//! earlier texts.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_dynamodb::types::{TransactWriteItem, Update};
use domain::{
    Aspect, Body, Channel, Contribution, ContributionId, ContributionRef, LIKE_SHARDS, Moderated,
    Name, PublishedTestimonial, Sentiment, Slug, Status, Testimonial, TestimonialCard,
    TestimonialFact, Title, Version, Writer,
};
use serde::{Deserialize, Serialize};

use super::attributes::{Attributes, key, number, text};
use super::contributions::{Added, IMPORTED};
use super::counts::crossed;
use super::standing::{in_lane, item_of, lane_of};
use super::statements::{ANSWERS, REPLY, from_json, json};
use super::turn::TURN;
use super::{Store, StoreError, unbuilt, unless_condition};
use crate::keys::{self, PARTITION};

/// What a testimonial tells beside its texts, in JSON; no other contribution has it.
pub(super) const TOLD: &str = "told";

/// What a testimonial tells beside its texts.
#[derive(Serialize, Deserialize)]
pub(super) struct Told {
    pseudonym: Name,
    sentiment: Sentiment,
    channels: BTreeSet<Channel>,
    aspects: BTreeMap<Aspect, Sentiment>,
    structures: Vec<Slug>,
    department: Option<String>,
    writer: Writer,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    source: Option<String>,
}

impl Told {
    pub(super) fn of(testimonial: &Testimonial) -> Self {
        Self {
            pseudonym: testimonial.pseudonym.clone(),
            sentiment: testimonial.sentiment,
            channels: testimonial.channels.clone(),
            aspects: testimonial.aspects.clone(),
            structures: testimonial.structures.clone(),
            department: testimonial.department.clone(),
            writer: testimonial.writer,
            source: testimonial.source.clone(),
        }
    }
}

/// The structures that a testimonial concerns; none of anything else.
pub(super) fn structures(item: &Attributes) -> Result<Vec<Slug>, StoreError> {
    let told: Option<Told> = from_json(item, TOLD)?;
    Ok(told.map_or_else(Vec::new, |told| told.structures))
}

pub(super) fn testimonial(item: &Attributes) -> Result<Testimonial, StoreError> {
    let told: Told = from_json(item, TOLD)?.ok_or(StoreError::Illegible(TOLD))?;
    Ok(Testimonial {
        id: item.parse("id", ContributionId::parse)?,
        space: item.parse("space", Slug::parse)?,
        title: item.parse("title", |raw| Title::parse(raw, Title::MAX))?,
        body: item.parse("body", |raw| Body::parse(raw, Body::MAX))?,
        pseudonym: told.pseudonym,
        sentiment: told.sentiment,
        channels: told.channels,
        aspects: told.aspects,
        structures: told.structures,
        department: told.department,
        writer: told.writer,
        received_at: item.get_time("received_at")?,
        source: told.source,
    })
}

/// A published testimonial; none where it is not one.
pub(super) fn published_testimonial(held: &Moderated) -> Option<PublishedTestimonial> {
    match (&held.contribution, held.status) {
        (Contribution::Testimonial(testimonial), Status::Published) => Some(PublishedTestimonial {
            testimonial: testimonial.clone(),
            published_at: held.published_at?,
            same: 0,
            edited: held.edited,
            // What is being written is nobody's yet.
            answers: held
                .answers
                .iter()
                .filter(|(_, answer)| answer.response.is_some())
                .map(|(structure, answer)| {
                    let mut answer = answer.clone();
                    answer.draft = None;
                    (structure.clone(), answer)
                })
                .collect(),
            reply: held
                .reply
                .clone()
                .filter(|reply| reply.published_at.is_some()),
        }),
        _ => None,
    }
}

/// What figures count of a testimonial; none of other contributions.
pub(super) fn fact_of(held: &Moderated) -> Option<TestimonialFact> {
    let Contribution::Testimonial(testimonial) = &held.contribution else {
        return None;
    };
    let answered = held.answers.iter();
    let answered_at = answered.filter_map(|(structure, answer)| {
        let response = answer.response.as_ref()?;
        Some((structure.clone(), response.published_at))
    });
    let improvements = held.answers.iter().filter_map(|(structure, answer)| {
        let improvement = answer.improvement.as_ref()?;
        Some((structure.clone(), improvement.stage))
    });
    let helped = held.answers.iter();
    let helped = helped.filter_map(|(structure, answer)| Some((structure.clone(), answer.helped?)));
    Some(TestimonialFact {
        fact: testimonial.id.clone(),
        space: testimonial.space.clone(),
        structures: testimonial.structures.clone(),
        received_at: testimonial.received_at,
        sentiment: testimonial.sentiment,
        channels: testimonial.channels.clone(),
        status: held.status,
        first_decided_at: held.first_decided_at,
        published_at: held.published_at,
        answered_at: answered_at.collect(),
        improvements: improvements.collect(),
        helped: helped.collect(),
        imported: testimonial.source.is_some(),
    })
}

impl Store {
    /// Keeps a testimonial that was published elsewhere, with what structures answered there;
    /// nobody gets a receipt. One that is there already stays as it is, whatever was decided of
    /// it since. Who imports noted it before ([`super::Noted::of_import`]).
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn import_testimonial(
        &self,
        published: &PublishedTestimonial,
    ) -> Result<Added, StoreError> {
        let contribution = Contribution::Testimonial(published.testimonial.clone());
        let reference = contribution.reference();
        let answers = &published.answers;
        let reply = &published.reply;
        // Nobody who waited here: it counts in no delay.
        let mut item = item_of(&contribution)
            .flag(IMPORTED, true)
            .text("status", Status::Published.key())
            .time("decided_at", published.published_at)
            .time("published_at", published.published_at)
            .optional(REPLY, reply.as_ref().map(json).as_deref());
        if published.edited {
            item = item.flag("edited", true);
        }
        if !answers.is_empty() {
            item = item.text(ANSWERS, &json(answers));
        }
        let held = Moderated {
            status: Status::Published,
            published_at: Some(published.published_at),
            answers: answers.clone(),
            reply: reply.clone(),
            edited: published.edited,
            ..Moderated::received(contribution)
        };
        if let Some((lane, since)) = lane_of(&held) {
            item = in_lane(item, lane, since, &reference);
        }
        let mut writes = vec![self.put_new(item)?];
        writes.extend(self.relist_testimonial(&held)?);
        match self.transact("import a testimonial", writes).await? {
            Ok(()) => Ok(Added::New),
            Err(_) => Ok(Added::Already),
        }
    }

    /// Puts a testimonial on the lists and in the figures that it is in as it stands.
    pub(super) fn relist_testimonial(
        &self,
        held: &Moderated,
    ) -> Result<Vec<TransactWriteItem>, StoreError> {
        let Some(fact) = fact_of(held) else {
            return Ok(Vec::new());
        };
        let at = keys::testimonial_fact(&fact.space, &fact.fact);
        let item = Attributes::at(&at).text("fact", &json(&fact));
        let mut writes = vec![self.put(item)?];
        let at = keys::testimonial_card(&fact.space, &fact.fact);
        match published_testimonial(held) {
            // How many had the same experience is counted apart, and stays.
            Some(published) => writes.push(self.set(&at, "card", &json(&published.card()))?),
            None => writes.push(self.delete_item(&at)?),
        }
        Ok(writes)
    }

    fn set(
        &self,
        at: &keys::Key,
        name: &str,
        value: &str,
    ) -> Result<TransactWriteItem, StoreError> {
        let update = Update::builder()
            .table_name(&self.tables.main)
            .set_key(Some(key(at)))
            .update_expression("SET #name = :value")
            .expression_attribute_names("#name", name)
            .expression_attribute_values(":value", text(value))
            .build()
            .map_err(unbuilt)?;
        Ok(TransactWriteItem::builder().update(update).build())
    }

    /// Counts afresh how many say that they had the same experience, and keeps it where lists and
    /// pages find it. None where there is no such testimonial, or it is not published.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn recount_same(
        &self,
        id: &ContributionId,
    ) -> Result<Option<PublishedTestimonial>, StoreError> {
        const TRIES: u32 = 20;
        let Some(mut published) = self.published_testimonial(id).await? else {
            return Ok(None);
        };
        let at = keys::testimonial_card(&published.testimonial.space, id);
        for _ in 0..TRIES {
            let Some(card) = self.get(&at, "read the card of a testimonial").await? else {
                return Ok(None);
            };
            let turn = card.get_number_or_zero(TURN)?;
            let mut same = 0;
            for shard in 0..LIKE_SHARDS {
                same += self.count_likes(id, shard).await?;
            }
            // Who counts may cross another who does: kept on condition that nobody did since.
            let condition = match turn {
                0 => format!("attribute_exists({PARTITION}) AND attribute_not_exists({TURN})"),
                _ => format!("{TURN} = :turn"),
            };
            let mut update = self
                .client
                .update_item()
                .table_name(&self.tables.main)
                .set_key(Some(key(&at)))
                .condition_expression(condition)
                .update_expression(format!("SET same = :same, {TURN} = :next"))
                .expression_attribute_values(":same", number(same))
                .expression_attribute_values(":next", number(turn + 1));
            if turn > 0 {
                update = update.expression_attribute_values(":turn", number(turn));
            }
            let kept = unless_condition(update.send().await, "count the same experience")?;
            if kept.is_some() {
                published.same = same;
                return Ok(Some(published));
            }
        }
        Err(crossed())
    }

    /// Makes the card of a testimonial what it should be.
    pub(super) async fn mend_testimonial(
        &self,
        space: &Slug,
        id: &ContributionId,
    ) -> Result<(), StoreError> {
        let reference = ContributionRef::Testimonial(id.clone());
        let writes = match self.contribution(&reference).await? {
            Some(held) => self.relist_testimonial(&held)?,
            None => vec![self.delete_item(&keys::testimonial_card(space, id))?],
        };
        // It has no condition that could fail.
        let _ = self.transact("mend a card", writes).await?;
        self.recount_same(id).await.map(|_| ())
    }

    /// Notes a text of a testimonial in its history.
    pub(super) fn put_version(
        &self,
        id: &ContributionId,
        version: &Version,
    ) -> Result<TransactWriteItem, StoreError> {
        let item = Attributes::at(&keys::version(id, version.number));
        self.put(item.text("version", &json(version)))
    }

    /// Forgets the texts of a testimonial's history.
    pub(super) fn forget_versions(
        &self,
        id: &ContributionId,
        versions: u32,
    ) -> Result<Vec<TransactWriteItem>, StoreError> {
        (1..=versions)
            .map(|number| self.delete_item(&keys::version(id, number)))
            .collect()
    }

    /// The texts that a testimonial had, the oldest first; none where it has always had one.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn versions(&self, id: &ContributionId) -> Result<Vec<Version>, StoreError> {
        let partition = keys::testimonial_partition(id);
        self.partition(&partition, keys::VERSIONS, "read earlier texts")
            .await?
            .iter()
            .map(|item| from_json(item, "version")?.ok_or(StoreError::Illegible("version")))
            .collect()
    }

    /// A published testimonial; none where it is not published.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn published_testimonial(
        &self,
        id: &ContributionId,
    ) -> Result<Option<PublishedTestimonial>, StoreError> {
        let reference = ContributionRef::Testimonial(id.clone());
        let held = self.contribution(&reference).await?;
        let Some(mut published) = held.as_ref().and_then(published_testimonial) else {
            return Ok(None);
        };
        let at = keys::testimonial_card(&published.testimonial.space, id);
        if let Some(card) = self.get(&at, "read the card of a testimonial").await? {
            published.same = card.get_number_or_zero("same")?;
        }
        Ok(Some(published))
    }

    /// What lists show of the published testimonials of a space, in no order.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn testimonial_cards(
        &self,
        space: &Slug,
    ) -> Result<Vec<TestimonialCard>, StoreError> {
        let partition = keys::testimonials_partition(space);
        self.partition(
            &partition,
            keys::TESTIMONIAL_CARDS,
            "read cards of testimonials",
        )
        .await?
        .iter()
        .map(|item| {
            let card: TestimonialCard =
                from_json(item, "card")?.ok_or(StoreError::Illegible("card"))?;
            let same = item.get_number_or_zero("same")?;
            Ok(TestimonialCard { same, ..card })
        })
        .collect()
    }

    /// What became of every testimonial to a space, in no order.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn testimonial_facts(
        &self,
        space: &Slug,
    ) -> Result<Vec<TestimonialFact>, StoreError> {
        let partition = keys::testimonials_partition(space);
        self.partition(
            &partition,
            keys::TESTIMONIAL_FACTS,
            "read facts of testimonials",
        )
        .await?
        .iter()
        .map(|item| from_json(item, "fact")?.ok_or(StoreError::Illegible("fact")))
        .collect()
    }
}
