//! A comment: a reply to an idea.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::invalid::Invalid;
use crate::text::{Body, ContributionId, Email, Name, Slug};

/// A comment, as it may be published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comment {
    /// Its identifier.
    pub id: ContributionId,
    /// The campaign of the idea.
    pub campaign: Slug,
    /// The idea that it replies to.
    pub idea: ContributionId,
    /// The name that its author chose to show.
    pub name: Option<Name>,
    /// Its text.
    pub body: Body,
    /// When it was received.
    pub received_at: Timestamp,
}

/// What was typed in the form, as it was typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CommentForm {
    /// The name to show.
    pub name: String,
    /// The text.
    pub text: String,
    /// The e-mail address, to be told what becomes of the comment.
    pub email: String,
}

/// A form that holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommentDraft {
    /// The name to show.
    pub name: Option<Name>,
    /// The text.
    pub body: Body,
}

impl CommentForm {
    /// The longest text that the form takes, in graphemes.
    pub const TEXT_LIMIT: usize = 2_000;

    /// Parses the form. The address comes apart, since no comment has a field for it.
    ///
    /// # Errors
    /// Every problem of every field.
    pub fn parse(&self) -> Result<(CommentDraft, Option<Email>), Invalid> {
        let mut invalid = Invalid::default();
        let body = invalid.take("text", Body::parse(&self.text, Self::TEXT_LIMIT));
        let name = invalid.take_optional("name", &self.name, Name::parse);
        let email = invalid.take_optional("email", &self.email, Email::parse);
        match body {
            Some(body) if invalid.errors.is_empty() => Ok((CommentDraft { name, body }, email)),
            _ => Err(invalid),
        }
    }
}

impl CommentDraft {
    /// The comment on `idea`, received at `received_at` under `id`.
    #[must_use]
    pub fn received(
        self,
        id: ContributionId,
        campaign: Slug,
        idea: ContributionId,
        received_at: Timestamp,
    ) -> Comment {
        Comment {
            id,
            campaign,
            idea,
            name: self.name,
            body: self.body,
            received_at,
        }
    }
}
