//! Roles: who may do what in the back office, and in which space.

use std::collections::BTreeSet;
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
///
/// The grant of an answerer may be limited to one structure of the space: then it holds for
/// published testimonials that concern it or a part of it, which are read, and answered in its name
/// alone ([`may_about`], [`may_for`]).
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
    /// The structure of the space to which it is limited; none where it holds in the whole space,
    /// and always none but for an answerer.
    pub structure: Option<Slug>,
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
            structure: None,
        }
    }

    /// Reads what [`Grant`]'s `Display` spells: `national`, `moderator:gard`, or
    /// `answerer:gard/accueil-nimes`.
    ///
    /// # Errors
    /// [`TextProblem::Malformed`], also for a national role with a space, for another without, and
    /// for one limited to a structure that is no answerer's.
    pub fn parse(raw: &str) -> Result<Self, TextProblem> {
        let (role, place) = match raw.split_once(':') {
            Some((role, place)) => (role, Some(place)),
            None => (raw, None),
        };
        let (space, structure) = match place.map(|place| place.split_once('/').ok_or(place)) {
            Some(Ok((space, structure))) => {
                (Some(Slug::parse(space)?), Some(Slug::parse(structure)?))
            }
            Some(Err(space)) => (Some(Slug::parse(space)?), None),
            None => (None, None),
        };
        Role::ALL
            .into_iter()
            .find(|known| known.key() == role)
            .filter(|role| (*role == Role::National) == space.is_none())
            .filter(|role| *role == Role::Answerer || structure.is_none())
            .map(|role| Self {
                role,
                space,
                structure,
            })
            .ok_or(TextProblem::Malformed)
    }

    /// Whether it is of a space, in whole or in part.
    fn is_of(&self, space: &Slug) -> bool {
        self.role == Role::National || self.space.as_ref() == Some(space)
    }

    fn holds_in(&self, space: &Slug) -> bool {
        self.is_of(space) && self.structure.is_none()
    }
}

impl fmt::Display for Grant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let role = self.role.key();
        match (&self.space, &self.structure) {
            (Some(space), Some(structure)) => write!(f, "{role}:{space}/{structure}"),
            (Some(space), None) => write!(f, "{role}:{space}"),
            (None, _) => f.write_str(role),
        }
    }
}

/// Whether somebody with these grants may do this in that space, to whatever is there.
#[must_use]
pub fn may(grants: &[Grant], action: Action, space: &Slug) -> bool {
    grants
        .iter()
        .any(|grant| grant.role.may(action) && grant.holds_in(space))
}

/// Whether somebody with these grants may do this to a published testimonial of that space;
/// `concerns` are the structures that it concerns, with all that they are parts of.
#[must_use]
pub fn may_about(
    grants: &[Grant],
    action: Action,
    space: &Slug,
    concerns: &BTreeSet<Slug>,
) -> bool {
    grants.iter().any(|grant| {
        let of_it = grant
            .structure
            .as_ref()
            .is_none_or(|it| concerns.contains(it));
        grant.role.may(action) && grant.is_of(space) && of_it
    })
}

/// Whether somebody with these grants may do this in the name of a structure of that space.
#[must_use]
pub fn may_for(grants: &[Grant], action: Action, space: &Slug, structure: &Slug) -> bool {
    grants.iter().any(|grant| {
        let own = grant.structure.as_ref().is_none_or(|it| it == structure);
        grant.role.may(action) && grant.is_of(space) && own
    })
}

/// Whether somebody with these grants may do this to something of that space, however little.
#[must_use]
pub fn may_somewhere_in(grants: &[Grant], action: Action, space: &Slug) -> bool {
    let may = |grant: &Grant| grant.role.may(action) && grant.is_of(space);
    grants.iter().any(may)
}

/// Whether somebody with these grants may do this everywhere, and so where no space is known.
#[must_use]
pub fn may_everywhere(grants: &[Grant], action: Action) -> bool {
    grants
        .iter()
        .any(|grant| grant.role == Role::National && grant.role.may(action))
}
