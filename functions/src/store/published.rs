//! What the publisher asks: an idea with its replies, the cards of a campaign, the tallies, and
//! the whole of what is published.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_dynamodb::error::ProvideErrorMetadata;
use aws_sdk_dynamodb::types::{ReturnValue, TransactWriteItem};
use domain::{
    Comment, Contribution, ContributionId, Decided, Idea, IdeaCard, IdeaKind, LIKE_SHARDS, Slug,
    Status, Title,
};
use jiff::Timestamp;
use site_gen::{Contributions, Moved, PublishedIdea, Tally};

use super::attributes::{Attributes, flag, key, number, text};
use super::standing::moderated;
use super::statements::Statements;
use super::{Store, StoreError, unavailable};
use crate::keys::{self, Item, PARTITION, SORT};

/// An idea after its replies were counted afresh.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refreshed {
    /// Its campaign.
    pub campaign: Slug,
    /// The idea with its comments and likes, where it is published.
    pub published: Option<PublishedIdea>,
    /// The idea with which it was grouped once it had been published.
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
    ) -> Result<Option<Refreshed>, StoreError> {
        let items = self
            .partition(&keys::idea_partition(id), "", "read an idea")
            .await?;
        let mut held = None;
        let mut moved = None;
        let mut comments = Vec::new();
        let mut statements = Statements::default();
        for item in &items {
            let moderated = moderated(item)?;
            match moderated.contribution {
                Contribution::Idea(idea) => {
                    statements = Statements::of(item)?;
                    moved = moved_of(&idea, moderated.status, moderated.merged_into);
                    held = Some((idea, moderated.status, moderated.published_at));
                }
                Contribution::Comment(comment) if moderated.status == Status::Published => {
                    comments.push(comment);
                }
                Contribution::Comment(_) => {}
            }
        }
        let Some((idea, status, published_at)) = held else {
            return Ok(None);
        };
        let campaign = idea.campaign.clone();
        let (Status::Published, Some(published_at)) = (status, published_at) else {
            return Ok(Some(Refreshed {
                campaign,
                published: None,
                moved,
            }));
        };
        let mut counts = BTreeMap::new();
        for &shard in shards {
            counts.insert(shard, self.count_likes(id, shard).await?);
        }
        let likes = self
            .keep_counts(&idea, comments.len() as u64, &counts, &statements)
            .await?;
        let mut published = PublishedIdea {
            idea,
            published_at,
            likes,
            comments,
            response: statements.response,
            outcome: statements.outcome,
        };
        published.sort_comments();
        Ok(Some(Refreshed {
            campaign,
            published: Some(published),
            moved: None,
        }))
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
                    ideas: item.get_number("ideas")?,
                    comments: item.get_number("comments")?,
                };
                Ok((item.parse(SORT, Slug::parse)?, tally))
            })
            .collect()
    }

    /// Keeps how much was contributed to a campaign.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn put_tally(&self, campaign: &Slug, tally: Tally) -> Result<(), StoreError> {
        let item = Attributes::at(&keys::tally(campaign))
            .number("ideas", tally.ideas)
            .number("comments", tally.comments);
        self.put_item(item, "keep a tally").await
    }

    /// Everything that is published, with likes counted one by one: what a full build is made of.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn published(&self) -> Result<Contributions, StoreError> {
        let mut ideas = Vec::new();
        let mut moved = Vec::new();
        let mut comments: BTreeMap<ContributionId, Vec<Comment>> = BTreeMap::new();
        let mut likes: BTreeMap<ContributionId, u64> = BTreeMap::new();
        let mut start = None;
        loop {
            let page = self
                .client
                .scan()
                .table_name(&self.tables.main)
                .consistent_read(true)
                .set_exclusive_start_key(start)
                .send()
                .await
                .map_err(unavailable("read everything published"))?;
            for item in page.items.into_iter().flatten().map(Attributes::of) {
                match keys::read(item.get(PARTITION)?, item.get(SORT)?) {
                    Some(Item::Like { idea, .. }) => *likes.entry(idea).or_default() += 1,
                    Some(Item::Contribution(_)) => {
                        let moderated = moderated(&item)?;
                        if let Contribution::Idea(idea) = &moderated.contribution {
                            let status = moderated.status;
                            moved.extend(moved_of(idea, status, moderated.merged_into.clone()));
                        }
                        match (
                            moderated.status,
                            moderated.contribution,
                            moderated.published_at,
                        ) {
                            (Status::Published, Contribution::Idea(idea), Some(at)) => {
                                ideas.push((idea, at, Statements::of(&item)?));
                            }
                            (Status::Published, Contribution::Comment(comment), _) => {
                                comments
                                    .entry(comment.idea.clone())
                                    .or_default()
                                    .push(comment);
                            }
                            _ => {}
                        }
                    }
                    None => {}
                }
            }
            start = page.last_evaluated_key;
            if start.is_none() {
                break;
            }
        }
        let published = ideas
            .into_iter()
            .map(|(idea, published_at, statements)| PublishedIdea {
                likes: idea.carried_likes + likes.get(&idea.id).copied().unwrap_or_default(),
                comments: comments.remove(&idea.id).unwrap_or_default(),
                idea,
                published_at,
                response: statements.response,
                outcome: statements.outcome,
            })
            .collect();
        Ok(Contributions::of(published, moved))
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

    /// Keeps counts on the idea's card and answers its likes: those carried over, and the sum of
    /// the shards. Each shard has an attribute of its own, so that writers never cross.
    async fn keep_counts(
        &self,
        idea: &Idea,
        comments: u64,
        counts: &BTreeMap<u8, u64>,
        statements: &Statements,
    ) -> Result<u64, StoreError> {
        let excerpt = idea.card(Timestamp::UNIX_EPOCH, 0, 0).excerpt;
        let decided = statements.outcome.as_ref();
        let decided = decided.map_or("", |outcome| outcome.decision.key());
        let mut update = self
            .client
            .update_item()
            .table_name(&self.tables.main)
            .set_key(Some(key(&keys::card(&idea.campaign, &idea.id))))
            .condition_expression(format!("attribute_exists({PARTITION})"))
            .expression_attribute_values(":comments", number(comments))
            .expression_attribute_values(":excerpt", text(&excerpt))
            .expression_attribute_values(":answered", flag(statements.response.is_some()))
            .expression_attribute_values(":decided", text(decided))
            .return_values(ReturnValue::AllNew);
        let mut set = vec![
            "comments = :comments".to_owned(),
            "excerpt = :excerpt".to_owned(),
            "answered = :answered".to_owned(),
            "decided = :decided".to_owned(),
        ];
        for (shard, count) in counts {
            set.push(format!("{} = :likes_{shard}", shard_attribute(*shard)));
            update = update.expression_attribute_values(format!(":likes_{shard}"), number(*count));
        }
        let answer = update
            .update_expression(format!("SET {}", set.join(", ")))
            .send()
            .await;
        match answer {
            Ok(answer) => total_likes(&Attributes::of(answer.attributes.unwrap_or_default())),
            // No card: the idea was taken off between two reads, and its own record follows.
            Err(error) if error.code() == Some("ConditionalCheckFailedException") => {
                Ok(idea.carried_likes)
            }
            Err(error) => Err(unavailable("keep counts")(error)),
        }
    }
}

/// Where the address of an idea leads that was grouped with another once it had been published.
fn moved_of(idea: &Idea, status: Status, into: Option<ContributionId>) -> Option<Moved> {
    matches!(status, Status::Hidden(_)).then_some(())?;
    Some(Moved {
        moved: idea.id.clone(),
        campaign: idea.campaign.clone(),
        into: into?,
    })
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

fn total_likes(card: &Attributes) -> Result<u64, StoreError> {
    let mut total = card.get_number("carried_likes")?;
    for shard in 0..LIKE_SHARDS {
        let name = shard_attribute(shard);
        if card.has(name) {
            total += card.get_number(name)?;
        }
    }
    Ok(total)
}

fn shard_attribute(shard: u8) -> &'static str {
    const NAMES: [&str; LIKE_SHARDS as usize] = [
        "likes_0", "likes_1", "likes_2", "likes_3", "likes_4", "likes_5", "likes_6", "likes_7",
    ];
    NAMES[usize::from(shard % LIKE_SHARDS)]
}
