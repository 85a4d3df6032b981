//! Figures to what is drawn of them, and to their table and file.

use domain::{Chart, Figures};

use crate::csv;
use crate::departments;
use crate::messages::{Messages, number};
use crate::view::{BarView, ChartView, PartView, TileView};

/// How wide a drawing is, in its own units.
const WIDTH: u64 = 1_000;
/// How wide the longest bar is: the rest is for what stands at its end.
const LONGEST: u64 = 880;
/// How high a row is, its label included.
const ROW: usize = 64;
/// How many steps the map's scale has.
const STEPS: u64 = 4;

/// A chart, whose figures are also in a file at `csv_href`.
pub(crate) fn view(csv_href: String, chart: &Chart, messages: &Messages) -> ChartView {
    let said = |key: &str, args: &[(&str, String)]| messages.text(&format!("chart.{key}"), args);
    let unit = [("unit", chart.unit.clone())];
    let mut view = ChartView {
        id: chart.id.to_string(),
        kind: "bars",
        title: chart.title.clone(),
        description: chart.description.clone(),
        source: chart.source.clone(),
        base: None,
        csv_href,
        height: 0,
        bars: Vec::new(),
        tiles: Vec::new(),
        series: Vec::new(),
        scale: Vec::new(),
        columns: Vec::new(),
        rows: Vec::new(),
    };
    match &chart.figures {
        Figures::Bars { rows, base } => {
            let longest = rows.iter().map(|(_, count)| *count).max().unwrap_or(0);
            // With a base, the scale is from nothing to all.
            let whole = base.unwrap_or(longest);
            view.bars = rows
                .iter()
                .enumerate()
                .map(|(place, (label, count))| BarView {
                    label: label.clone(),
                    y: place * ROW,
                    value: base.map_or_else(|| number(*count), |base| share(*count, base)),
                    width: length(*count, whole, LONGEST),
                    parts: Vec::new(),
                })
                .collect();
            view.height = rows.len() * ROW;
            view.base = base.map(|base| {
                let args = [("count", number(base)), ("unit", chart.unit.clone())];
                said("base", &args)
            });
            view.columns = vec![said("answer", &[]), said("count", &unit)];
            view.columns.extend(base.map(|_| said("share", &[])));
            view.rows = rows
                .iter()
                .map(|(label, count)| {
                    let mut row = vec![label.clone(), number(*count)];
                    row.extend(base.map(|base| share(*count, base)));
                    row
                })
                .collect();
        }
        Figures::Stacked { series, rows } => {
            view.kind = "stacked";
            view.bars = rows
                .iter()
                .enumerate()
                .map(|(place, (label, counts))| stacked(label, counts, place * ROW))
                .collect();
            view.height = rows.len() * ROW;
            view.series.clone_from(series);
            view.columns = vec![said("answer", &[])];
            view.columns.extend(series.iter().cloned());
            view.columns.push(said("total", &unit));
            view.rows = rows
                .iter()
                .map(|(label, counts)| {
                    let total = sum(counts);
                    let parts = counts
                        .iter()
                        .map(|count| format!("{} ({})", number(*count), share(*count, total)));
                    std::iter::once(label.clone())
                        .chain(parts)
                        .chain([number(total)])
                        .collect()
                })
                .collect();
        }
        Figures::Departments { rows } => {
            view.kind = "departments";
            let most = rows.iter().map(|(_, count)| *count).max().unwrap_or(0);
            view.scale = scale(most);
            view.tiles = departments::ALL
                .iter()
                .map(|(code, name, x, y)| {
                    let count = rows.iter().find(|(known, _)| known == code);
                    let count = count.map_or(0, |(_, count)| *count);
                    let args = [
                        ("department", (*name).to_owned()),
                        ("count", number(count)),
                        ("unit", chart.unit.clone()),
                    ];
                    TileView {
                        code: (*code).to_owned(),
                        title: said("tile", &args),
                        x: *x,
                        y: *y,
                        step: usize::try_from(step(count, most)).unwrap_or(0),
                    }
                })
                .collect();
            view.columns = vec![said("department", &[]), said("count", &unit)];
            view.rows = rows
                .iter()
                .map(|(code, count)| {
                    let name = departments::named(code).map_or(code.as_str(), |known| known.1);
                    vec![format!("{name} ({code})"), number(*count)]
                })
                .collect();
        }
    }
    view
}

/// The figures as CSV (RFC 4180), with the names of the columns.
pub(crate) fn csv(chart: &Chart, messages: &Messages) -> String {
    let said = |key: &str| messages.text(&format!("chart.{key}"), &[]);
    let mut lines: Vec<Vec<String>> = Vec::new();
    match &chart.figures {
        Figures::Bars { rows, base } => {
            lines.push(vec![said("answer"), chart.unit.clone()]);
            for (label, count) in rows {
                lines.push(vec![label.clone(), count.to_string()]);
            }
            if let Some(base) = base {
                lines.push(vec![said("csv-base"), base.to_string()]);
            }
        }
        Figures::Stacked { series, rows } => {
            let mut columns = vec![said("answer")];
            columns.extend(series.iter().cloned());
            lines.push(columns);
            for (label, counts) in rows {
                let mut line = vec![label.clone()];
                line.extend(counts.iter().map(u64::to_string));
                lines.push(line);
            }
        }
        Figures::Departments { rows } => {
            lines.push(vec![
                said("csv-code"),
                said("department"),
                chart.unit.clone(),
            ]);
            for (code, count) in rows {
                let name = departments::named(code).map_or("", |known| known.1);
                lines.push(vec![code.clone(), name.to_owned(), count.to_string()]);
            }
        }
    }
    csv::table(&lines, csv::COMMA)
}

fn stacked(label: &str, counts: &[u64], y: usize) -> BarView {
    /// A part shorter than this has no room for its percentage.
    const ROOM: usize = 60;
    let total = sum(counts);
    let mut before: u64 = 0;
    let parts = counts
        .iter()
        .enumerate()
        .map(|(place, count)| {
            let x = length(before, total, WIDTH);
            before = before.saturating_add(*count);
            let width = length(before, total, WIDTH) - x;
            PartView {
                series: place + 1,
                x,
                width,
                value: match width >= ROOM {
                    true => share(*count, total),
                    false => String::new(),
                },
            }
        })
        .collect();
    BarView {
        label: label.to_owned(),
        y,
        value: number(total),
        width: length(total, total, WIDTH),
        parts,
    }
}

/// A length in proportion, rounded.
fn length(part: u64, whole: u64, longest: u64) -> usize {
    if whole == 0 {
        return 0;
    }
    let (part, whole, longest) = (u128::from(part), u128::from(whole), u128::from(longest));
    usize::try_from((part * longest + whole / 2) / whole).unwrap_or(0)
}

/// « 41 % », rounded to the nearest; « moins de 1 % » is for who reads the table.
pub(crate) fn share(part: u64, whole: u64) -> String {
    match whole {
        0 => "0\u{a0}%".to_owned(),
        _ => {
            let (part, whole) = (u128::from(part), u128::from(whole));
            format!("{}\u{a0}%", (part * 100 + whole / 2) / whole)
        }
    }
}

/// The step of a count on a scale of four equal parts, from 1; 0 for none.
fn step(count: u64, most: u64) -> u64 {
    match (count, most) {
        (0, _) | (_, 0) => 0,
        _ => {
            let before = u128::from(count - 1) * u128::from(STEPS) / u128::from(most);
            u64::try_from(before + 1).unwrap_or(STEPS).min(STEPS)
        }
    }
}

fn sum(counts: &[u64]) -> u64 {
    counts
        .iter()
        .fold(0, |sum, count| sum.saturating_add(*count))
}

/// What each step holds: « 1 à 28 ».
fn scale(most: u64) -> Vec<String> {
    let bound = |step: u64| {
        let bound = (u128::from(step) * u128::from(most)).div_ceil(u128::from(STEPS));
        u64::try_from(bound).unwrap_or(most)
    };
    (1..=STEPS)
        .filter_map(|wanted| {
            let (first, last) = (bound(wanted - 1) + 1, bound(wanted));
            if first > last {
                return None;
            }
            Some(match first == last {
                true => number(first),
                false => format!("{}\u{a0}à\u{a0}{}", number(first), number(last)),
            })
        })
        .collect()
}
