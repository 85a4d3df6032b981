//! What differs, as a table.

use super::{Row, What};
use crate::words::say;

/// A line of titles, then a line for each difference, in columns.
pub(super) fn table(rows: &[Row]) -> String {
    let title = |name: &str| say(&format!("verify.column.{name}"), &[]);
    let titles = ["campaign", "idea", "what", "kept", "counted"].map(title);
    let mut lines = vec![titles];
    for row in rows {
        lines.push([
            row.campaign.to_string(),
            row.idea
                .as_ref()
                .map_or_else(|| "–".to_owned(), domain::ContributionId::reference),
            say(&format!("verify.what.{}", key(row.what)), &[]),
            shown(row.what, row.kept),
            shown(row.what, row.counted),
        ]);
    }
    let width = |column: usize| {
        let widths = lines.iter().map(|line| line[column].chars().count());
        widths.max().unwrap_or_default()
    };
    let widths: [usize; 5] = std::array::from_fn(width);
    let spelled = lines.iter().map(|line| {
        let cells = line.iter().zip(widths).enumerate();
        let cells: Vec<String> = cells
            .map(|(place, (cell, width))| match place {
                3 | 4 => format!("{cell:>width$}"),
                _ => format!("{cell:<width$}"),
            })
            .collect();
        cells.join("  ").trim_end().to_owned()
    });
    spelled.collect::<Vec<_>>().join("\n")
}

fn key(what: What) -> &'static str {
    match what {
        What::Likes => "likes",
        What::Comments => "comments",
        What::Card => "card",
        What::Same => "same",
        What::PageLikes => "page-likes",
        What::PageComments => "page-comments",
        What::Page => "page",
        What::AllIdeas => "all-ideas",
        What::AllComments => "all-comments",
        What::Participants => "participants",
    }
}

fn shown(what: What, number: Option<u64>) -> String {
    match (what, number) {
        (What::Card | What::Page, Some(_)) => say("verify.there", &[]),
        (_, Some(number)) => number.to_string(),
        (_, None) => say("verify.missing", &[]),
    }
}
