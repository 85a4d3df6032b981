//! An official response: a team's public answer to a contribution.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::text::Body;

/// What a team answers in public, right under the contribution.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfficialResponse {
    /// The team, as it signs.
    pub team: String,
    /// Its answer.
    pub text: Body,
    /// When it was published.
    pub published_at: Timestamp,
}
