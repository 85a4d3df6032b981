//! An outcome: what the institution decided to do about an idea.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::invalid::Invalid;
use crate::text::Body;

/// What was decided, never without its reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// The decision.
    pub decision: Decided,
    /// Why, and what follows.
    pub text: Body,
    /// When it was decided.
    pub decided_at: Timestamp,
}

/// What can be decided about an idea.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Decided {
    /// Still being looked at.
    Analysis,
    /// It will be done.
    Kept,
    /// A part of it will be done.
    Partly,
    /// It will not be done.
    Declined,
    /// It was there already.
    Existing,
    /// Another institution decides of it.
    Elsewhere,
    /// It is done.
    Done,
}

impl Decided {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Analysis,
        Self::Kept,
        Self::Partly,
        Self::Declined,
        Self::Existing,
        Self::Elsewhere,
        Self::Done,
    ];

    /// The decision of that name.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|decided| decided.key() == key)
    }

    /// Its name in message keys and style classes.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Analysis => "analysis",
            Self::Kept => "kept",
            Self::Partly => "partly",
            Self::Declined => "declined",
            Self::Existing => "existing",
            Self::Elsewhere => "elsewhere",
            Self::Done => "done",
        }
    }
}

/// What was typed in the form of an outcome, as it was typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct OutcomeForm {
    /// The decision's key.
    pub decision: String,
    /// Why, and what follows.
    pub outcome: String,
}

impl OutcomeForm {
    /// The longest text, in graphemes.
    pub const TEXT_LIMIT: usize = 2_000;

    /// Parses the form: never a decision without its text.
    ///
    /// # Errors
    /// Every problem of every field.
    pub fn parse(&self, now: Timestamp) -> Result<Outcome, Invalid> {
        let mut invalid = Invalid::default();
        let decision = Decided::from_key(&self.decision);
        if decision.is_none() {
            invalid.add("decision", "empty");
        }
        let text = invalid.take("outcome", Body::parse(&self.outcome, Self::TEXT_LIMIT));
        match (decision, text) {
            (Some(decision), Some(text)) => Ok(Outcome {
                decision,
                text,
                decided_at: now,
            }),
            _ => Err(invalid),
        }
    }
}
