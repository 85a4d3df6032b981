//! What the publisher asks: an idea with its replies, the cards of a campaign, the tallies, and
//! the whole of what is published.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::TransactWriteItem;
use domain::{
    Comment, Contribution, ContributionId, ContributionRef, Decided, Idea, IdeaCard, IdeaKind,
    LIKE_SHARDS, Moderated, PublishedTestimonial, Slug, Status, Title,
};
use jiff::Timestamp;
use site_gen::{Contributions, Moved, PublishedIdea, PublishedSurvey, Tally};

use super::attributes::Attributes;
use super::standing::moderated;
use super::testimonials::{fact_of, published_testimonial};
use super::{Store, StoreError};
use crate::keys::{self, Item, PARTITION, SORT};

impl Store {
    /// A published idea with its comments, and the likes that its card keeps. None where it is
    /// not published.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn published_idea(
        &self,
        id: &ContributionId,
    ) -> Result<Option<PublishedIdea>, StoreError> {
        let Some(mut published) = self.with_replies(id).await? else {
            return Ok(None);
        };
        let card = keys::card(&published.idea.campaign, id);
        if let Some(card) = self.get(&card, "read a card").await? {
            published.likes = total_likes(&card)?;
        }
        Ok(Some(published))
    }

    /// Where the address of an idea leads that is no longer published; none where it was not
    /// grouped with another.
    pub(crate) async fn moved(&self, id: &ContributionId) -> Result<Option<Moved>, StoreError> {
        let held = self
            .contribution(&ContributionRef::Idea(id.clone()))
            .await?;
        Ok(held.as_ref().and_then(moved_of))
    }

    /// The same with no likes but those carried over.
    pub(super) async fn with_replies(
        &self,
        id: &ContributionId,
    ) -> Result<Option<PublishedIdea>, StoreError> {
        let items = self
            .partition(&keys::idea_partition(id), "", "read an idea")
            .await?;
        let mut idea = None;
        let mut comments = Vec::new();
        for item in &items {
            let held = moderated(item)?;
            if let Some(published) = published_of(&held) {
                idea = Some(published);
            } else if let (Status::Published, Contribution::Comment(comment)) =
                (held.status, held.contribution)
            {
                comments.push(comment);
            }
        }
        let Some(mut published) = idea else {
            return Ok(None);
        };
        published.comments = comments;
        published.sort_comments();
        Ok(Some(published))
    }

    /// The published ideas of a campaign as lists show them, in no order.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn cards(&self, campaign: &Slug) -> Result<Vec<IdeaCard>, StoreError> {
        self.partition(&keys::cards_partition(campaign), "", "read cards")
            .await?
            .iter()
            .map(card)
            .collect()
    }

    /// How much was contributed to each campaign.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn tallies(&self) -> Result<BTreeMap<Slug, Tally>, StoreError> {
        self.partition(keys::TALLIES, "", "read tallies")
            .await?
            .iter()
            .map(|item| {
                let tally = Tally {
                    ideas: item.get_number_or_zero("ideas")?,
                    // Of a campaign that has no idea yet, participants alone are kept.
                    comments: item.get_number_or_zero("comments")?,
                    participants: item.get_number_or_zero("participants")?,
                };
                Ok((item.parse(SORT, Slug::parse)?, tally))
            })
            .collect()
    }

    /// Keeps how many ideas and comments of a campaign are published. Participants in its survey are
    /// counted apart (`recount_participants`).
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn put_tally(&self, campaign: &Slug, tally: Tally) -> Result<(), StoreError> {
        let counts = [("ideas", tally.ideas), ("comments", tally.comments)];
        self.set_tally(campaign, &counts).await
    }

    /// Everything that is published, with likes counted one by one: what a full build is made of.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn published(&self) -> Result<Contributions, StoreError> {
        let mut ideas = Vec::new();
        let mut moved = Vec::new();
        let mut testimonials = Vec::new();
        let mut facts = Vec::new();
        let mut comments: BTreeMap<ContributionId, Vec<Comment>> = BTreeMap::new();
        let mut likes: BTreeMap<ContributionId, u64> = BTreeMap::new();
        let mut participants: BTreeMap<Slug, u64> = BTreeMap::new();
        let scan = self
            .client
            .scan()
            .table_name(&self.tables.main)
            .consistent_read(true);
        self.scan(scan, "read everything published", |items, _| {
            for item in items {
                match keys::read(item.get(PARTITION)?, item.get(SORT)?) {
                    Some(Item::Like { idea, .. }) => *likes.entry(idea).or_default() += 1,
                    Some(Item::Participant { campaign }) => {
                        *participants.entry(campaign).or_default() += 1;
                    }
                    Some(Item::Contribution(_)) => {
                        let held = moderated(&item)?;
                        moved.extend(moved_of(&held));
                        testimonials.extend(published_testimonial(&held));
                        facts.extend(fact_of(&held));
                        if let Some(idea) = published_of(&held) {
                            ideas.push(idea);
                        } else if let (Status::Published, Contribution::Comment(comment)) =
                            (held.status, held.contribution)
                        {
                            let of = comments.entry(comment.idea.clone()).or_default();
                            of.push(comment);
                        }
                    }
                    None => {}
                }
            }
            Ok(())
        })
        .await?;
        let published = ideas
            .into_iter()
            .map(|published: PublishedIdea| {
                let id = &published.idea.id;
                PublishedIdea {
                    likes: published.likes + likes.get(id).copied().unwrap_or_default(),
                    comments: comments.remove(id).unwrap_or_default(),
                    ..published
                }
            })
            .collect();
        let testimonials = testimonials
            .into_iter()
            .map(|published: PublishedTestimonial| {
                let same = likes.get(&published.testimonial.id);
                PublishedTestimonial {
                    same: same.copied().unwrap_or_default(),
                    ..published
                }
            })
            .collect();
        let surveys = participants.into_iter();
        let surveys = surveys.map(|(survey, participants)| PublishedSurvey {
            survey,
            participants,
            results: None,
        });
        Ok(Contributions::of(published, moved)
            .with_testimonials(testimonials, facts)
            .with_surveys(surveys.collect()))
    }

    /// Puts an idea on its campaign's list, with nothing counted yet.
    pub(super) fn put_card(
        &self,
        idea: &Idea,
        published_at: Timestamp,
    ) -> Result<TransactWriteItem, StoreError> {
        let card = idea.card(published_at, 0, 0);
        let item = Attributes::at(&keys::card(&idea.campaign, &idea.id))
            .text("kind", card.kind.key())
            .optional("category", card.category.as_deref())
            .text("title", card.title.as_str())
            .text("excerpt", &card.excerpt)
            .time("published_at", card.published_at)
            .number("carried_likes", idea.carried_likes)
            .number("comments", 0);
        self.put(item)
    }
}

/// A published idea without its comments, and with no likes but those carried over; none where
/// it is not one.
fn published_of(held: &Moderated) -> Option<PublishedIdea> {
    match (&held.contribution, held.status) {
        (Contribution::Idea(idea), Status::Published) => Some(PublishedIdea {
            idea: idea.clone(),
            published_at: held.published_at?,
            likes: idea.carried_likes,
            comments: Vec::new(),
            response: held.response.clone(),
            outcome: held.outcome.clone(),
        }),
        _ => None,
    }
}

/// Where the address of an idea leads that was grouped with another once it had been published.
fn moved_of(held: &Moderated) -> Option<Moved> {
    match (&held.contribution, held.status) {
        (Contribution::Idea(idea), Status::Hidden(_)) => Some(Moved {
            moved: idea.id.clone(),
            campaign: idea.campaign.clone(),
            into: held.merged_into.clone()?,
        }),
        _ => None,
    }
}

fn card(item: &Attributes) -> Result<IdeaCard, StoreError> {
    Ok(IdeaCard {
        id: item.parse(SORT, ContributionId::parse)?,
        kind: IdeaKind::from_key(item.get("kind")?).ok_or(StoreError::Illegible("kind"))?,
        category: item.get_optional("category").map(str::to_owned),
        title: item.parse("title", |raw| Title::parse(raw, Title::MAX))?,
        excerpt: item.get("excerpt")?.to_owned(),
        published_at: item.get_time("published_at")?,
        likes: total_likes(item)?,
        comments: item.get_number("comments")?,
        answered: item.is_set("answered"),
        decided: item.get_optional("decided").and_then(Decided::from_key),
    })
}

pub(super) fn total_likes(card: &Attributes) -> Result<u64, StoreError> {
    let mut total = card.get_number("carried_likes")?;
    for shard in 0..LIKE_SHARDS {
        let name = shard_attribute(shard);
        if card.has(name) {
            total += card.get_number(name)?;
        }
    }
    Ok(total)
}

pub(super) fn shard_attribute(shard: u8) -> &'static str {
    const NAMES: [&str; LIKE_SHARDS as usize] = [
        "likes_0", "likes_1", "likes_2", "likes_3", "likes_4", "likes_5", "likes_6", "likes_7",
    ];
    NAMES[usize::from(shard % LIKE_SHARDS)]
}
