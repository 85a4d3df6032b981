//! Where a contribution stands, and how it stands after a decision. Each change of it is one of
//! these: what holds of all of them is tested on any sequence of them (`tests/features/standing.rs`).

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::alert::Alert;
use crate::contribution::{Contribution, Moderated};
use crate::moderation::{Decision, IllegalDecision, RejectionReason, Status, decide};
use crate::text::Body;

/// How a contribution stood before its last decision, to be put back as it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Before {
    /// Where.
    pub status: Status,
    /// When that was decided.
    pub decided_at: Option<Timestamp>,
    /// Who decided it.
    pub decided_by: Option<String>,
    /// When a moderator first decided of it.
    #[serde(default)]
    pub first_decided_at: Option<Timestamp>,
    /// When it was first published.
    pub published_at: Option<Timestamp>,
    /// What the author was told beside the reason.
    pub message: Option<Body>,
    /// What was done for an author who seems in danger.
    pub alert: Option<Alert>,
}

/// Why an idea is not grouped with another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotGrouped {
    /// The other is not another published idea of the same campaign.
    #[error("there is no such idea to group it with")]
    NoOther,
    /// Somebody decided before.
    #[error(transparent)]
    Illegal(#[from] IllegalDecision),
}

impl Moderated {
    /// How it stands once somebody (`by`) decides of it, and says so to its author in `message`.
    /// What was grouped with another stays so: its likes are the other's.
    ///
    /// # Errors
    /// [`IllegalDecision`] where it stands otherwise than the decision asks.
    pub fn decided(
        &self,
        decision: Decision,
        message: Option<&Body>,
        by: &str,
        now: Timestamp,
    ) -> Result<Self, IllegalDecision> {
        let is_grouped = self.merged_into.is_some();
        if decision == Decision::Merge || (is_grouped && decision != Decision::Withdraw) {
            let status = self.status;
            return Err(IllegalDecision { status, decision });
        }
        let status = decide(self.status, decision)?;
        let alert = match status.reason() {
            Some(RejectionReason::Alert) => Some(Alert::opened(self.alert.as_ref(), now)),
            _ => self.alert.clone(),
        };
        let before = Before {
            status: self.status,
            decided_at: self.decided_at,
            decided_by: self.decided_by.clone(),
            first_decided_at: self.first_decided_at,
            published_at: self.published_at,
            message: self.message.clone(),
            alert: self.alert.clone(),
        };
        let ruled = self.ruled(status, by, now);
        // Nobody has read what is confirmed.
        let is_read = decision != Decision::Confirm;
        let is_first = matches!(decision, Decision::Publish | Decision::Refuse(_));
        Ok(Self {
            before: decision.can_be_undone().then_some(before),
            first_decided_at: self.first_decided_at.or(is_first.then_some(now)),
            decided_at: ruled.decided_at.filter(|_| is_read),
            decided_by: ruled.decided_by.clone().filter(|_| is_read),
            message: message.cloned(),
            alert,
            ..ruled
        })
    }

    /// How an idea stands once it is grouped with another: the other is public, and so not
    /// grouped itself, and what is grouped is never public again, so that nothing leads in a circle.
    ///
    /// # Errors
    /// [`NotGrouped`].
    pub fn grouped(&self, other: &Self, by: &str, now: Timestamp) -> Result<Self, NotGrouped> {
        let (Contribution::Idea(idea), Contribution::Idea(into)) =
            (&self.contribution, &other.contribution)
        else {
            return Err(NotGrouped::NoOther);
        };
        if other.status != Status::Published || idea.campaign != into.campaign || idea.id == into.id
        {
            return Err(NotGrouped::NoOther);
        }
        let status = decide(self.status, Decision::Merge)?;
        let is_first = self.status == Status::Waiting;
        Ok(Self {
            merged_into: Some(into.id.clone()),
            first_decided_at: self.first_decided_at.or(is_first.then_some(now)),
            ..self.ruled(status, by, now)
        })
    }

    /// How it stood before the last decision, where `by` took it and it can still be taken back.
    #[must_use]
    pub fn undone(&self, by: &str, now: Timestamp) -> Option<Self> {
        let is_own = self.decided_by.as_deref() == Some(by);
        let before = self.before.clone();
        let before = before.filter(|_| is_own && self.can_be_undone(now))?;
        Some(Self {
            status: before.status,
            version: self.version + 1,
            decided_at: before.decided_at,
            decided_by: before.decided_by,
            first_decided_at: before.first_decided_at,
            before: None,
            published_at: before.published_at,
            message: before.message,
            alert: before.alert,
            ..self.clone()
        })
    }

    /// How it stands once its author has the text erased, wherever it stood.
    #[must_use]
    pub fn erased(&self, by: &str, now: Timestamp) -> Self {
        Self {
            erased: true,
            draft: None,
            ..self.ruled(Status::Withdrawn, by, now)
        }
    }

    /// The same, with something noted of it that leaves its status as it is: what follows a
    /// decision ends its being taken back.
    #[must_use]
    pub fn noted(&self) -> Self {
        Self {
            version: self.version + 1,
            before: None,
            ..self.clone()
        }
    }

    fn ruled(&self, status: Status, by: &str, now: Timestamp) -> Self {
        let first_published = (status == Status::Published).then_some(now);
        Self {
            status,
            decided_at: Some(now),
            decided_by: Some(by.to_owned()),
            published_at: self.published_at.or(first_published),
            message: None,
            ..self.noted()
        }
    }
}
