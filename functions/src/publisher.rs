//! The publisher: stream records → pages to render → the generator → their place.
//!
//! A record says only what changed. What the pages say is read and counted afresh, so that a
//! record that comes twice, late or out of order does no harm.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use domain::{ContributionId, ContributionRef, IdeaCard, LIKE_SHARDS, Slug, Status};
use jiff::Timestamp;
use site_gen::plan::{self, Change, Page};
use site_gen::{
    Build, Built, Contributions, Directory, Material, Placement, Problem, Put, RenderError,
    Renderer,
};

use crate::Clock;
use crate::keys::{self, Item};
use crate::store::{Store, StoreError};

/// What a stream record says: the item's key, and its status before and after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The item's partition key.
    pub partition: String,
    /// The item's sort key.
    pub sort: String,
    /// The attribute `status` of the old image.
    pub old_status: Option<String>,
    /// The attribute `status` of the new image.
    pub new_status: Option<String>,
}

/// Which attributes of a stream record are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Image {
    /// The item's key.
    Keys,
    /// The item before the change.
    Old,
    /// The item after it.
    New,
}

impl Record {
    /// Reads a stream record, of which `text` gives the texts by attribute; none where it has no key.
    #[must_use]
    pub fn read(text: impl Fn(Image, &str) -> Option<String>) -> Option<Self> {
        Some(Self {
            partition: text(Image::Keys, keys::PARTITION)?,
            sort: text(Image::Keys, keys::SORT)?,
            old_status: text(Image::Old, "status"),
            new_status: text(Image::New, "status"),
        })
    }
}

/// Puts in place the pages that published contributions make.
pub struct Publisher {
    /// The store.
    pub store: Store,
    /// The catalogue and the theme.
    pub renderer: Arc<Renderer>,
    /// Where pages go.
    pub output: Directory,
    /// What tells the time.
    pub clock: Clock,
}

/// What a publication did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Published {
    /// Pages that were rendered.
    pub rendered: usize,
    /// Pages that are new or have changed.
    pub written: usize,
    /// Pages that are no longer.
    pub removed: usize,
}

/// Why pages could not be put in place; the records may be given again.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// The store did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A template is at fault.
    #[error(transparent)]
    Render(#[from] RenderError),
    /// The pages can't be written.
    #[error("the pages can't be written: {0}")]
    Output(#[from] std::io::Error),
    /// The whole site can't be built.
    #[error("{} problem(s), the first: {}", .0.len(), .0.first().map(ToString::to_string).unwrap_or_default())]
    Build(Vec<Problem>),
}

/// What changed of one idea.
#[derive(Debug, Default)]
struct Touch {
    idea: bool,
    shards: BTreeSet<u8>,
}

impl Publisher {
    /// Renders the pages that these records touch, and puts them in place.
    ///
    /// # Errors
    /// [`PublishError`].
    pub async fn publish(&self, records: &[Record]) -> Result<Published, PublishError> {
        let touches = touches(records);
        if touches.is_empty() {
            return Ok(Published::default());
        }
        let mut contributions = Contributions::default();
        let mut changes = BTreeSet::new();
        let mut campaigns = BTreeSet::new();
        for (id, touch) in touches {
            let Some(refreshed) = self.store.refresh(&id, &touch.shards).await? else {
                continue;
            };
            campaigns.insert(refreshed.campaign.clone());
            changes.insert(if touch.idea {
                Change::Idea(refreshed.campaign, id.clone())
            } else {
                Change::Replies(refreshed.campaign, id.clone())
            });
            if let Some(moved) = refreshed.moved {
                contributions.moved.insert(id.clone(), moved);
            }
            if let Some(published) = refreshed.published {
                contributions.ideas.insert(id, published);
            }
        }
        self.tally(&campaigns, &mut contributions).await?;
        let mut render = BTreeSet::new();
        let mut remove_from = BTreeSet::new();
        for change in &changes {
            let touched = plan::touched(self.renderer.catalogue(), &contributions, change);
            render.extend(touched.render);
            remove_from.extend(touched.remove_from);
        }
        self.put(&render, &remove_from, &contributions)
    }

    /// Builds the whole site from the store, counts everything afresh, and mends the counts that
    /// lists are made of where they differ.
    ///
    /// # Errors
    /// [`PublishError`].
    pub async fn publish_all(&self, material: &Material) -> Result<Built, PublishError> {
        let contributions = self.store.published().await?;
        let tallies = self.store.tallies().await?;
        let all_shards: BTreeSet<u8> = (0..LIKE_SHARDS).collect();
        for (campaign, cards) in &contributions.cards {
            let kept: BTreeMap<ContributionId, IdeaCard> = self
                .store
                .cards(campaign)
                .await?
                .into_iter()
                .map(|card| (card.id.clone(), card))
                .collect();
            for card in cards.all() {
                let held = kept.get(&card.id);
                if held.is_none_or(|held| held.likes != card.likes) {
                    self.store.refresh(&card.id, &all_shards).await?;
                } else if held != Some(card) {
                    self.store.refresh(&card.id, &BTreeSet::new()).await?;
                }
            }
            let tally = contributions.tally(campaign);
            if tallies.get(campaign) != Some(&tally) {
                self.store.put_tally(campaign, tally).await?;
            }
        }
        let mut renderer = Renderer::clone(&self.renderer);
        let build = Build {
            renderer: &mut renderer,
            material,
            contributions: &contributions,
            now: self.now(),
            copies: &[],
        };
        build
            .put(&self.output, Placement::Whole)
            .map_err(PublishError::Build)
    }

    /// Reads the lists of the campaigns that changed, and keeps their tallies for the others' pages.
    async fn tally(
        &self,
        campaigns: &BTreeSet<Slug>,
        contributions: &mut Contributions,
    ) -> Result<(), PublishError> {
        contributions.tallies = self.store.tallies().await?;
        for campaign in campaigns {
            let before = contributions.tally(campaign);
            let cards = self.store.cards(campaign).await?;
            contributions.set_cards(campaign.clone(), cards);
            let tally = contributions.tally(campaign);
            if tally != before {
                self.store.put_tally(campaign, tally).await?;
            }
        }
        Ok(())
    }

    fn put(
        &self,
        render: &BTreeSet<Page>,
        remove_from: &BTreeSet<Page>,
        contributions: &Contributions,
    ) -> Result<Published, PublishError> {
        let now = self.now();
        let mut done = Published::default();
        for page in render {
            let Some(html) = self.renderer.page(page, contributions, now)? else {
                continue;
            };
            done.rendered += 1;
            if self.output.put(&page.file(), html.as_bytes())? == Put::Written {
                done.written += 1;
            }
        }
        for first in remove_from {
            let mut next = Some(first.clone());
            while let Some(page) = next {
                if !self.output.remove(&page.file())? {
                    break;
                }
                done.removed += 1;
                next = plan::following(&page);
            }
        }
        Ok(done)
    }

    fn now(&self) -> Timestamp {
        (self.clock)()
    }
}

/// What the records touch, an idea once.
fn touches(records: &[Record]) -> BTreeMap<ContributionId, Touch> {
    let public = Some(Status::Published.key());
    let mut touches: BTreeMap<ContributionId, Touch> = BTreeMap::new();
    for record in records {
        let shows =
            record.old_status.as_deref() == public || record.new_status.as_deref() == public;
        match keys::read(&record.partition, &record.sort) {
            Some(Item::Like { idea, shard }) => {
                touches.entry(idea).or_default().shards.insert(shard);
            }
            Some(Item::Contribution(ContributionRef::Idea(idea))) if shows => {
                let touch = touches.entry(idea).or_default();
                touch.idea = true;
                touch.shards.extend(0..LIKE_SHARDS);
            }
            Some(Item::Contribution(ContributionRef::Comment { idea, .. })) if shows => {
                touches.entry(idea).or_default();
            }
            _ => {}
        }
    }
    touches
}
