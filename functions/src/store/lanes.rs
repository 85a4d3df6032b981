//! The lanes of the index: all that waits for somebody, the oldest first, without its text.
//!
//! A lane is read to its end: who may read a part of it finds that part, however much of others
//! waits there too. What is read of each item is what lists count and choose by.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use aws_sdk_dynamodb::types::{AttributeValue, Select};
use domain::{
    Answer, ContributionId, ContributionRef, Flag, IdeaKind, Moderated, Place, ReportReason, Slug,
};
use jiff::Timestamp;

use super::attributes::{Attributes, text};
use super::standing::{flags, moderated, place};
use super::statements::{ANSWERS, from_json};
use super::testimonials::{TOLD, structures};
use super::{Store, StoreError, unavailable};
use crate::keys::{self, Lane, QUEUE, QUEUE_INDEX, QUEUED_AT};

/// What waits for a moderator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Queue {
    /// How many contributions wait.
    pub count: u64,
    /// The oldest of them, oldest first.
    pub oldest: Vec<Moderated>,
}

/// A contribution in a lane.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InLane {
    /// Which.
    pub reference: ContributionRef,
    /// Where it was sent.
    pub place: Place,
    /// What kind of idea; none for others.
    pub kind: Option<IdeaKind>,
    /// What was noticed when it was received.
    pub flags: BTreeSet<Flag>,
    /// The structures that a testimonial concerns; none of anything else.
    pub structures: Vec<Slug>,
    /// Those of them that have not answered.
    pub awaited: Vec<Slug>,
    /// Since when it is in the lane.
    pub since: Timestamp,
}

/// A report that waits for a verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signal {
    /// Its identifier.
    pub id: ContributionId,
    /// What it is about.
    pub about: ContributionRef,
    /// Where what it is about was sent.
    pub place: Place,
    /// Why.
    pub reason: ReportReason,
    /// When it was received.
    pub received_at: Timestamp,
}

impl Store {
    /// Everything in a lane of contributions, oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn in_lane(&self, lane: Lane) -> Result<Vec<InLane>, StoreError> {
        let items = self
            .projected(lane, &["campaign", "space", "kind", "flags", TOLD, ANSWERS])
            .await?;
        items.iter().map(in_lane).collect()
    }

    /// Every report that waits for a verdict, oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn signals(&self) -> Result<Vec<Signal>, StoreError> {
        let attributes = ["id", "about", "campaign", "space", "why", "received_at"];
        let items = self.projected(Lane::Reported, &attributes).await?;
        items.iter().map(signal).collect()
    }

    /// What waits to be read, with the `limit` oldest.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn queue(&self, limit: usize) -> Result<Queue, StoreError> {
        let mut oldest = Vec::new();
        let mut count = 0;
        let mut start = None;
        loop {
            let wanted = limit.saturating_sub(oldest.len());
            let query = self.lane_query(Lane::Waiting);
            let query = if wanted == 0 {
                query.select(Select::Count)
            } else {
                query.limit(i32::try_from(wanted).unwrap_or(i32::MAX))
            };
            let (found, items, end) = page(query, start).await?;
            count += found;
            for item in &items {
                oldest.push(moderated(item)?);
            }
            start = end;
            if start.is_none() {
                return Ok(Queue { count, oldest });
            }
        }
    }

    /// The ideas whose likes are still to be carried over, whole.
    pub(super) async fn to_carry(&self) -> Result<Vec<Moderated>, StoreError> {
        let query = self.lane_query(Lane::Carry);
        pages(query).await?.iter().map(moderated).collect()
    }

    /// Some attributes of everything in a lane, with its place there.
    async fn projected(
        &self,
        lane: Lane,
        attributes: &[&str],
    ) -> Result<Vec<Attributes>, StoreError> {
        let mut query = self.lane_query(lane);
        let mut projection = vec![QUEUED_AT.to_owned()];
        for (place, attribute) in attributes.iter().enumerate() {
            projection.push(format!("#a{place}"));
            query = query.expression_attribute_names(format!("#a{place}"), *attribute);
        }
        pages(query.projection_expression(projection.join(", "))).await
    }

    fn lane_query(&self, lane: Lane) -> QueryFluentBuilder {
        self.client
            .query()
            .table_name(&self.tables.main)
            .index_name(QUEUE_INDEX)
            .key_condition_expression("#queue = :lane")
            .expression_attribute_names("#queue", QUEUE)
            .expression_attribute_values(":lane", text(lane.key()))
    }
}

type Start = Option<HashMap<String, AttributeValue>>;

/// A page of a query from where the last one ended: how many it has, they, and where it ends.
async fn page(
    query: QueryFluentBuilder,
    start: Start,
) -> Result<(u64, Vec<Attributes>, Start), StoreError> {
    let query = query.set_exclusive_start_key(start);
    let page = query.send().await.map_err(unavailable("read a lane"))?;
    let count = u64::try_from(page.count()).unwrap_or_default();
    let items = page.items.into_iter().flatten().map(Attributes::of);
    Ok((count, items.collect(), page.last_evaluated_key))
}

async fn pages(query: QueryFluentBuilder) -> Result<Vec<Attributes>, StoreError> {
    let mut all = Vec::new();
    let mut start = None;
    loop {
        let (_, items, end) = page(query.clone(), start).await?;
        all.extend(items);
        start = end;
        if start.is_none() {
            return Ok(all);
        }
    }
}

fn in_lane(item: &Attributes) -> Result<InLane, StoreError> {
    let queued = keys::read_queued_at(item.get(QUEUED_AT)?);
    let (since, reference) = queued.ok_or(StoreError::Illegible(QUEUED_AT))?;
    let kind = match &reference {
        ContributionRef::Idea(_) => {
            Some(IdeaKind::from_key(item.get("kind")?).ok_or(StoreError::Illegible("kind"))?)
        }
        ContributionRef::Comment { .. } | ContributionRef::Testimonial(_) => None,
    };
    let structures = structures(item)?;
    let answers: BTreeMap<Slug, Answer> = from_json(item, ANSWERS)?.unwrap_or_default();
    let is_awaited = |slug: &&Slug| {
        let answer = answers.get(*slug);
        answer.is_none_or(|answer| answer.response.is_none())
    };
    Ok(InLane {
        reference,
        place: place(item)?,
        kind,
        flags: flags(item),
        awaited: structures.iter().filter(is_awaited).cloned().collect(),
        structures,
        since,
    })
}

fn signal(item: &Attributes) -> Result<Signal, StoreError> {
    Ok(Signal {
        id: item.parse("id", ContributionId::parse)?,
        about: item.parse("about", ContributionRef::parse)?,
        place: place(item)?,
        reason: ReportReason::from_key(item.get("why")?).ok_or(StoreError::Illegible("why"))?,
        received_at: item.get_time("received_at")?,
    })
}
