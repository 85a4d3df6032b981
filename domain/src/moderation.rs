//! Moderation: where a contribution stands, what may be decided of it, and why.

use serde::{Deserialize, Serialize};

/// Where a contribution stands with its moderators. The official response and the outcome
/// are axes of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", tag = "status", content = "reason")]
pub enum Status {
    /// Waits to be read.
    Waiting,
    /// Public.
    Published,
    /// Not public, for a reason that its author was told.
    Refused(RejectionReason),
}

impl Status {
    /// Its name in the store and in message keys.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Published => "published",
            Self::Refused(_) => "refused",
        }
    }
}

/// What a moderator decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Make it public.
    Publish,
    /// Do not.
    Refuse(RejectionReason),
}

/// Why a contribution is not published; each is explained in the moderation charter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RejectionReason {
    /// Not about the subject of the campaign.
    OffTopic,
    /// Names, addresses, file numbers.
    PersonalData,
    /// A claim about one's own file.
    IndividualRequest,
    /// Nothing lived is told.
    NoLivedExperience,
    /// Insults.
    Insulting,
    /// Somebody accused by name.
    NamesSomeone,
    /// Against the law.
    Illegal,
    /// Advertising.
    Advertising,
    /// Already said by the same author.
    Duplicate,
    /// Its author seems in danger: a route of its own.
    Alert,
}

impl RejectionReason {
    /// All reasons, in the order of the moderators' form.
    pub const ALL: [Self; 10] = [
        Self::OffTopic,
        Self::PersonalData,
        Self::IndividualRequest,
        Self::NoLivedExperience,
        Self::Insulting,
        Self::NamesSomeone,
        Self::Illegal,
        Self::Advertising,
        Self::Duplicate,
        Self::Alert,
    ];

    /// Its name in forms, in the store and in message keys.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::OffTopic => "off-topic",
            Self::PersonalData => "personal-data",
            Self::IndividualRequest => "individual-request",
            Self::NoLivedExperience => "no-lived-experience",
            Self::Insulting => "insulting",
            Self::NamesSomeone => "names-someone",
            Self::Illegal => "illegal",
            Self::Advertising => "advertising",
            Self::Duplicate => "duplicate",
            Self::Alert => "alert",
        }
    }

    /// The reason of that name.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.key() == key)
    }
}

/// A decision that the present status does not allow: somebody decided before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{} does not allow {decision:?}", status.key())]
pub struct IllegalDecision {
    /// Where the contribution stands.
    pub status: Status,
    /// What was asked.
    pub decision: Decision,
}

/// The only legal transitions: what waits is published or refused.
///
/// # Errors
/// [`IllegalDecision`] when the contribution no longer waits.
pub fn decide(status: Status, decision: Decision) -> Result<Status, IllegalDecision> {
    match (status, decision) {
        (Status::Waiting, Decision::Publish) => Ok(Status::Published),
        (Status::Waiting, Decision::Refuse(reason)) => Ok(Status::Refused(reason)),
        (Status::Published | Status::Refused(_), _) => Err(IllegalDecision { status, decision }),
    }
}
