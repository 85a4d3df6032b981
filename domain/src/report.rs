//! A report: somebody says that something published should not be.

use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

use crate::campaign::paris;
use crate::contribution::ContributionRef;
use crate::invalid::Invalid;
use crate::place::Place;
use crate::text::{Body, ContributionId, Email};

/// Why it should not be public, as who signals it sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ReportReason {
    /// It tells who somebody is, where they live, how to reach them.
    PersonalData,
    /// It hurts, threatens or belittles.
    Insulting,
    /// It accuses somebody whom one can recognise.
    NamesSomeone,
    /// The law forbids it.
    Illegal,
    /// It is off topic, advertises, or is there twice.
    Misplaced,
    /// Something else, which the text says.
    Other,
}

impl ReportReason {
    /// All reasons, in the order of the form.
    pub const ALL: [Self; 6] = [
        Self::PersonalData,
        Self::Insulting,
        Self::NamesSomeone,
        Self::Illegal,
        Self::Misplaced,
        Self::Other,
    ];

    /// Its name in forms, in the store and in message keys.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::PersonalData => "personal-data",
            Self::Insulting => "insulting",
            Self::NamesSomeone => "names-someone",
            Self::Illegal => "illegal",
            Self::Misplaced => "misplaced",
            Self::Other => "other",
        }
    }

    /// The reason of that name.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.key() == key)
    }
}

/// A report, as received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Its identifier.
    pub id: ContributionId,
    /// What it is about.
    pub about: ContributionRef,
    /// Where what it is about was sent.
    pub place: Place,
    /// Why.
    pub reason: ReportReason,
    /// What its sender adds.
    pub text: Option<Body>,
    /// When it was received.
    pub received_at: Timestamp,
}

/// What a moderator decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It stays public.
    Kept,
    /// It is no longer public.
    Hidden,
}

impl Verdict {
    /// Its name in the store and in message keys.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Kept => "kept",
            Self::Hidden => "hidden",
        }
    }

    /// The verdict of that name.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        [Self::Kept, Self::Hidden]
            .into_iter()
            .find(|verdict| verdict.key() == key)
    }
}

/// What is answered to who signalled something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportAnswer {
    /// What was decided.
    pub verdict: Verdict,
    /// Why, in words.
    pub text: Body,
    /// Who decided: a moderator's login.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// A report with what was decided of it; nothing while it is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reported {
    /// What was received.
    pub report: Report,
    /// What was decided.
    pub answer: Option<ReportAnswer>,
}

/// What was typed in the form, as it was typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ReportForm {
    /// The reason's key.
    pub why: String,
    /// What its sender adds.
    pub details: String,
    /// The e-mail address, to be told what is decided.
    pub email: String,
}

/// A form that holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportDraft {
    /// Why.
    pub reason: ReportReason,
    /// What its sender adds.
    pub text: Option<Body>,
}

impl ReportForm {
    /// The longest text that the form takes, in graphemes.
    pub const DETAILS_LIMIT: usize = 1_000;

    /// Parses the form. The address comes apart, since no report has a field for it.
    ///
    /// # Errors
    /// Every problem of every field.
    pub fn parse(&self) -> Result<(ReportDraft, Option<Email>), Invalid> {
        let mut invalid = Invalid::default();
        let reason = ReportReason::from_key(&self.why);
        if reason.is_none() {
            invalid.add("why", "empty");
        }
        let parse = |raw: &str| Body::parse(raw, Self::DETAILS_LIMIT);
        let text = if reason == Some(ReportReason::Other) {
            invalid.take("details", parse(&self.details))
        } else {
            invalid.take_optional("details", &self.details, parse)
        };
        let email = invalid.take_optional("email", &self.email, Email::parse);
        match reason {
            Some(reason) if invalid.errors.is_empty() => Ok((ReportDraft { reason, text }, email)),
            _ => Err(invalid),
        }
    }
}

impl ReportDraft {
    /// The report of `about`, received at `received_at` under `id`.
    #[must_use]
    pub fn received(
        self,
        id: ContributionId,
        about: ContributionRef,
        place: Place,
        received_at: Timestamp,
    ) -> Report {
        Report {
            id,
            about,
            place,
            reason: self.reason,
            text: self.text,
            received_at,
        }
    }
}

impl Report {
    /// Until when the address left with it is kept: as long as those of the contributions that were
    /// sent to the same place, and a year where that is over sooner, since what is published may be
    /// signalled for ever.
    #[must_use]
    pub fn address_kept_until(&self, addresses_kept_until: Timestamp) -> Timestamp {
        let year_later = self.received_at.to_zoned(paris()).saturating_add(1.year());
        addresses_kept_until.max(year_later.timestamp())
    }
}
