//! What is published and says nearly what an author is about to send.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use domain::{Body, IdeaCard, Slug, TestimonialCard, Title};
use insights::near::Index;
use jiff::Timestamp;

use crate::App;
use crate::store::StoreError;

/// For how long cards are compared as they were read.
const KEPT_SECONDS: i64 = 30;

/// The ideas of campaigns and the testimonials of spaces, read a moment ago. Reading thousands for
/// each review would be slow.
#[derive(Clone, Default)]
pub struct Similar {
    ideas: Kept<IdeaCard>,
    testimonials: Kept<TestimonialCard>,
}

/// Cards by the campaign or the space that they are of.
struct Kept<T>(Arc<Mutex<HashMap<Slug, Read<T>>>>);

struct Read<T> {
    at: Timestamp,
    cards: Arc<Index<T>>,
}

impl App {
    /// The published ideas of the campaign that are near this title and text, nearest first. Where
    /// they can't be read there are none: nobody is kept from what they came for.
    pub(crate) async fn similar(
        &self,
        campaign: &Slug,
        title: &Title,
        body: &Body,
    ) -> Vec<IdeaCard> {
        let texts = |card: &IdeaCard| (card.title.clone(), card.excerpt.clone());
        let read = || self.store.cards(campaign);
        let cards = self.similar.ideas.of(campaign, self.now(), read, texts);
        let excerpt = body.excerpt(IdeaCard::EXCERPT_GRAPHEMES);
        nearest(cards.await, title, &excerpt)
    }

    /// The same of the testimonials of a space.
    pub(crate) async fn similar_testimonials(
        &self,
        space: &Slug,
        title: &Title,
        body: &Body,
    ) -> Vec<TestimonialCard> {
        let texts = |card: &TestimonialCard| (card.title.clone(), card.excerpt.clone());
        let read = || self.store.testimonial_cards(space);
        let kept = &self.similar.testimonials;
        let cards = kept.of(space, self.now(), read, texts);
        let excerpt = body.excerpt(TestimonialCard::EXCERPT_GRAPHEMES);
        nearest(cards.await, title, &excerpt)
    }
}

fn nearest<T: Clone>(
    cards: Result<Arc<Index<T>>, StoreError>,
    title: &Title,
    excerpt: &str,
) -> Vec<T> {
    match cards {
        Ok(cards) => cards
            .nearest(title.as_str(), excerpt)
            .into_iter()
            .map(|near| near.item.clone())
            .collect(),
        Err(error) => {
            tracing::warn!(cause = %error, "what is published could not be compared");
            Vec::new()
        }
    }
}

impl<T: Send + Sync + 'static> Kept<T> {
    /// The cards of a place, as they were read a moment ago or as `read` finds them now.
    async fn of<R: Future<Output = Result<Vec<T>, StoreError>>>(
        &self,
        place: &Slug,
        now: Timestamp,
        read: impl FnOnce() -> R,
        texts: impl Fn(&T) -> (Title, String) + Send + 'static,
    ) -> Result<Arc<Index<T>>, StoreError> {
        match self.fresh(place, now) {
            Some(cards) => Ok(cards),
            None => self.keep(place, now, read().await, texts).await,
        }
    }

    /// What was read of a place, if not too long ago. Whoever finds it too old reads it again;
    /// those who come meanwhile are given the old.
    fn fresh(&self, place: &Slug, now: Timestamp) -> Option<Arc<Index<T>>> {
        let mut read = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let read = read.get_mut(place)?;
        let age = now.as_second() - read.at.as_second();
        if (0..KEPT_SECONDS).contains(&age) {
            return Some(Arc::clone(&read.cards));
        }
        read.at = now;
        None
    }

    /// Keeps what was just read, ready to be compared by the title and the excerpt of each.
    async fn keep(
        &self,
        place: &Slug,
        at: Timestamp,
        read: Result<Vec<T>, StoreError>,
        texts: impl Fn(&T) -> (Title, String) + Send + 'static,
    ) -> Result<Arc<Index<T>>, StoreError> {
        let read = read?;
        let cards = tokio::task::spawn_blocking(move || {
            let texts: Vec<(Title, String)> = read.iter().map(texts).collect();
            let candidates = read.into_iter().zip(&texts);
            let candidates =
                candidates.map(|(card, (title, excerpt))| (card, title.as_str(), excerpt.as_str()));
            Arc::new(Index::of(candidates))
        })
        .await
        .map_err(|_| StoreError::Unavailable {
            operation: "compare what is published",
            message: "the task was stopped".to_owned(),
        })?;
        let kept = Read {
            at,
            cards: Arc::clone(&cards),
        };
        let mut read = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        read.insert(place.clone(), kept);
        Ok(cards)
    }
}

impl<T> Clone for Kept<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T> Default for Kept<T> {
    fn default() -> Self {
        Self(Arc::default())
    }
}
