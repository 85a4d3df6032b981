//! Counts: kept on the card of an idea and in the tally of a campaign, counted afresh each time.
//!
//! Who keeps a count may cross another who does (two publishers, or a repair beside one). So a
//! card has a turn, and what was counted in a turn is kept on condition that it is still that
//! turn: else it is counted again. Whoever comes last has counted last.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_dynamodb::types::{
    AttributeValue, ConditionCheck, Delete, ReturnValue, TransactWriteItem,
};
use domain::{ContributionId, ContributionRef, IdeaCard, LIKE_SHARDS, Slug, Status};
use jiff::Timestamp;
use site_gen::{Contributions, Moved, PublishedIdea, Tally};

use super::attributes::{Attributes, flag, key, number, text, time};
use super::published::{shard_attribute, total_likes};
use super::turn::{TURN, Turn};
use super::{Store, StoreError, unbuilt, unless_condition};
use crate::keys::{self, PARTITION};

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

/// Something that is kept, and is not what is counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Difference {
    /// The card of an idea.
    Card {
        /// Its campaign.
        campaign: Slug,
        /// The idea.
        idea: ContributionId,
        /// The card; none where it is missing.
        kept: Option<Box<IdeaCard>>,
        /// What it should be; none where the idea is not published.
        counted: Option<Box<PublishedIdea>>,
    },
    /// How many say that they had the experience of a testimonial.
    Same {
        /// Its space.
        space: Slug,
        /// The testimonial.
        testimonial: ContributionId,
        /// What its card keeps; none where it has no card.
        kept: Option<u64>,
        /// What it should be; none where it is not published.
        counted: Option<u64>,
    },
    /// The tally of a campaign.
    Tally {
        /// The campaign.
        campaign: Slug,
        /// The tally; none where it is missing.
        kept: Option<Tally>,
        /// What it should be.
        counted: Tally,
    },
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

    /// What is kept of campaigns and is not what was counted in `published`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn differences(
        &self,
        published: &Contributions,
    ) -> Result<Vec<Difference>, StoreError> {
        let tallies = self.tallies().await?;
        let campaigns: BTreeSet<&Slug> = tallies.keys().chain(published.tallies.keys()).collect();
        let mut found = Vec::new();
        for campaign in campaigns {
            let mut kept: BTreeMap<ContributionId, IdeaCard> = self
                .cards(campaign)
                .await?
                .into_iter()
                .map(|card| (card.id.clone(), card))
                .collect();
            for card in published.cards(campaign).all() {
                let held = kept.remove(&card.id);
                if held.as_ref() != Some(card) {
                    found.push(Difference::Card {
                        campaign: campaign.clone(),
                        idea: card.id.clone(),
                        kept: held.map(Box::new),
                        counted: published.ideas.get(&card.id).cloned().map(Box::new),
                    });
                }
            }
            found.extend(kept.into_values().map(|card| Difference::Card {
                campaign: campaign.clone(),
                idea: card.id.clone(),
                kept: Some(Box::new(card)),
                counted: None,
            }));
            let (kept, counted) = (tallies.get(campaign).copied(), published.tally(campaign));
            if kept != Some(counted) {
                found.push(Difference::Tally {
                    campaign: campaign.clone(),
                    kept,
                    counted,
                });
            }
        }
        found.extend(self.same_differences(published).await?);
        Ok(found)
    }

    /// The same of testimonials.
    async fn same_differences(
        &self,
        published: &Contributions,
    ) -> Result<Vec<Difference>, StoreError> {
        let mut kept = BTreeMap::new();
        for space in published.facts.spaces() {
            let cards = self.testimonial_cards(space).await?.into_iter();
            kept.extend(cards.map(|card| (card.id.clone(), card)));
        }
        let mut found = Vec::new();
        for card in published.testimonial_cards.all() {
            let held = kept.remove(&card.id).map(|held| held.same);
            if held != Some(card.same) {
                found.push(Difference::Same {
                    space: card.space.clone(),
                    testimonial: card.id.clone(),
                    kept: held,
                    counted: Some(card.same),
                });
            }
        }
        found.extend(kept.into_values().map(|card| Difference::Same {
            space: card.space,
            testimonial: card.id,
            kept: Some(card.same),
            counted: None,
        }));
        Ok(found)
    }

    /// Makes what is kept what is counted: counted again, since it may have changed.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn mend(&self, difference: &Difference, now: Timestamp) -> Result<(), StoreError> {
        match difference {
            Difference::Card {
                campaign,
                idea,
                kept: Some(_),
                counted: None,
            } => self.drop_card(campaign, idea).await,
            Difference::Card {
                idea,
                kept,
                counted: Some(published),
                ..
            } => {
                if kept.is_none() {
                    self.restore_card(published).await?;
                }
                let same = |kept: &IdeaCard| kept.likes == published.likes;
                let shards = match kept {
                    Some(kept) if same(kept) => BTreeSet::new(),
                    _ => (0..LIKE_SHARDS).collect(),
                };
                self.refresh(idea, &shards, now).await.map(|_| ())
            }
            Difference::Card { .. } => Ok(()),
            Difference::Same {
                space, testimonial, ..
            } => self.mend_testimonial(space, testimonial).await,
            Difference::Tally {
                campaign, counted, ..
            } => {
                self.put_tally(campaign, *counted).await?;
                self.recount_participants(campaign).await.map(|_| ())
            }
        }
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

    /// Puts a published idea on its campaign's list again, unless it was taken off, or put there.
    async fn restore_card(&self, published: &PublishedIdea) -> Result<(), StoreError> {
        let reference = ContributionRef::Idea(published.idea.id.clone());
        let writes = vec![
            self.still_published(&reference)?,
            self.put_card(&published.idea, published.published_at)?,
        ];
        // Where the idea was taken off in between, that holds.
        self.transact("restore a card", writes).await.map(|_| ())
    }

    /// Takes an idea that is not published off its campaign's list, unless it was just published.
    async fn drop_card(&self, campaign: &Slug, id: &ContributionId) -> Result<(), StoreError> {
        let reference = ContributionRef::Idea(id.clone());
        let check = ConditionCheck::builder()
            .table_name(&self.tables.main)
            .set_key(Some(key(&keys::contribution(&reference))))
            .condition_expression("attribute_not_exists(#status) OR #status <> :published")
            .expression_attribute_names("#status", "status")
            .expression_attribute_values(":published", text(Status::Published.key()))
            .build()
            .map_err(unbuilt)?;
        let delete = Delete::builder()
            .table_name(&self.tables.main)
            .set_key(Some(key(&keys::card(campaign, id))))
            .build()
            .map_err(unbuilt)?;
        let writes = vec![
            TransactWriteItem::builder().condition_check(check).build(),
            TransactWriteItem::builder().delete(delete).build(),
        ];
        self.transact("drop a card", writes).await.map(|_| ())
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
