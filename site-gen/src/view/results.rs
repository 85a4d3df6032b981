//! What templates are given of results: figures, findings and charts.

use serde::Serialize;

use super::{Link, OutcomeNewsCard};

/// Results, in a list.
#[derive(Debug, Clone, Serialize)]
pub struct ResultsCard {
    /// The page.
    pub href: String,
    /// Its title.
    pub title: String,
    /// One sentence.
    pub summary: String,
    /// The campaign's subject in a few words.
    pub campaign: String,
    /// The space.
    pub space: String,
    /// When they were published, in words.
    pub date: String,
    /// The same for machines.
    pub date_iso: String,
    /// The first big figure; none where there is none.
    pub figure: Option<FigureView>,
}

/// A big figure.
#[derive(Debug, Clone, Serialize)]
pub struct FigureView {
    /// As it is written: « 1 243 ».
    pub value: String,
    /// Of what.
    pub label: String,
    /// When, or out of how many.
    pub note: Option<String>,
}

/// The results of a campaign.
#[derive(Debug, Clone, Serialize)]
pub struct ResultsView {
    /// What lists show of them.
    #[serde(flatten)]
    pub card: ResultsCard,
    /// The big figures.
    pub figures: Vec<FigureView>,
    /// What was learnt.
    pub findings: Vec<FindingView>,
    /// The charts that no finding shows.
    pub charts: Vec<ChartView>,
    /// What will be done, and by when: `text` and `when`.
    pub commitments: Vec<domain::Commitment>,
    /// What will not be done, and why: `text` and `why`.
    pub declined: Vec<domain::Refusal>,
    /// Method and limits, as HTML.
    pub body: String,
    /// What was put right since, the most recent first.
    pub corrections: Vec<CorrectionView>,
    /// The campaigns that come from this one.
    pub led_to: Vec<Link>,
}

/// Something put right after publication.
#[derive(Debug, Clone, Serialize)]
pub struct CorrectionView {
    /// When, in words.
    pub date: String,
    /// The same for machines.
    pub date_iso: String,
    /// What was wrong, and what it says now.
    pub text: String,
}

/// A finding.
#[derive(Debug, Clone, Serialize)]
pub struct FindingView {
    /// Its number, from 1.
    pub number: usize,
    /// Its anchor on the page of the results.
    pub id: String,
    /// The finding, as a sentence.
    pub title: String,
    /// More of it, as HTML.
    pub body: String,
    /// What people wrote.
    pub verbatims: Vec<VerbatimView>,
    /// What shows it.
    pub chart: Option<ChartView>,
    /// « d’après 37 contributions »; none where it rests on none.
    pub based_on: Option<Link>,
    /// What became of it, the most recent first.
    pub news: Vec<OutcomeNewsCard>,
    /// The campaigns that it raised.
    pub led_to: Vec<Link>,
}

/// What somebody wrote, word for word.
#[derive(Debug, Clone, Serialize)]
pub struct VerbatimView {
    /// The words.
    pub text: String,
    /// The idea that they are taken from; none where it is no longer published.
    pub idea: Option<Link>,
}

/// A chart, drawn and as a table. Lengths are of a drawing 1,000 units wide.
#[derive(Debug, Clone, Serialize)]
pub struct ChartView {
    /// Its anchor.
    pub id: String,
    /// `bars`, `stacked` or `departments`.
    pub kind: &'static str,
    /// What it shows, as a sentence.
    pub title: String,
    /// What is seen on it.
    pub description: String,
    /// Where the figures come from.
    pub source: Option<String>,
    /// « Base : 214 réponses »; none where there is no base.
    pub base: Option<String>,
    /// Its figures as a file.
    pub csv_href: String,
    /// The height of the drawing.
    pub height: usize,
    /// The bars, or the parts of bars.
    pub bars: Vec<BarView>,
    /// The departments of the map; empty for other charts.
    pub tiles: Vec<TileView>,
    /// The names of the parts of stacked bars.
    pub series: Vec<String>,
    /// The steps of the map's scale, lightest first: « 1 à 5 ».
    pub scale: Vec<String>,
    /// The columns of the table.
    pub columns: Vec<String>,
    /// The rows of the table: the first cell is the row's header.
    pub rows: Vec<Vec<String>>,
}

/// A bar of a chart, with its label above it.
#[derive(Debug, Clone, Serialize)]
pub struct BarView {
    /// The label.
    pub label: String,
    /// Where the row begins, from the top.
    pub y: usize,
    /// What stands at the end of the bar: « 41 % » or « 88 ».
    pub value: String,
    /// The bar's length; for stacked bars, that of the whole.
    pub width: usize,
    /// The parts of a stacked bar; empty for a plain one.
    pub parts: Vec<PartView>,
}

/// A part of a stacked bar.
#[derive(Debug, Clone, Serialize)]
pub struct PartView {
    /// Its rank among the series, from 1.
    pub series: usize,
    /// Where it begins.
    pub x: usize,
    /// Its length.
    pub width: usize,
    /// « 62 % », or nothing where it has no room.
    pub value: String,
}

/// A department on the map of tiles.
#[derive(Debug, Clone, Serialize)]
pub struct TileView {
    /// Its code.
    pub code: String,
    /// Its name and its count: « Gard : 112 réponses ».
    pub title: String,
    /// Its column, from 0.
    pub x: usize,
    /// Its row, from 0.
    pub y: usize,
    /// Its step on the scale, from 1; 0 where there is no answer.
    pub step: usize,
}
