//! Published ideas that say nearly what an author is about to send.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use domain::{Campaign, IdeaCard, IdeaDraft, Slug};
use insights::near::Index;
use jiff::Timestamp;

use crate::App;
use crate::store::StoreError;

/// For how long the ideas of a campaign are compared as they were read.
const KEPT_SECONDS: i64 = 30;

/// The ideas of campaigns, read a moment ago. Reading thousands for each review would be slow.
#[derive(Clone, Default)]
pub struct Similar {
    read: Arc<Mutex<HashMap<Slug, Read>>>,
}

#[derive(Clone)]
struct Read {
    at: Timestamp,
    ideas: Arc<Index<IdeaCard>>,
}

impl App {
    /// The published ideas of the campaign that are near this one, nearest first. Where they can't
    /// be read there are none: nobody is kept from sending.
    pub(crate) async fn similar(&self, campaign: &Campaign, draft: &IdeaDraft) -> Vec<IdeaCard> {
        let excerpt = draft.body.excerpt(IdeaCard::EXCERPT_GRAPHEMES);
        match self.published_ideas(&campaign.slug).await {
            Ok(ideas) => ideas
                .nearest(draft.title.as_str(), &excerpt)
                .into_iter()
                .map(|near| near.item.clone())
                .collect(),
            Err(error) => {
                tracing::warn!(cause = %error, "the ideas of a campaign could not be compared");
                Vec::new()
            }
        }
    }

    async fn published_ideas(&self, campaign: &Slug) -> Result<Arc<Index<IdeaCard>>, StoreError> {
        let now = self.now();
        if let Some(ideas) = self.similar.fresh(campaign, now) {
            return Ok(ideas);
        }
        let cards = self.store.cards(campaign).await?;
        let ideas = tokio::task::spawn_blocking(move || {
            let candidates = cards
                .iter()
                .map(|card| (card.clone(), card.title.as_str(), card.excerpt.as_str()));
            Arc::new(Index::of(candidates))
        })
        .await
        .map_err(|_| StoreError::Unavailable {
            operation: "compare ideas",
            message: "the task was stopped".to_owned(),
        })?;
        let read = Read {
            at: now,
            ideas: Arc::clone(&ideas),
        };
        self.similar.keep(campaign, read);
        Ok(ideas)
    }
}

impl Similar {
    /// What was read of a campaign, if not too long ago. Whoever finds it too old reads it again;
    /// those who come meanwhile are given the old.
    fn fresh(&self, campaign: &Slug, now: Timestamp) -> Option<Arc<Index<IdeaCard>>> {
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        let read = read.get_mut(campaign)?;
        let age = now.as_second() - read.at.as_second();
        if (0..KEPT_SECONDS).contains(&age) {
            return Some(Arc::clone(&read.ideas));
        }
        read.at = now;
        None
    }

    fn keep(&self, campaign: &Slug, ideas: Read) {
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        read.insert(campaign.clone(), ideas);
    }
}
