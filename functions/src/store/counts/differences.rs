//! What is kept of counts, beside what is counted: where they differ, and how that is mended.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_dynamodb::types::{ConditionCheck, Delete, TransactWriteItem};
use domain::{ContributionId, ContributionRef, IdeaCard, LIKE_SHARDS, Slug, Status};
use jiff::Timestamp;
use site_gen::{Contributions, PublishedIdea, Tally};

use crate::keys;
use crate::store::attributes::{key, text};
use crate::store::{Store, StoreError, unbuilt};

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
