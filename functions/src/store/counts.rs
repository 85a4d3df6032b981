//! Counts: kept on the card of an idea and in the tally of a campaign, counted afresh each time.
//!
//! Who keeps a count may cross another who does (two publishers, or a repair beside one). So a
//! card has a turn, and what was counted in a turn is kept on condition that it is still that
//! turn: else it is counted again. Whoever comes last has counted last.

mod differences;

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue};
use domain::{ContributionId, ContributionRef, Slug, Status};
use jiff::Timestamp;
use site_gen::{Moved, PublishedIdea};

use super::attributes::{Attributes, flag, key, number, text, time};
use super::published::{shard_attribute, total_likes};
use super::turn::{TURN, Turn};
use super::{Store, StoreError, unless_condition};
use crate::keys::{self, PARTITION};

pub use differences::Difference;

/// How often it is counted again because others counted the same idea meanwhile.
const TRIES: u32 = 20;

/// An idea after its replies were counted afresh.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refreshed {
    /// Its campaign.
    pub campaign: Slug,
    /// The idea with its comments and likes, where it is published.
    pub published: Option<PublishedIdea>,
    /// Where it leads, where it was grouped with another once it had been published.
    pub moved: Option<Moved>,
}

impl Store {
    /// Reads an idea and its comments, counts its comments and the likes of `shards` afresh, and
    /// keeps the counts where lists find them. None where there is no such idea.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn refresh(
        &self,
        id: &ContributionId,
        shards: &BTreeSet<u8>,
        now: Timestamp,
    ) -> Result<Option<Refreshed>, StoreError> {
        let Some((campaign, _)) = self.campaign_of(id).await? else {
            return Ok(None);
        };
        for _ in 0..TRIES {
            let turn = self.turn(&campaign, id, now).await?;
            let Some(mut published) = self.with_replies(id).await? else {
                return Ok(Some(Refreshed {
                    campaign,
                    published: None,
                    moved: self.moved(id).await?,
                }));
            };
            let kept = match turn {
                Some(turn) => self.keep(turn, shards, &published).await?,
                // No card: the idea was published between two reads, and its own record follows.
                None => Some(published.likes),
            };
            if let Some(likes) = kept {
                published.likes = likes;
                return Ok(Some(Refreshed {
                    campaign,
                    published: Some(published),
                    moved: None,
                }));
            }
        }
        Err(crossed())
    }

    /// Counts the likes of `shards` of a published idea afresh, and keeps them where lists find
    /// them. Answers the idea's campaign; none where it is not published.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn recount(
        &self,
        id: &ContributionId,
        shards: &BTreeSet<u8>,
        now: Timestamp,
    ) -> Result<Option<Slug>, StoreError> {
        let Some((campaign, Status::Published)) = self.campaign_of(id).await? else {
            return Ok(None);
        };
        for _ in 0..TRIES {
            let Some(turn) = self.turn(&campaign, id, now).await? else {
                return Ok(None);
            };
            let counts = self.count_shards(id, shards).await?;
            let keeping = Keeping::of(turn).likes(&counts);
            if self.keep_in_turn(&campaign, id, keeping).await?.is_some() {
                return Ok(Some(campaign));
            }
        }
        Err(crossed())
    }

    /// Makes a published idea come out of the stream, as if it had changed: a publisher that
    /// runs renders its pages.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn touch(&self, idea: &ContributionId, now: Timestamp) -> Result<(), StoreError> {
        let at = keys::contribution(&ContributionRef::Idea(idea.clone()));
        let sent = self
            .client
            .update_item()
            .table_name(&self.tables.main)
            .set_key(Some(key(&at)))
            .condition_expression(format!("attribute_exists({PARTITION})"))
            .update_expression("SET mended_at = :now")
            .expression_attribute_values(":now", time(now))
            .send()
            .await;
        unless_condition(sent, "touch an idea").map(|_| ())
    }

    /// The campaign of an idea, and where the idea stands.
    async fn campaign_of(&self, id: &ContributionId) -> Result<Option<(Slug, Status)>, StoreError> {
        let reference = ContributionRef::Idea(id.clone());
        let held = self.contribution(&reference).await?;
        Ok(held.and_then(|held| match held.contribution {
            domain::Contribution::Idea(idea) => Some((idea.campaign, held.status)),
            domain::Contribution::Comment(_) | domain::Contribution::Testimonial(_) => None,
        }))
    }

    /// The turn of an idea's card at `now`; none where it has no card.
    async fn turn(
        &self,
        campaign: &Slug,
        id: &ContributionId,
        now: Timestamp,
    ) -> Result<Option<Turn>, StoreError> {
        let card = self.get(&keys::card(campaign, id), "read a card").await?;
        card.map(|card| Turn::of(&card, now)).transpose()
    }

    async fn count_shards(
        &self,
        id: &ContributionId,
        shards: &BTreeSet<u8>,
    ) -> Result<BTreeMap<u8, u64>, StoreError> {
        let mut counts = BTreeMap::new();
        for &shard in shards {
            counts.insert(shard, self.count_likes(id, shard).await?);
        }
        Ok(counts)
    }

    /// Keeps on its card what is known of an idea, with the likes of `shards` counted afresh, and
    /// answers its likes: those carried over, and the sum of the shards.
    async fn keep(
        &self,
        turn: Turn,
        shards: &BTreeSet<u8>,
        published: &PublishedIdea,
    ) -> Result<Option<u64>, StoreError> {
        let card = published.card();
        let counts = self.count_shards(&card.id, shards).await?;
        let keeping = Keeping::of(turn)
            .likes(&counts)
            .set("comments", number(card.comments))
            .set("excerpt", text(&card.excerpt))
            .set("answered", flag(card.answered))
            .set(
                "decided",
                text(card.decided.map_or("", domain::Decided::key)),
            );
        self.keep_in_turn(&published.idea.campaign, &card.id, keeping)
            .await
    }

    /// Answers the likes of the card; none where it is no longer that turn.
    async fn keep_in_turn(
        &self,
        campaign: &Slug,
        id: &ContributionId,
        keeping: Keeping,
    ) -> Result<Option<u64>, StoreError> {
        let mut update = self
            .client
            .update_item()
            .table_name(&self.tables.main)
            .set_key(Some(key(&keys::card(campaign, id))))
            .condition_expression(match keeping.turn.number {
                0 => format!("attribute_exists({PARTITION}) AND attribute_not_exists({TURN})"),
                _ => format!("{TURN} = :held"),
            })
            .return_values(ReturnValue::AllNew);
        if keeping.turn.number > 0 {
            update = update.expression_attribute_values(":held", number(keeping.turn.number));
        }
        let next = keeping.turn.number + 1;
        let keeping = keeping.set(TURN, number(next));
        let mut set = Vec::new();
        for (name, value) in keeping.values {
            set.push(format!("{name} = :{name}"));
            update = update.expression_attribute_values(format!(":{name}"), value);
        }
        let sent = update
            .update_expression(format!("SET {}", set.join(", ")))
            .send()
            .await;
        unless_condition(sent, "keep counts")?
            .map(|answer| total_likes(&Attributes::of(answer.attributes.unwrap_or_default())))
            .transpose()
    }
}

/// What is to be kept on a card, of which turn.
struct Keeping {
    turn: Turn,
    values: Vec<(&'static str, AttributeValue)>,
}

impl Keeping {
    fn of(turn: Turn) -> Self {
        let values = turn.begun.map_or_else(Vec::new, |begun| begun.values());
        Self { turn, values }
    }

    fn set(mut self, name: &'static str, value: AttributeValue) -> Self {
        self.values.push((name, value));
        self
    }

    fn likes(self, counts: &BTreeMap<u8, u64>) -> Self {
        counts.iter().fold(self, |keeping, (shard, count)| {
            keeping.set(shard_attribute(*shard), number(*count))
        })
    }
}

pub(super) fn crossed() -> StoreError {
    StoreError::Unavailable {
        operation: "keep counts",
        message: "others count the same idea all the time".to_owned(),
    }
}
