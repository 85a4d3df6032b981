//! What a structure answers to a testimonial, and what came of it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::moderation::RejectionReason;
use crate::official_response::{Draft, OfficialResponse};
use crate::text::Body;

/// What one structure does about a testimonial that concerns it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// Its public answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response: Option<OfficialResponse>,
    /// One that is being written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub draft: Option<Draft>,
    /// An improvement that it declares.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub improvement: Option<Improvement>,
    /// Whether the author says that the answer helped; none where the author said nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub helped: Option<bool>,
}

/// What a structure changes because of a testimonial.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Improvement {
    /// How far it is.
    pub stage: ImprovementStage,
    /// What it is.
    pub text: Body,
    /// When it was declared, or said to be done.
    pub at: Timestamp,
}

/// How far an improvement is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ImprovementStage {
    /// It is thought of.
    Considered,
    /// It is there.
    Done,
}

impl ImprovementStage {
    /// Both, in their order.
    pub const ALL: [Self; 2] = [Self::Considered, Self::Done];

    /// Its name in forms and in message keys.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Considered => "considered",
            Self::Done => "done",
        }
    }

    /// The stage of that name.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.key() == key)
    }
}

/// What the author of a testimonial replies to its answers, once; moderated like all that is
/// published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    /// What it says.
    pub text: Body,
    /// When it was received.
    pub received_at: Timestamp,
    /// When it was published; none while it waits, or where it is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published_at: Option<Timestamp>,
    /// When a moderator refused it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused_at: Option<Timestamp>,
    /// Why, where one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<RejectionReason>,
}

impl Reply {
    /// Whether it waits to be read.
    #[must_use]
    pub fn waits(&self) -> bool {
        self.published_at.is_none() && self.refused_at.is_none()
    }
}
