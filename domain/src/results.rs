//! The results of a campaign, told back: what was learnt, what will be done, what will not.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::campaign::midnight;
use crate::text::{ContributionId, Slug};

/// « Ce que nous avons appris grâce à vous »: one page for one campaign.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Results {
    /// The campaign.
    pub campaign: Slug,
    /// The page's title.
    pub title: String,
    /// One sentence.
    pub summary: String,
    /// When they were published.
    pub published: Date,
    /// The big figures, in the order of the page.
    pub figures: Vec<Figure>,
    /// What was learnt, in the order of the page.
    pub findings: Vec<Finding>,
    /// What findings are shown with.
    pub charts: Vec<Chart>,
    /// What will be done.
    pub commitments: Vec<Commitment>,
    /// What will not be done.
    pub declined: Vec<Refusal>,
    /// Method and limits, in Markdown.
    pub body: String,
    /// What was put right since, the most recent first.
    #[serde(default)]
    pub corrections: Vec<Correction>,
}

impl Results {
    /// The first instant of the day on which they are published.
    #[must_use]
    pub fn published_at(&self) -> Timestamp {
        midnight(self.published)
    }

    /// When they last changed: the day of the last correction, or of publication.
    #[must_use]
    pub fn updated(&self) -> Date {
        let last = self.corrections.first();
        last.map_or(self.published, |correction| correction.date)
    }
}

/// Something put right after publication.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Correction {
    /// When.
    pub date: Date,
    /// What was wrong, and what it says now.
    pub text: String,
}

/// A big figure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figure {
    /// How many.
    pub value: u64,
    /// Of what.
    pub label: String,
    /// When, or out of how many.
    pub note: Option<String>,
}

/// One thing learnt, with the contributions that it rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The finding, as a sentence.
    pub title: String,
    /// More of it, in Markdown.
    pub body: String,
    /// The ideas that it rests on.
    pub contributions: Vec<ContributionId>,
    /// What people wrote, word for word.
    pub verbatims: Vec<Verbatim>,
    /// The chart that shows it, among the page's.
    pub chart: Option<Slug>,
}

/// A part of what somebody wrote, word for word.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verbatim {
    /// The idea that it is taken from.
    pub contribution: ContributionId,
    /// The words.
    pub text: String,
}

/// Figures to be drawn, with their table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chart {
    /// Its name on the page and in the address of its file.
    pub id: Slug,
    /// What it shows, as a sentence.
    pub title: String,
    /// What is seen on it, for who does not see it.
    pub description: String,
    /// What is counted: « réponses ».
    pub unit: String,
    /// Where the figures come from.
    pub source: Option<String>,
    /// The figures.
    pub figures: Figures,
}

/// The figures of a chart; all are counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", tag = "kind")]
pub enum Figures {
    /// A bar for each label; percentages are of `base`, where there is one.
    Bars {
        /// Labels and counts.
        rows: Vec<(String, u64)>,
        /// How many the percentages are of.
        base: Option<u64>,
    },
    /// A bar for each label, in parts; percentages are of each bar's whole.
    Stacked {
        /// The names of the parts.
        series: Vec<String>,
        /// Labels, and a count for each part.
        rows: Vec<(String, Vec<u64>)>,
    },
    /// A count for each department, by its INSEE code.
    Departments {
        /// Codes and counts.
        rows: Vec<(String, u64)>,
    },
}

/// Something that will be done, and by when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Commitment {
    /// What.
    pub text: String,
    /// By when, in words.
    pub when: String,
}

/// Something that will not be done, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// What.
    pub text: String,
    /// Why.
    pub why: String,
}

/// News of what became of a campaign after its results: « suites données ».
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutcomeNews {
    /// Its name: an anchor on the campaign's page of news.
    pub slug: Slug,
    /// The campaign.
    pub campaign: Slug,
    /// When.
    pub date: Date,
    /// What happened, as a title.
    pub title: String,
    /// One sentence.
    pub summary: String,
    /// The whole, in Markdown.
    pub body: String,
    /// The findings of the campaign's results that it answers, by their numbers (from 1), in
    /// their order.
    #[serde(default)]
    pub findings: Vec<usize>,
}

impl OutcomeNews {
    /// The first instant of its day.
    #[must_use]
    pub fn published_at(&self) -> Timestamp {
        midnight(self.date)
    }
}
