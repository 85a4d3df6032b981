//! What is noted of a decision.

use domain::{Campaign, Letter, Place, Slug};
use jiff::Timestamp;

use super::COMMAND;

/// What is noted of a decision, before it has its place in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Noted {
    /// When.
    pub at: Timestamp,
    /// Who: a moderator's login, [`super::super::AUTHOR`], or [`COMMAND`].
    pub by: String,
    /// What was done.
    pub action: &'static str,
    /// About what: a contribution, or a moderator.
    pub about: String,
    /// How it was before.
    pub before: String,
    /// How it is after.
    pub after: String,
}

impl Noted {
    /// That a command of this machine brings contributions to a place from files, of which
    /// `after` says how many there are, whether they are published, and the fingerprints.
    #[must_use]
    pub fn of_import(place: &Place, after: String, at: Timestamp) -> Self {
        Self {
            at,
            by: COMMAND.to_owned(),
            action: "import",
            about: match place {
                Place::Campaign(campaign) => format!("campaign:{campaign}"),
                Place::Testimonials(space) => format!("testimonials:{space}"),
            },
            before: String::new(),
            after,
        }
    }

    /// That somebody sends a letter again that did not leave.
    pub(crate) fn of_letter(letter: &Letter, by: &str, at: Timestamp) -> Self {
        Self {
            at,
            by: by.to_owned(),
            action: "mail-again",
            about: letter.about.to_string(),
            before: String::new(),
            after: letter.event.key().to_owned(),
        }
    }

    /// That somebody took away what is not published of a campaign.
    #[must_use]
    pub fn of_export(campaign: &Campaign, by: &str, at: Timestamp) -> Self {
        Self {
            at,
            by: by.to_owned(),
            action: "export",
            about: format!("campaign:{}", campaign.slug),
            before: String::new(),
            after: String::new(),
        }
    }

    /// That somebody had a campaign analysed, or decided something of its themes: `what` was done,
    /// and how much the analysis holds.
    #[must_use]
    pub fn of_analysis(
        campaign: &Slug,
        what: &'static str,
        by: &str,
        after: String,
        at: Timestamp,
    ) -> Self {
        Self {
            at,
            by: by.to_owned(),
            action: what,
            about: format!("campaign:{campaign}"),
            before: String::new(),
            after,
        }
    }
}
