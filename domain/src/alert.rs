//! An alert: an author who seems in danger, and who was told.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::invalid::Invalid;
use crate::text::Title;

/// What was done for an author who seems in danger. It stays open until somebody says that all
/// who had to be told were.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alert {
    /// Since when it is open, or was last opened.
    #[serde(default)]
    pub opened_at: Option<Timestamp>,
    /// Who was told, in order.
    pub told: Vec<Told>,
    /// When it was closed.
    #[serde(default)]
    pub closed_at: Option<Timestamp>,
}

impl Alert {
    /// The alert once a moderator says so at `now`, where there may be one already: one that is
    /// open stays open since it was opened.
    #[must_use]
    pub fn opened(known: Option<&Self>, now: Timestamp) -> Self {
        let known = known.cloned().unwrap_or_default();
        let since = known.opened_at.filter(|_| known.is_open());
        Self {
            opened_at: since.or(Some(now)),
            closed_at: None,
            told: known.told,
        }
    }

    /// Whether somebody has still to be told.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.closed_at.is_none()
    }
}

/// Somebody who was told of an author in danger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// Who: a service and how, such as « le 17, par téléphone ».
    pub who: String,
    /// By whom: a moderator's login.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// What was typed to say who was told, as it was typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ToldForm {
    /// Who, and how.
    pub who: String,
}

impl ToldForm {
    /// The longest name of who was told, in graphemes.
    pub const LIMIT: usize = 150;

    /// Parses the form.
    ///
    /// # Errors
    /// Every problem of its field.
    pub fn parse(&self) -> Result<String, Invalid> {
        let mut invalid = Invalid::default();
        invalid
            .take("who", Title::parse(&self.who, Self::LIMIT))
            .map(|who| who.as_str().to_owned())
            .ok_or(invalid)
    }
}
