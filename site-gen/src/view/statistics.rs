//! What templates are given of the statistics of testimonials.

use serde::Serialize;

use super::{ChartView, FigureView, Link, Pagination};

/// The figures of all testimonials, of a space or of a structure: the context's `statistics`.
#[derive(Debug, Clone, Serialize)]
pub struct StatisticsView {
    /// The day that they are of, in words; none where no testimonial was received anywhere.
    pub date: Option<String>,
    /// The same as `2026-11-24`.
    pub date_iso: Option<String>,
    /// Whether a testimonial was received.
    pub some: bool,
    /// « Ils comptent tous les témoignages reçus depuis mars 2026. »
    pub since: String,
    /// How many come from another platform, in words; none where none does.
    pub imported: Option<String>,
    /// Within how long the space promises an answer, in words.
    pub promise: Option<String>,
    /// The big figures.
    pub figures: Vec<FigureView>,
    /// Where those received stand.
    pub standing: ChartView,
    /// That these make up what was received: « 82 + 18 + … = 107 ».
    pub sum: String,
    /// Why some were not published; none where all were.
    pub refused: Option<ChartView>,
    /// Why some are no longer; none where all are.
    pub hidden: Option<ChartView>,
    /// What was answered, and within how long.
    pub answers: Vec<MeasureView>,
    /// How the experiences were felt.
    pub felt: ChartView,
    /// That of those published, in words.
    pub felt_published: String,
    /// The channels.
    pub channels: Option<ChartView>,
    /// The same figures month by month.
    pub months_href: String,
    /// The page that compares the spaces, the structures, or the parts; none without any.
    pub compared: Option<Link>,
    /// What each figure means: a term, and its definition.
    pub definitions: Vec<(String, String)>,
    /// The testimonials; none where they have no list.
    pub testimonials_href: Option<String>,
    /// Where one tells an experience.
    pub tell_href: String,
    /// The figures as files.
    pub csv_href: String,
    /// As JSON.
    pub json_href: String,
    /// What became of each testimonial.
    pub facts_href: &'static str,
}

/// A measure with what it is of.
#[derive(Debug, Clone, Serialize)]
pub struct MeasureView {
    /// What is measured.
    pub label: String,
    /// « 78 sur 82 (95 %) », « 3 sur 7 » or « 8 jours au plus ».
    pub value: String,
    /// « 82 témoignages publiés »; none where there is nothing to measure.
    pub base: Option<String>,
}

/// The figures month by month: the context's `statistics`.
#[derive(Debug, Clone, Serialize)]
pub struct MonthsView {
    /// The day that they are of, in words; none where no testimonial was received anywhere.
    pub date: Option<String>,
    /// The same as `2026-11-24`.
    pub date_iso: Option<String>,
    /// A row for each month, the most recent first.
    pub months: Vec<MonthView>,
    /// The row of the total.
    pub total: MonthView,
    /// How many older months are in the file alone.
    pub older: usize,
    /// The page of the figures in total, which defines them.
    pub href: String,
    /// The figures as a file.
    pub csv_href: String,
}

/// A row of the table of months.
#[derive(Debug, Clone, Serialize)]
pub struct MonthView {
    /// « mars 2026 ».
    pub month: String,
    /// Its counts, in the order of the columns.
    pub cells: Vec<String>,
}

/// A page of a table that compares: the context's `statistics`.
#[derive(Debug, Clone, Serialize)]
pub struct ComparedView {
    /// The day that the figures are of, in words; none where no testimonial was received anywhere.
    pub date: Option<String>,
    /// The same as `2026-11-24`.
    pub date_iso: Option<String>,
    /// The name of its first column.
    pub first: String,
    /// Its rows.
    pub rows: Vec<ScopeView>,
    /// The other pages; none where there is one.
    pub pagination: Option<Pagination>,
    /// The page of the figures in total, which defines them.
    pub href: String,
}

/// A space or a structure, compared with others.
#[derive(Debug, Clone, Serialize)]
pub struct ScopeView {
    /// Its own page of statistics.
    pub link: Link,
    /// Its counts, in the order of the columns.
    pub cells: Vec<String>,
}
