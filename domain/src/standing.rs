//! Where a contribution stands, and how it stands after a decision. Each change of it is one of
//! these: what holds of all of them is tested on any sequence of them (`tests/features/standing.rs`).

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::alert::Alert;
use crate::answering::{without_drafts, without_notes};
use crate::consent::Proposal;
use crate::contribution::{Contribution, Moderated};
use crate::flag::Flag;
use crate::moderation::{Decision, IllegalDecision, RejectionReason, Status, decide};
use crate::text::{Body, Title};

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
        let has_more = matches!(
            decision,
            Decision::Merge | Decision::Propose | Decision::Agree | Decision::Rewrite
        );
        if has_more || (is_grouped && decision != Decision::Withdraw) {
            let status = self.status;
            return Err(IllegalDecision { status, decision });
        }
        let status = decide(self.status, decision)?;
        let alert = match status.reason() {
            Some(RejectionReason::Alert) => Some(Alert::opened(self.alert.as_ref(), now)),
            _ => self.alert.clone(),
        };
        let before = self.as_before();
        let ruled = self.ruled(status, by, now);
        // Nobody has read what is confirmed.
        let is_read = decision != Decision::Confirm;
        let is_first = matches!(decision, Decision::Publish | Decision::Refuse(_));
        Ok(Self {
            before: (decision.can_be_undone() && self.proposal.is_none()).then_some(before),
            proposal: None,
            first_decided_at: self.first_decided_at.or(is_first.then_some(now)),
            decided_at: ruled.decided_at.filter(|_| is_read),
            decided_by: ruled.decided_by.clone().filter(|_| is_read),
            message: message.cloned(),
            alert,
            ..ruled
        })
    }

    /// How a testimonial stands once a moderator (`by`) proposes another text to its author, and
    /// says `why`: neither text is public until the author agrees.
    ///
    /// # Errors
    /// [`IllegalDecision`] where it does not wait to be read, or is no testimonial.
    pub fn proposed(
        &self,
        (title, body): (Title, Body),
        why: Option<Body>,
        by: &str,
        now: Timestamp,
    ) -> Result<Self, IllegalDecision> {
        let status = self.decide_testimonial(Decision::Propose)?;
        // The author's own text is the first of the history.
        let number = self.versions.max(1) + 1;
        Ok(Self {
            before: Some(self.as_before()),
            first_decided_at: self.first_decided_at.or(Some(now)),
            versions: number,
            proposal: Some(Proposal {
                number,
                title,
                body,
                why,
                by: by.to_owned(),
                at: now,
            }),
            ..self.ruled(status, by, now)
        })
    }

    /// How a testimonial stands once its author agrees to the text that is proposed: that text is
    /// its own from then on, and public.
    ///
    /// # Errors
    /// [`IllegalDecision`] where nothing is proposed.
    pub fn agreed(&self, by: &str, now: Timestamp) -> Result<Self, IllegalDecision> {
        let status = self.decide_testimonial(Decision::Agree)?;
        let Some(proposal) = &self.proposal else {
            let (status, decision) = (self.status, Decision::Agree);
            return Err(IllegalDecision { status, decision });
        };
        let texts = (proposal.title.clone(), proposal.body.clone());
        Ok(Self {
            proposal: None,
            edited: true,
            ..self.ruled(status, by, now).with_texts(texts)
        })
    }

    /// How a testimonial stands once its author sent another text, of which something was noticed:
    /// it is read as if it had just come.
    ///
    /// # Errors
    /// [`IllegalDecision`] where it was taken back, or hidden by a moderator.
    pub fn rewritten(
        &self,
        texts: (Title, Body),
        flags: BTreeSet<Flag>,
        by: &str,
        now: Timestamp,
    ) -> Result<Self, IllegalDecision> {
        let status = self.decide_testimonial(Decision::Rewrite)?;
        Ok(Self {
            proposal: None,
            edited: false,
            versions: self.versions.max(1) + 1,
            flags,
            rewritten_at: Some(now),
            ..self.ruled(status, by, now).with_texts(texts)
        })
    }

    /// What a decision that only testimonials know makes of the status.
    fn decide_testimonial(&self, decision: Decision) -> Result<Status, IllegalDecision> {
        let status = self.status;
        match self.contribution {
            Contribution::Testimonial(_) => decide(status, decision),
            Contribution::Idea(_) | Contribution::Comment(_) => {
                Err(IllegalDecision { status, decision })
            }
        }
    }

    fn with_texts(mut self, (title, body): (Title, Body)) -> Self {
        if let Contribution::Testimonial(testimonial) = &mut self.contribution {
            testimonial.title = title;
            testimonial.body = body;
        }
        self
    }

    fn as_before(&self) -> Before {
        Before {
            status: self.status,
            decided_at: self.decided_at,
            decided_by: self.decided_by.clone(),
            first_decided_at: self.first_decided_at,
            published_at: self.published_at,
            message: self.message.clone(),
            alert: self.alert.clone(),
        }
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
            proposal: None,
            ..self.clone()
        })
    }

    /// How it stands once its author has the text erased, wherever it stood.
    #[must_use]
    pub fn erased(&self, by: &str, now: Timestamp) -> Self {
        Self {
            erased: true,
            draft: None,
            proposal: None,
            answers: without_drafts(&self.answers),
            reassignments: without_notes(&self.reassignments),
            reply: None,
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
