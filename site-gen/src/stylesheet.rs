//! Style sheets as they are sent: without what only their authors need.
//!
//! A page waits for its style. Comments and blanks that part nothing go; what a sheet says stays
//! word for word (CSS Syntax Module Level 3, 4.3.2 and 9).

use std::fs;
use std::path::Path;

use crate::problem::{Problem, said, system_said};
use crate::theme::unreadable;

/// Reads an asset as it is sent. A style sheet that begins with `@import "name.css";` holds the
/// one beside it of that name, so that a page waits for one file; that one imports none.
///
/// # Errors
/// The file that can't be read, the imported one included.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, Problem> {
    let content = fs::read(path).map_err(|error| unreadable(path, &error))?;
    if path.extension().is_none_or(|extension| extension != "css") {
        return Ok(content);
    }
    let sheet = match String::from_utf8(content) {
        Ok(sheet) => sheet,
        Err(error) => return Ok(error.into_bytes()),
    };
    let import = sheet.strip_prefix("@import \"");
    let Some((name, rest)) = import.and_then(|rest| rest.split_once("\";")) else {
        return Ok(packed(&sheet).into_bytes());
    };
    let imported = path.with_file_name(name);
    let imported = fs::read_to_string(&imported).map_err(|error| {
        let args = [("name", name.to_owned()), ("error", system_said(&error))];
        let what = said("theme.import", &args);
        Problem::at(path, &sheet, 0..sheet.len() - rest.len(), what)
    })?;
    Ok(packed(&format!("{imported}{rest}")).into_bytes())
}

/// A sheet without comments and without the blanks around `{`, `}` and after `;` and `,`. What
/// stands between quotes, or is escaped, is left as it is.
fn packed(sheet: &str) -> String {
    const PARTS: [char; 4] = ['{', '}', ';', ','];
    let mut packed = String::with_capacity(sheet.len());
    let mut rest = sheet;
    while let Some(next) = rest.chars().next() {
        let token = match next {
            '"' | '\'' => quoted(rest, next),
            '/' if rest.starts_with("/*") => comment(rest),
            // What is escaped is a letter like another.
            '\\' => 1 + rest[1..].chars().next().map_or(0, char::len_utf8),
            _ if next.is_ascii_whitespace() => blanks(rest),
            _ => next.len_utf8(),
        };
        let (token, after) = rest.split_at(token);
        rest = after;
        let parted = packed.is_empty() || packed.ends_with(PARTS) || after.starts_with(['{', '}']);
        let is_blank = next.is_ascii_whitespace();
        if token.starts_with("/*") {
            // What stands on its sides must not become one word.
            if !parted && !packed.ends_with(' ') {
                packed.push_str("/**/");
            }
        } else if !is_blank {
            packed.push_str(token);
        } else if !parted && !packed.ends_with(' ') {
            packed.push(' ');
        }
    }
    packed.truncate(packed.trim_end().len());
    packed
}

/// The length of a string with its quotes; one that does not end takes the rest.
fn quoted(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (place, next) in text.char_indices().skip(1) {
        if next == quote && !escaped {
            return place + next.len_utf8();
        }
        escaped = next == '\\' && !escaped;
    }
    text.len()
}

/// The length of a comment; one that does not end hides the rest.
fn comment(text: &str) -> usize {
    let inside = &text["/*".len()..];
    inside
        .find("*/")
        .map_or(text.len(), |end| "/*".len() + end + "*/".len())
}

fn blanks(text: &str) -> usize {
    text.find(|next: char| !next.is_ascii_whitespace())
        .unwrap_or(text.len())
}
