//! Of which kinds there is more than one page: lists, groups, files, feeds.

use domain::{Phase, Sentiment, Slug};

/// A list of a campaign's ideas.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum IdeaList {
    /// The most recent first.
    Recent,
    /// The most liked first.
    Liked,
    /// Those of a category, by its name in addresses, the most recent first.
    Category(Slug),
}

/// What was answered to a survey, as open data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SurveyFile {
    /// A count a row.
    Csv,
    /// The same, with the questions.
    Json,
    /// What the names of questions and answers mean.
    Codebook,
}

impl SurveyFile {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Csv, Self::Json, Self::Codebook];
}

/// Phases that are listed together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PhaseGroup {
    /// Open.
    Open,
    /// To come.
    Upcoming,
    /// Closed or being analysed.
    Closed,
    /// With results.
    Results,
    /// Kept for the record.
    Archived,
}

impl PhaseGroup {
    /// All of them, in the order of the page.
    pub const ALL: [Self; 5] = [
        Self::Open,
        Self::Upcoming,
        Self::Results,
        Self::Closed,
        Self::Archived,
    ];

    /// Whether a phase is one of them.
    #[must_use]
    pub fn holds(self, phase: Phase) -> bool {
        match self {
            Self::Open => phase == Phase::Open,
            Self::Upcoming => phase == Phase::Upcoming,
            Self::Closed => matches!(phase, Phase::Closed | Phase::Analysis),
            Self::Results => phase == Phase::Results,
            Self::Archived => phase == Phase::Archived,
        }
    }

    /// Its name in message keys.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Upcoming => "upcoming",
            Self::Closed => "closed",
            Self::Results => "results",
            Self::Archived => "archived",
        }
    }

    /// Its name in addresses.
    #[must_use]
    pub fn slug(self) -> &'static str {
        match self {
            Self::Open => "ouvertes",
            Self::Upcoming => "a-venir",
            Self::Closed => "terminees",
            Self::Results => "avec-resultats",
            Self::Archived => "archivees",
        }
    }
}

/// Pages that lead to lists of testimonials, of which there are too many to stand beside a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TestimonialIndex {
    /// Those of each space.
    Spaces,
    /// Those of each department that somebody wrote from.
    Departments,
}

impl TestimonialIndex {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Spaces, Self::Departments];
}

/// A list of testimonials, the most recent first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TestimonialList {
    /// All of them.
    All,
    /// Those that a structure answered.
    Answered,
    /// Those that none did.
    Unanswered,
    /// Those that tell of an experience felt so.
    Felt(Sentiment),
    /// Those of a space.
    Space(Slug),
    /// Those that concern a structure.
    Structure(Slug),
    /// Those of a department, by its INSEE code.
    Department(String),
}

impl TestimonialList {
    /// Whether it is made of those of every space, structure and department.
    pub(crate) fn is_of_all(&self) -> bool {
        match self {
            Self::All | Self::Answered | Self::Unanswered | Self::Felt(_) => true,
            Self::Space(_) | Self::Structure(_) | Self::Department(_) => false,
        }
    }
}

/// What a feed tells of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Feed {
    /// Campaigns.
    Campaigns,
    /// Results, and what became of campaigns.
    Results,
    /// What is new.
    News,
    /// Testimonials.
    Testimonials,
    /// All of a space.
    Space(Slug),
}
