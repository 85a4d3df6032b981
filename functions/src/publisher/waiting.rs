//! The publisher without a memory: what waits for its turn is noted in the store.

use site_gen::plan::Change;

use super::{Counted, PublishError, Published, Publisher, Record, Throttle};
use crate::output::Output;
use crate::store::{StoreError, WaitingPages};

impl<O: Output> Publisher<O> {
    /// Counts what these records touch, renders its pages, and notes in the store those that wait
    /// for their turn.
    ///
    /// What was rendered is noted as well. The clock renders beside the publisher: of two that read
    /// a list and put its page, the first to read may be the last to put. What is noted after it was
    /// put is made again, so that this heals by itself.
    ///
    /// # Errors
    /// [`PublishError`]: all of them may be given again.
    pub async fn publish_and_note(&self, records: &[Record]) -> Result<Published, PublishError> {
        let mut counted = self.count(records).await?;
        let mut throttle = Throttle::default();
        add_rendered(&counted, &mut throttle);
        throttle.take(&mut counted);
        let done = self.render(counted).await?;
        self.store.note_waiting(&throttle.all()).await?;
        Ok(done)
    }

    /// Renders all pages that were noted, and forgets those notes that were not put again
    /// meanwhile.
    ///
    /// # Errors
    /// [`PublishError`]: what was not rendered waits on.
    pub async fn render_waiting(&self) -> Result<Published, PublishError> {
        let waiting = self.store.waiting_pages().await?;
        let error = match self.render_noted(&waiting).await {
            Err(error) if error.is_of_one() && waiting.len() > 1 => error,
            done => return done,
        };
        // One that can't be rendered holds no other up.
        let (mut done, mut last) = (Published::default(), error);
        let mut failed = 0;
        for one in waiting.chunks(1) {
            match self.render_noted(one).await {
                Ok(published) => done = done + published,
                Err(error) if error.is_of_one() => {
                    tracing::error!(cause = %error, "a page that waits can't be rendered");
                    last = error;
                    failed += 1;
                }
                Err(error) => return Err(error),
            }
        }
        match failed {
            0 => Ok(done),
            _ => Err(last),
        }
    }

    async fn render_noted(&self, waiting: &[WaitingPages]) -> Result<Published, PublishError> {
        let mut throttle = Throttle::default();
        for one in waiting {
            one.add_to(&mut throttle);
        }
        let due = throttle.all();
        if due.is_empty() {
            return Ok(Published::default());
        }
        let done = self.render_likes(&due).await?;
        for one in waiting {
            self.store.waits_no_more(one).await?;
        }
        Ok(done)
    }
}

impl PublishError {
    /// Whether it comes from one thing that was to be published, so that others may go on; all
    /// others stop where the store or the place of pages does not answer.
    pub(crate) fn is_of_one(&self) -> bool {
        match self {
            Self::Store(StoreError::Illegible(_)) | Self::Render(_) => true,
            Self::Store(StoreError::Unavailable { .. }) | Self::Output(_) | Self::Build(_) => false,
        }
    }
}

fn add_rendered(counted: &Counted, throttle: &mut Throttle) {
    let ideas = counted.changes.iter().filter_map(|change| match change {
        Change::Idea(campaign, idea) | Change::Replies(campaign, idea) => {
            Some((idea.clone(), campaign.clone()))
        }
        Change::Testimonial(_) | Change::Same(_) | Change::Survey(_) => None,
    });
    throttle.add(ideas.collect());
    throttle.add_same(counted.testimonials.keys().cloned());
}
