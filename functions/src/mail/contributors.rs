//! Who is told what came out of a campaign: the authors whom its results cite, and everybody else
//! who contributed and left an address, when results come out and at each news of what became
//! of it. Who wrote an idea that a moderator grouped with another is told of what came out too.

use std::collections::BTreeSet;

use domain::{
    ContributionRef, Event, Letter, OutcomeNews, Recipient, RejectionReason, Results, Slug,
};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use crate::App;
use crate::store::StoreError;

/// For how long what came out is new. What is older when it is first seen, in content that was
/// there before this site or before it told of such things, is told to nobody.
const NEW_FOR: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Something that came out of a campaign, of which everybody who contributed is told.
struct CameOut<'a> {
    /// What is told.
    event: Event,
    /// Which of several such things: the campaign of results, or the name of news.
    occasion: &'a Slug,
    campaign: &'a Slug,
    /// The day on which it came out.
    day: Date,
    /// The contributions whose authors are told something else in its place.
    but: BTreeSet<ContributionRef>,
}

impl App {
    /// Puts a letter for everybody who is to be told what came out of a campaign to which they
    /// contributed, and answers when more comes out, where some is to come. It is to be asked at
    /// start and then: each person is told once of each thing, however often it is asked.
    ///
    /// # Errors
    /// [`StoreError`]: who was not told is told the next time.
    pub async fn tell_contributors(&self) -> Result<Option<Timestamp>, StoreError> {
        let now = self.now();
        let catalogue = self.renderer.catalogue();
        let mut to_come = Vec::new();
        for results in catalogue.results.values() {
            if results.published_at() > now {
                to_come.push(results.published_at());
                continue;
            }
            let cited = cited(results);
            self.tell_cited(results, &cited, now).await?;
            let came_out = CameOut::results(results, cited);
            self.tell_everybody(&came_out, results.published_at(), now)
                .await?;
        }
        for news in &catalogue.outcome_news {
            if news.published_at() > now {
                to_come.push(news.published_at());
                continue;
            }
            self.tell_everybody(&CameOut::news(news), news.published_at(), now)
                .await?;
        }
        Ok(to_come.into_iter().min())
    }

    /// Puts a letter for the author of each contribution that results cite.
    async fn tell_cited(
        &self,
        results: &Results,
        cited: &BTreeSet<ContributionRef>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        for about in cited {
            let author = Recipient::Author(about.clone());
            // Most left no address, and a letter to nobody would come and go at each start.
            if self.store.email(&author).await?.is_some() {
                let (campaign, day) = (&results.campaign, results.published);
                let letter = Letter::of_campaign(Event::Cited, about.clone(), campaign, day, now);
                self.store.tell(&[letter]).await?;
            }
        }
        Ok(())
    }

    /// Puts a letter for each person who contributed, unless all were told.
    async fn tell_everybody(
        &self,
        came_out: &CameOut<'_>,
        at: Timestamp,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        /// How many letters are put in one transaction.
        const AT_ONCE: usize = 50;
        let CameOut {
            event,
            occasion,
            campaign,
            day,
            ref but,
        } = *came_out;
        if now.duration_since(at) > NEW_FOR || self.store.is_told(event, occasion).await? {
            return Ok(());
        }
        let people = self.store.reachable(campaign, but, now).await?;
        for some in people.chunks(AT_ONCE) {
            let letters: Vec<Letter> = some
                .iter()
                .map(|about| Letter::of_campaign(event, about.clone(), occasion, day, now))
                .collect();
            self.store.tell(&letters).await?;
        }
        self.store.all_told(event, occasion, now).await
    }

    /// Whether everybody can read a contribution, or the idea that it was grouped with.
    pub(super) async fn is_heard(&self, reference: &ContributionRef) -> Result<bool, StoreError> {
        /// An idea goes from one to another so many times at most.
        const FARTHEST: usize = 50;
        let mut at = reference.clone();
        for _ in 0..FARTHEST {
            if self.public(&at).await?.is_some() {
                return Ok(true);
            }
            let held = self.store.contribution(&at).await?;
            let grouped =
                held.filter(|held| held.status.reason() == Some(RejectionReason::Duplicate));
            match grouped.and_then(|held| held.merged_into) {
                Some(into) => at = ContributionRef::Idea(into),
                None => break,
            }
        }
        Ok(false)
    }

    /// Whether what a letter tells to everybody who contributed still stands on the site.
    pub(super) fn stands(&self, letter: &Letter) -> bool {
        let catalogue = self.renderer.catalogue();
        let named = |slug: &Slug| slug.as_str() == letter.occasion;
        match letter.event {
            Event::Results => catalogue.results.keys().any(named),
            Event::OutcomeNews => catalogue.outcome_news.iter().any(|news| named(&news.slug)),
            _ => true,
        }
    }
}

impl<'a> CameOut<'a> {
    fn results(results: &'a Results, cited: BTreeSet<ContributionRef>) -> Self {
        Self {
            event: Event::Results,
            occasion: &results.campaign,
            campaign: &results.campaign,
            day: results.published,
            but: cited,
        }
    }

    fn news(news: &'a OutcomeNews) -> Self {
        Self {
            event: Event::OutcomeNews,
            occasion: &news.slug,
            campaign: &news.campaign,
            day: news.date,
            but: BTreeSet::new(),
        }
    }
}

/// The contributions that results rest on, or quote.
fn cited(results: &Results) -> BTreeSet<ContributionRef> {
    let findings = results.findings.iter();
    let cited = findings.flat_map(|finding| {
        let said = finding.verbatims.iter().map(|said| &said.contribution);
        finding.contributions.iter().chain(said)
    });
    cited.cloned().map(ContributionRef::Idea).collect()
}
