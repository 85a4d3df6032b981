//! Roles: who may do what in the back office, and in which space.

use std::fmt;

use crate::text::{Slug, TextProblem};

/// What somebody is in the back office. Each role may do what it is for, and no
/// more; somebody who does two things has two grants.
///
/// | role | `Read` | `Moderate` | `Answer` | `Analyse` | `Administer` | where |
/// | --- | --- | --- | --- | --- | --- | --- |
/// | national | yes | yes | yes | yes | yes | every space |
/// | moderator | yes | yes | no | no | no | one space |
/// | answerer | yes | no | yes | no | no | one space |
/// | analyst | no | no | no | yes | no | one space |
///
/// A moderator does not answer: an official response commits the institution, a decision does
/// not. An analyst reads what is public and its exports, and so nothing that waits or was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Everything, everywhere.
    National,
    /// Decides what is public.
    Moderator,
    /// Writes official responses and outcomes.
    Answerer,
    /// Works on what is public.
    Analyst,
}

/// What is done in the back office.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Action {
    /// Read what was sent, public or not.
    Read,
    /// Decide what is public.
    Moderate,
    /// Write official responses and outcomes.
    Answer,
    /// Read figures and exports.
    Analyse,
    /// Change who may do what, and how the platform works.
    Administer,
}

/// A role, and the space where it holds.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Grant {
    /// The role.
    pub role: Role,
    /// The space; none for the national role alone.
    pub space: Option<Slug>,
}

impl Role {
    /// All roles.
    pub const ALL: [Self; 4] = [
        Self::National,
        Self::Moderator,
        Self::Answerer,
        Self::Analyst,
    ];

    /// Its name in the store and in message keys.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::National => "national",
            Self::Moderator => "moderator",
            Self::Answerer => "answerer",
            Self::Analyst => "analyst",
        }
    }

    /// Whether the role is for this, in the space where it holds.
    #[must_use]
    pub fn may(self, action: Action) -> bool {
        match self {
            Self::National => true,
            Self::Moderator => matches!(action, Action::Read | Action::Moderate),
            Self::Answerer => matches!(action, Action::Read | Action::Answer),
            Self::Analyst => matches!(action, Action::Analyse),
        }
    }
}

impl Action {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Read,
        Self::Moderate,
        Self::Answer,
        Self::Analyse,
        Self::Administer,
    ];

    /// Its name in message keys.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Moderate => "moderate",
            Self::Answer => "answer",
            Self::Analyse => "analyse",
            Self::Administer => "administer",
        }
    }
}

impl Grant {
    /// The national role.
    #[must_use]
    pub fn national() -> Self {
        Self {
            role: Role::National,
            space: None,
        }
    }

    /// Reads what [`Grant`]'s `Display` spells: `national`, or `moderator:gard`.
    ///
    /// # Errors
    /// [`TextProblem::Malformed`], also for a national role with a space and for another without.
    pub fn parse(raw: &str) -> Result<Self, TextProblem> {
        let (role, space) = match raw.split_once(':') {
            Some((role, space)) => (role, Some(Slug::parse(space)?)),
            None => (raw, None),
        };
        Role::ALL
            .into_iter()
            .find(|known| known.key() == role)
            .filter(|role| (*role == Role::National) == space.is_none())
            .map(|role| Self { role, space })
            .ok_or(TextProblem::Malformed)
    }

    fn holds_in(&self, space: &Slug) -> bool {
        self.role == Role::National || self.space.as_ref() == Some(space)
    }
}

impl fmt::Display for Grant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.space {
            Some(space) => write!(f, "{}:{space}", self.role.key()),
            None => f.write_str(self.role.key()),
        }
    }
}

/// Whether somebody with these grants may do this in that space.
#[must_use]
pub fn may(grants: &[Grant], action: Action, space: &Slug) -> bool {
    grants
        .iter()
        .any(|grant| grant.role.may(action) && grant.holds_in(space))
}

/// Whether somebody with these grants may do this everywhere, and so where no space is known.
#[must_use]
pub fn may_everywhere(grants: &[Grant], action: Action) -> bool {
    grants
        .iter()
        .any(|grant| grant.role == Role::National && grant.role.may(action))
}
