//! An official response: a team's public answer to a contribution.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::invalid::Invalid;
use crate::text::{Body, Title};

/// What a team answers in public, right under the contribution.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfficialResponse {
    /// The team, as it signs.
    pub team: String,
    /// Its answer.
    pub text: Body,
    /// When it was published.
    pub published_at: Timestamp,
    /// When it was last corrected; none where it stands as it was published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrected_at: Option<Timestamp>,
}

/// An answer that is being written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// The team, as it will sign.
    pub team: String,
    /// The answer.
    pub text: Body,
    /// Who wrote it last: a moderator's login.
    pub by: String,
    /// When.
    pub saved_at: Timestamp,
}

/// What was typed in the form of an answer, as it was typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ResponseForm {
    /// The team, as it signs.
    pub team: String,
    /// The answer.
    pub response: String,
}

impl ResponseForm {
    /// The longest name of a team, in graphemes.
    pub const TEAM_LIMIT: usize = 80;
    /// The longest answer, in graphemes.
    pub const TEXT_LIMIT: usize = 4_000;

    /// Parses the form: the team and its answer.
    ///
    /// # Errors
    /// Every problem of every field.
    pub fn parse(&self) -> Result<(String, Body), Invalid> {
        let mut invalid = Invalid::default();
        let team = invalid.take("team", Title::parse(&self.team, Self::TEAM_LIMIT));
        let text = invalid.take("response", Body::parse(&self.response, Self::TEXT_LIMIT));
        match (team, text) {
            (Some(team), Some(text)) => Ok((team.as_str().to_owned(), text)),
            _ => Err(invalid),
        }
    }
}
