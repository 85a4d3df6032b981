//! Tables as CSV (RFC 4180), in UTF-8 with the mark by which spreadsheets know it.
//!
//! No cell is a formula (OWASP, CSV injection): one that begins with `=`, `+`, `-`, `@`, their
//! full-width forms, a tab or a line's end gets an apostrophe before it; and so does one that
//! begins with an apostrophe, so that whoever takes the first apostrophe off has what was written.

/// What the RFC puts between cells.
pub(crate) const COMMA: char = ',';
/// What a spreadsheet that is set to French expects between cells.
pub(crate) const SEMICOLON: char = ';';

/// Rows as a file.
pub(crate) fn table(rows: &[Vec<String>], separator: char) -> String {
    let mut written = String::from("\u{feff}");
    for row in rows {
        for (place, text) in row.iter().enumerate() {
            if place > 0 {
                written.push(separator);
            }
            push_cell(&mut written, text);
        }
        written.push_str("\r\n");
    }
    written
}

fn push_cell(written: &mut String, text: &str) {
    const DANGEROUS: [char; 12] = [
        '=', '+', '-', '@', '\t', '\r', '\n', '\'', '＝', '＋', '－', '＠',
    ];
    let mark = if text.starts_with(DANGEROUS) { "'" } else { "" };
    if text.contains([COMMA, SEMICOLON, '"', '\n', '\r']) {
        let doubled = text.replace('"', "\"\"");
        written.extend(["\"", mark, &doubled, "\""]);
    } else {
        written.extend([mark, text]);
    }
}
