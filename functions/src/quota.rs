//! How much is taken from one network address in an hour. Behind one address there may be a
//! school or an office: the limits let them pass, and the page that says no gives back what was
//! typed.

use domain::ContributionId;
use jiff::Timestamp;

use crate::sender::Sender;
use crate::{App, Failure};

/// In seconds.
const HOUR: i64 = 3600;

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Quota {
    /// Contributions that are sent.
    Contribution,
    /// Comments that are sent.
    Comment,
    /// Likes that are given or taken back.
    Like,
    /// Reports of what is published.
    Report,
    /// Surveys that are begun.
    Survey,
}

impl Quota {
    /// All that is counted.
    pub(crate) const ALL: [Self; 5] = [
        Self::Contribution,
        Self::Comment,
        Self::Like,
        Self::Report,
        Self::Survey,
    ];

    /// Its name in the store, and how many are taken in an hour.
    pub(crate) fn limit(self) -> (&'static str, u64) {
        match self {
            Self::Contribution => ("contribution", 30),
            Self::Comment => ("comment", 60),
            Self::Like => ("like", 300),
            Self::Report => ("report", 20),
            Self::Survey => ("survey", 120),
        }
    }
}

/// That too much came from where this did: when to try again.
#[derive(Debug, Clone)]
pub struct TooMany {
    pub(crate) now: Timestamp,
    pub(crate) until: Timestamp,
}

impl App {
    /// Counts one more from this sender.
    ///
    /// # Errors
    /// [`Failure::TooMany`].
    pub(crate) async fn count(&self, quota: Quota, sender: &Sender) -> Result<(), Failure> {
        let (what, limit) = quota.limit();
        let hour = self.hour();
        let within = self.store.count_sent(what, sender, hour, limit).await?;
        self.within(within)
    }

    /// The same of something that may be sent again: whoever presses the button twice, or comes
    /// back where no answer came, has sent one thing, and gets the same answer.
    ///
    /// # Errors
    /// [`Failure::TooMany`].
    pub(crate) async fn count_once(
        &self,
        quota: Quota,
        sender: &Sender,
        sent: &ContributionId,
    ) -> Result<(), Failure> {
        let (what, limit) = quota.limit();
        let hour = self.hour();
        // Who reads the store can't tell by it which contributions came from the same place.
        let mut name = self.secret.hash(&["sent", sender.address(), sent.as_str()]);
        name.truncate(16);
        let within = self
            .store
            .count_once(what, sender, hour, limit, &name)
            .await?;
        self.within(within)
    }

    fn hour(&self) -> i64 {
        self.now().as_second().div_euclid(HOUR)
    }

    fn within(&self, within: bool) -> Result<(), Failure> {
        if within {
            return Ok(());
        }
        let now = self.now();
        let next = (now.as_second().div_euclid(HOUR) + 1) * HOUR;
        Err(Failure::TooMany(TooMany {
            now,
            until: Timestamp::from_second(next).unwrap_or(now),
        }))
    }
}
