//! How much is taken from one network address in an hour. Behind one address there may be a
//! school or an office: the limits let them pass, and the page that says no keeps what was typed.

use jiff::Timestamp;

use crate::sender::Sender;
use crate::{App, Failure};

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
}

impl Quota {
    /// All that is counted.
    pub(crate) const ALL: [Self; 4] = [Self::Contribution, Self::Comment, Self::Like, Self::Report];

    /// Its name in the store, and how many are taken in an hour.
    pub(crate) fn limit(self) -> (&'static str, u64) {
        match self {
            Self::Contribution => ("contribution", 30),
            Self::Comment => ("comment", 60),
            Self::Like => ("like", 300),
            Self::Report => ("report", 20),
        }
    }
}

/// That too much came from where this did: when to try again, and what was typed, with the
/// labels of its fields.
#[derive(Debug, Clone)]
pub struct TooMany {
    pub(crate) now: Timestamp,
    pub(crate) until: Timestamp,
    pub(crate) typed: Vec<(String, String)>,
}

impl App {
    /// Counts one more from this sender; `typed` is shown again where it is one too many.
    ///
    /// # Errors
    /// [`Failure::TooMany`].
    pub(crate) async fn count(
        &self,
        quota: Quota,
        sender: &Sender,
        typed: &[(&str, &str)],
    ) -> Result<(), Failure> {
        const HOUR: i64 = 3600;
        let now = self.now();
        let hour = now.as_second().div_euclid(HOUR);
        let (what, limit) = quota.limit();
        let within = self.store.count_sent(what, sender, hour, limit).await?;
        if within {
            return Ok(());
        }
        Err(Failure::TooMany(TooMany {
            now,
            until: Timestamp::from_second((hour + 1) * HOUR).unwrap_or(now),
            typed: self.typed(typed),
        }))
    }
}
