//! What to do about front matter that does not hold: in words, or with the key that was meant.

use crate::problem::said;

/// The line that holds a byte.
pub(super) fn line_at(source: &str, byte: usize) -> &str {
    let byte = source.floor_char_boundary(byte);
    let start = source[..byte].rfind('\n').map_or(0, |newline| newline + 1);
    source[start..].lines().next().unwrap_or_default()
}

/// What the parser found wrong, in the words of who reads it.
pub(super) fn syntax_said(message: &str, line: &str) -> String {
    const KNOWN: [(&str, &str); 7] = [
        ("duplicate key", "duplicate"),
        ("unclosed array", "unclosed-list"),
        ("missing comma", "unclosed-list"),
        ("invalid basic string", "quotes"),
        ("string values must be quoted", "quotes"),
        ("key with no value", "no-value"),
        ("datetime", "date"),
    ];
    let lower = message.to_lowercase();
    let value = line.split_once('=').map_or("", |(_, value)| value.trim());
    let is_date = value.starts_with(|c: char| c.is_ascii_digit()) && value.contains(['-', '/']);
    let known = KNOWN.iter().find(|(part, _)| lower.contains(part));
    let key = match known {
        _ if is_date => "date",
        Some((_, key)) => key,
        None => "other",
    };
    said(&format!("front-matter.syntax.{key}"), &[])
}

/// The known key that differs least, when it differs by two letters at most.
pub(super) fn nearest<'k>(key: &str, known: &[&'k str]) -> Option<&'k str> {
    known
        .iter()
        .map(|other| (distance(key, other), *other))
        .filter(|(distance, _)| *distance <= 2)
        .min()
        .map(|(_, other)| other)
}

/// The Levenshtein distance, in characters.
pub(crate) fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, to) in b.iter().enumerate() {
            let changed = diagonal + usize::from(from != *to);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}
