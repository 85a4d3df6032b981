//! Consent: what a moderator proposes to the author of a testimonial in place of their text, and
//! for how long. Until the author agrees, neither text is public; silence is never consent.

use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

use crate::text::{Body, Title};

/// A text that is proposed to an author.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    /// Its number in the history of texts: a link is good for one alone.
    pub number: u32,
    /// The title that is proposed.
    pub title: Title,
    /// The text that is proposed.
    pub body: Body,
    /// Why, for the author.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<Body>,
    /// Who proposes it: a moderator's login.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

impl Proposal {
    /// After how many days without an answer the author is reminded.
    pub const REMINDED_AFTER_DAYS: [i64; 2] = [3, 7];
    /// After how many days without an answer the testimonial is closed unpublished.
    pub const DAYS: i64 = 21;

    /// Until when the author may answer it.
    #[must_use]
    pub fn until(&self) -> Timestamp {
        let hours = Self::DAYS * 24;
        self.at.saturating_add(hours.hours()).unwrap_or(self.at)
    }
}

/// A text of a testimonial, whoever wrote it: what its history keeps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version {
    /// Its place in the history, from 1.
    pub number: u32,
    /// The title.
    pub title: Title,
    /// The text.
    pub body: Body,
    /// Who wrote it: a moderator's login; none for the author.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// When.
    pub at: Timestamp,
}
