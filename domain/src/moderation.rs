//! Moderation: where a contribution stands, what may be decided of it, and why.

use serde::{Deserialize, Serialize};

/// Where a contribution stands with its moderators. The official response and the outcome
/// are axes of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", tag = "status", content = "reason")]
pub enum Status {
    /// Was sent to a campaign that is attacked: nobody reads it before its author confirms that
    /// the e-mail address is theirs, or it is forgotten.
    Unconfirmed,
    /// Waits to be read.
    Waiting,
    /// Waits for its author to agree to the text that a moderator proposes: neither text is public.
    AwaitingConsent,
    /// Public.
    Published,
    /// Not public, for a reason that its author was told.
    Refused(RejectionReason),
    /// Taken back by its author.
    Withdrawn,
    /// Closed without being published: its author did not answer what was proposed. Silence is
    /// never consent.
    Lapsed,
    /// Was public and is no longer, for a reason that its author was told.
    Hidden(RejectionReason),
}

impl Status {
    /// Its name in the store and in message keys.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Unconfirmed => "unconfirmed",
            Self::Waiting => "waiting",
            Self::AwaitingConsent => "consent",
            Self::Published => "published",
            Self::Refused(_) => "refused",
            Self::Withdrawn => "withdrawn",
            Self::Lapsed => "lapsed",
            Self::Hidden(_) => "hidden",
        }
    }

    /// Why it is not public, where a moderator decided so.
    #[must_use]
    pub fn reason(self) -> Option<RejectionReason> {
        match self {
            Self::Refused(reason) | Self::Hidden(reason) => Some(reason),
            Self::Unconfirmed
            | Self::Waiting
            | Self::AwaitingConsent
            | Self::Published
            | Self::Withdrawn
            | Self::Lapsed => None,
        }
    }

    /// The status of that name and reason; none where they don't go together.
    #[must_use]
    pub fn from_key(key: &str, reason: Option<RejectionReason>) -> Option<Self> {
        match (key, reason) {
            ("unconfirmed", None) => Some(Self::Unconfirmed),
            ("waiting", None) => Some(Self::Waiting),
            ("consent", None) => Some(Self::AwaitingConsent),
            ("lapsed", None) => Some(Self::Lapsed),
            ("published", None) => Some(Self::Published),
            ("withdrawn", None) => Some(Self::Withdrawn),
            ("refused", Some(reason)) => Some(Self::Refused(reason)),
            ("hidden", Some(reason)) => Some(Self::Hidden(reason)),
            _ => None,
        }
    }
}

/// What is decided of a contribution: by its author to take it back, else by a moderator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Make it public.
    Publish,
    /// Do not.
    Refuse(RejectionReason),
    /// Make it public no longer.
    Hide(RejectionReason),
    /// Make it public again.
    Restore,
    /// Read a refused one again.
    Reopen,
    /// Group it with another that says the same, which stays.
    Merge,
    /// Propose another text to its author.
    Propose,
    /// Agree, as its author, to the text that is proposed, which is then public.
    Agree,
    /// Send, as its author, another text, which is then read.
    Rewrite,
    /// Close it, since its author does not answer.
    Lapse,
    /// Confirm, as its author, that the address is theirs: it may be read.
    Confirm,
    /// Take it back, as its author.
    Withdraw,
}

impl Decision {
    /// Its name in the audit log and in message keys.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Publish => "publish",
            Self::Refuse(_) => "refuse",
            Self::Hide(_) => "hide",
            Self::Restore => "restore",
            Self::Reopen => "reopen",
            Self::Merge => "merge",
            Self::Propose => "propose",
            Self::Agree => "agree",
            Self::Rewrite => "rewrite",
            Self::Lapse => "lapse",
            Self::Confirm => "confirm",
            Self::Withdraw => "withdraw",
        }
    }

    /// Whether it can be taken back for a while. Likes that were carried over can't be, and what
    /// an author decides is the author's.
    #[must_use]
    pub fn can_be_undone(self) -> bool {
        match self {
            Self::Publish
            | Self::Refuse(_)
            | Self::Hide(_)
            | Self::Restore
            | Self::Reopen
            | Self::Propose => true,
            Self::Merge
            | Self::Agree
            | Self::Rewrite
            | Self::Lapse
            | Self::Confirm
            | Self::Withdraw => false,
        }
    }
}

/// For how many seconds a moderator can take a decision back; its author is told after that.
pub const UNDO_SECONDS: i64 = 30;

/// Why a contribution is not published; each is explained in the moderation charter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
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

/// The only legal transitions. What is not confirmed is confirmed by its author; what waits is
/// published, refused, grouped with another, or proposed to its author in other words; what is
/// proposed is agreed to, closed, or read again; what is public is hidden or grouped; what is
/// hidden is restored; what is refused or closed is read again. An author takes back what is not
/// taken back yet, and sends a testimonial again in other words, which is then read again.
///
/// # Errors
/// [`IllegalDecision`] where the status does not allow it: somebody decided before.
pub fn decide(status: Status, decision: Decision) -> Result<Status, IllegalDecision> {
    use RejectionReason::Duplicate;
    match (status, decision) {
        (Status::Unconfirmed, Decision::Confirm) => Ok(Status::Waiting),
        (Status::Waiting, Decision::Publish) => Ok(Status::Published),
        (Status::Waiting, Decision::Refuse(reason)) => Ok(Status::Refused(reason)),
        (Status::Waiting, Decision::Merge) => Ok(Status::Refused(Duplicate)),
        (Status::Waiting, Decision::Propose) => Ok(Status::AwaitingConsent),
        (Status::AwaitingConsent, Decision::Agree) => Ok(Status::Published),
        (
            Status::Waiting
            | Status::AwaitingConsent
            | Status::Published
            | Status::Refused(_)
            | Status::Lapsed,
            Decision::Rewrite,
        ) => Ok(Status::Waiting),
        (Status::AwaitingConsent, Decision::Lapse) => Ok(Status::Lapsed),
        (Status::Published, Decision::Hide(reason)) => Ok(Status::Hidden(reason)),
        (Status::Published, Decision::Merge) => Ok(Status::Hidden(Duplicate)),
        (Status::Hidden(_), Decision::Restore) => Ok(Status::Published),
        (Status::Refused(_) | Status::AwaitingConsent | Status::Lapsed, Decision::Reopen) => {
            Ok(Status::Waiting)
        }
        (Status::Withdrawn, Decision::Withdraw) => Err(IllegalDecision { status, decision }),
        (_, Decision::Withdraw) => Ok(Status::Withdrawn),
        _ => Err(IllegalDecision { status, decision }),
    }
}
