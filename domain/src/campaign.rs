//! A campaign: one consultation, with its dates, its modalities and where it stands.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

use crate::survey::Survey;
use crate::text::Slug;

/// One consultation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Campaign {
    /// Its name in addresses.
    pub slug: Slug,
    /// The space that holds it.
    pub space: Slug,
    /// Its subject, as a question to the reader.
    pub title: String,
    /// Its subject in a few words.
    pub short: String,
    /// One line of why.
    pub summary: String,
    /// Its first day.
    pub opens: Date,
    /// Its last day, which is included.
    pub closes: Date,
    /// Where the work on it stands once it is closed, as its editors say.
    pub stage: Option<Stage>,
    /// How one takes part.
    pub modalities: Vec<Modality>,
    /// Who is asked.
    pub audience: Audience,
    /// The categories that an idea may be given; none where authors don't choose.
    pub categories: Vec<String>,
    /// The guiding questions.
    pub questions: Vec<String>,
    /// Its survey, where that is one of its modalities.
    #[serde(default)]
    pub survey: Option<Survey>,
    /// Its presentation, in Markdown.
    pub body: String,
    /// The campaign that it comes from, where it does.
    #[serde(default)]
    pub from: Option<Origin>,
}

/// Where a campaign comes from: a broader one, whose results raised its subject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// The broader campaign.
    pub campaign: Slug,
    /// The findings that raised it, by their numbers (from 1), in their order; none where it
    /// comes from the whole.
    pub findings: Vec<usize>,
}

/// A way to take part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Modality {
    /// Open submission of ideas, expectations and lived experience.
    Ideas,
    /// Closed and open questions.
    Survey,
    /// A call for volunteers to meet in person.
    Workshops,
}

/// Who is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Audience {
    /// Everybody.
    Public,
    /// The staff of the institution.
    Staff,
}

/// What editors say of a closed campaign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    /// Contributions are being read and analysed.
    Analysis,
    /// Results are published.
    Results,
    /// Kept for the record.
    Archived,
}

/// Where a campaign stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    /// Contributions are taken.
    Open,
    /// Not begun.
    Upcoming,
    /// Over; nothing said yet of what follows.
    Closed,
    /// Being analysed.
    Analysis,
    /// Results are published.
    Results,
    /// Kept for the record.
    Archived,
}

impl Phase {
    /// Its name in message keys and style classes.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Upcoming => "upcoming",
            Self::Closed => "closed",
            Self::Analysis => "analysis",
            Self::Results => "results",
            Self::Archived => "archived",
        }
    }
}

impl Campaign {
    /// Where the campaign stands at `now`. Before its first day it is to come, until the end
    /// of its last day (Europe/Paris, half-open) it is open; then its stage says.
    #[must_use]
    pub fn phase(&self, now: Timestamp) -> Phase {
        if now < self.opens_at() {
            Phase::Upcoming
        } else if now < self.closes_at() {
            Phase::Open
        } else {
            match self.stage {
                None => Phase::Closed,
                Some(Stage::Analysis) => Phase::Analysis,
                Some(Stage::Results) => Phase::Results,
                Some(Stage::Archived) => Phase::Archived,
            }
        }
    }

    /// The first instant at which contributions are taken.
    #[must_use]
    pub fn opens_at(&self) -> Timestamp {
        midnight(self.opens)
    }

    /// The first instant at which contributions are no longer taken.
    #[must_use]
    pub fn closes_at(&self) -> Timestamp {
        midnight(self.closes.saturating_add(1.day()))
    }

    /// Whether one may take part at `now`: its pages offer their forms, and a like is taken.
    #[must_use]
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.takes_ideas() && self.phase(now) == Phase::Open
    }

    /// Whether a form sent at `now`, to be read over, corrected or kept, is taken: while the
    /// campaign is open, and for the 60 s of grace that a form opened before has after it. A form
    /// is a static page, which does not say when it was opened; but since none is offered once the
    /// campaign is closed, whoever sends one in that minute had opened it before.
    #[must_use]
    pub fn takes_contribution(&self, now: Timestamp) -> bool {
        self.takes_ideas() && self.takes_forms(now)
    }

    /// Whether its survey is offered at `now`.
    #[must_use]
    pub fn offers_survey(&self, now: Timestamp) -> bool {
        self.survey.is_some() && self.phase(now) == Phase::Open
    }

    /// Whether answers to its survey are taken at `now`: while it is offered, and for the same 60 s
    /// of grace.
    #[must_use]
    pub fn takes_answers(&self, now: Timestamp) -> bool {
        self.survey.is_some() && self.takes_forms(now)
    }

    fn takes_forms(&self, now: Timestamp) -> bool {
        const GRACE_SECONDS: i64 = 60;
        let late = now.as_second() - self.closes_at().as_second();
        now >= self.opens_at() && late < GRACE_SECONDS
    }

    /// Until when the e-mail addresses left in it are kept: a year after it closes, as the page
    /// on personal data says (storage limitation: GDPR, article 5(1)(e)).
    #[must_use]
    pub fn addresses_kept_until(&self) -> Timestamp {
        midnight(self.closes.saturating_add(1.year()))
    }

    /// Until when it is known that a text was received, to tell its moderators of one that comes
    /// again: 30 days after it closes.
    #[must_use]
    pub fn texts_kept_until(&self) -> Timestamp {
        midnight(self.closes.saturating_add(31.days()))
    }

    /// Whether open submission is one of its modalities.
    #[must_use]
    pub fn takes_ideas(&self) -> bool {
        self.modalities.contains(&Modality::Ideas)
    }
}

/// Europe/Paris, by which campaigns open and close and dates are written.
#[must_use]
pub fn paris() -> TimeZone {
    static PARIS: TimeZone = jiff::tz::get!("Europe/Paris");
    PARIS.clone()
}

/// The first instant of a day in Paris; at the ends of time, the nearest instant there is.
pub(crate) fn midnight(day: Date) -> Timestamp {
    day.to_zoned(paris())
        .map_or(Timestamp::MAX, |start| start.timestamp())
}
