//! Tables as CSV that a French spreadsheet opens as they are: UTF-8 with its mark, semicolons,
//! and otherwise RFC 4180. With commas, a spreadsheet set to French puts a row in one cell;
//! programs are told the separator, or find it.
//!
//! No cell is a formula (OWASP, CSV injection): one that begins with `=`, `+`, `-`, `@`, their
//! full-width forms, a tab or a line's end gets an apostrophe before it; and so does one that
//! begins with an apostrophe, so that whoever takes the first apostrophe of a cell off always
//! has what was written.

const SEPARATOR: char = ';';
const MARK: char = '\u{feff}';

/// Rows as a file.
#[must_use]
pub fn table(rows: &[Vec<String>]) -> String {
    written(rows, cell)
}

/// Rows as a file, in which `cell` makes each text one that no spreadsheet takes for a formula.
#[must_use]
pub fn written(rows: &[Vec<String>], cell: impl Fn(&str) -> String) -> String {
    let mut written = String::from(MARK);
    for row in rows {
        for (place, text) in row.iter().enumerate() {
            if place > 0 {
                written.push(SEPARATOR);
            }
            written.push_str(&quoted(&cell(text)));
        }
        written.push_str("\r\n");
    }
    written
}

/// A text that no spreadsheet takes for a formula.
#[must_use]
pub fn cell(text: &str) -> String {
    if is_formula(text) || text.starts_with('\'') {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

/// Whether a spreadsheet may take a text for a formula.
#[must_use]
pub fn is_formula(text: &str) -> bool {
    const DANGEROUS: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];
    text.starts_with(DANGEROUS)
}

fn quoted(cell: &str) -> String {
    if cell.contains([SEPARATOR, '"', '\n', '\r', ',']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_owned()
    }
}
