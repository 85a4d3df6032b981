//! Who is told that published results rest on a contribution.

use std::collections::BTreeSet;

use domain::{ContributionId, ContributionRef, Event, Letter, Recipient, paris};

use crate::App;
use crate::store::StoreError;

impl App {
    /// Puts a letter for the author of each contribution that published results cite. It is to
    /// be asked whenever results may have appeared: each author is told once of a campaign,
    /// however often it is asked.
    ///
    /// # Errors
    /// [`StoreError`]: who was not told is told the next time.
    pub async fn tell_cited(&self) -> Result<(), StoreError> {
        let now = self.now();
        let today = now.to_zoned(paris()).date();
        for results in self.renderer.catalogue().results.values() {
            if results.published > today {
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
        Ok(())
    }
}
