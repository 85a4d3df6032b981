//! The cells of an export, and what the domain makes of each.

use std::collections::{BTreeMap, BTreeSet};

use unicode_normalization::UnicodeNormalization;

pub(super) type Row = BTreeMap<String, String>;

/// The rows of a file by their ids: each cell by the name of its column.
pub(super) fn cells(file: &[u8]) -> BTreeMap<String, Row> {
    let file = file.strip_prefix(b"\xef\xbb\xbf").unwrap_or(file);
    let mut reader = csv::ReaderBuilder::new().delimiter(b';').from_reader(file);
    let header = reader.headers().unwrap().clone();
    let row = |record: csv::StringRecord| -> Row {
        let cells = header.iter().zip(&record);
        cells
            .map(|(name, cell)| (name.to_owned(), cell.to_owned()))
            .collect()
    };
    let rows = reader.records().map(|record| row(record.unwrap()));
    rows.map(|row| (row["ID expérience"].clone(), row))
        .collect()
}

/// A cell as the domain makes it, told anew from what is documented: NFC; of a title, single
/// spaces; of a text, no blank at the ends of lines, one of several blanks, one empty line of
/// several; each channel and each structure once.
pub(super) fn normal(column: &str, cell: &str) -> String {
    let text: String = cell.nfc().filter(|c| *c != '\u{200b}').collect();
    match column {
        "Canaux Typologie 1" => {
            let order = [
                "Téléphone",
                "E-mail",
                "Courrier",
                "Accueil",
                "Compte ou espace personnel",
                "Démarche en ligne",
                "Tchat (messagerie instantanée)",
                "Visio/Video",
                "Réseaux Sociaux",
            ];
            let named: BTreeSet<&str> = text.split(',').map(str::trim).collect();
            let known: Vec<&str> = order.into_iter().filter(|it| named.contains(it)).collect();
            assert!(
                named.iter().all(|it| it.is_empty() || order.contains(it)),
                "{text}"
            );
            known.join(",")
        }
        "Description" | "Réponse structure 1" => {
            let lines: Vec<String> = text.lines().map(blanks).collect();
            let mut kept: Vec<&str> = Vec::new();
            for line in &lines {
                if !(line.is_empty() && kept.last().is_none_or(|last| last.is_empty())) {
                    kept.push(line);
                }
            }
            kept.join("\n").trim_end().to_owned()
        }
        _ => text.split_whitespace().collect::<Vec<_>>().join(" "),
    }
}

/// A line with one of several blanks: one that does not break, or else a space.
fn blanks(line: &str) -> String {
    let mut kept = String::new();
    let mut run = String::new();
    for c in line.trim().chars() {
        if c.is_whitespace() {
            run.push(c);
            continue;
        }
        if run.chars().count() == 1 {
            kept.push_str(&run);
        } else if let Some(firm) = run.chars().find(|c| "\u{a0}\u{202f}".contains(*c)) {
            kept.push(firm);
        } else if !run.is_empty() {
            kept.push(' ');
        }
        run.clear();
        kept.push(c);
    }
    kept
}
