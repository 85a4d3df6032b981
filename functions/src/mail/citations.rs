//! Who is told that published results rest on a contribution.

use std::collections::BTreeSet;

use domain::{ContributionId, ContributionRef, Event, Letter, Recipient};
use jiff::Timestamp;

use crate::App;
use crate::store::StoreError;

impl App {
    /// Puts a letter for the author of each contribution that published results cite, and
    /// answers when the next results are published, where some are to come. It is to be asked
    /// at start and then: each author is told once of a campaign, however often it is asked.
    ///
    /// # Errors
    /// [`StoreError`]: who was not told is told the next time.
    pub async fn tell_cited(&self) -> Result<Option<Timestamp>, StoreError> {
        let now = self.now();
        let mut next = None;
        for results in self.renderer.catalogue().results.values() {
            let published_at = results.published_at();
            if published_at > now {
                next = Some(next.map_or(published_at, |next| published_at.min(next)));
                continue;
            }
            let cited: BTreeSet<&ContributionId> = results
                .findings
                .iter()
                .flat_map(|finding| {
                    let said = finding.verbatims.iter().map(|said| &said.contribution);
                    finding.contributions.iter().chain(said)
                })
                .collect();
            for id in cited {
                let about = ContributionRef::Idea(id.clone());
                let author = Recipient::Author(about.clone());
                // Most left no address, and a letter to nobody would come and go at each start.
                if self.store.email(&author).await?.is_some() {
                    let letter = Letter::to_author(Event::Cited, about, &results.campaign, now);
                    self.store.tell(&letter).await?;
                }
            }
        }
        Ok(next)
    }
}
