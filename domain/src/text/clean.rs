//! What is kept of a text, and what of it counts.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
use unicode_segmentation::UnicodeSegmentation;

use super::TextProblem;

/// NFC, with `\n` as the only line break, and without what a reader can't see or that
/// disturbs the text around it, nor stacks of more than four combining marks.
pub(super) fn clean(raw: &str) -> String {
    const MARKS_KEPT: usize = 4;
    let unified = raw
        .replace("\r\n", "\n")
        .replace(['\r', '\u{2028}', '\u{2029}'], "\n")
        .replace('\t', " ");
    let mut marks = 0;
    // What is taken out is so before letters are composed: it may stand between a letter and
    // its accent.
    unified
        .chars()
        .filter(|&c| c == '\n' || !disturbs(c))
        .nfc()
        .filter(|&c| {
            marks = if is_combining_mark(c) { marks + 1 } else { 0 };
            marks <= MARKS_KEPT
        })
        .collect()
}

/// Whether a reader can't see it, or it disturbs the text around it: controls, bidirectional
/// marks and overrides (Unicode Standard Annex 9), zero-width and other invisible characters,
/// private use, and what no XML may hold. Joiners stay: languages and emoji are written with them.
fn disturbs(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{ad}'
                | '\u{61c}'
                | '\u{180e}'
                | '\u{200b}'
                | '\u{200e}'
                | '\u{200f}'
                | '\u{202a}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{e000}'..='\u{f8ff}'
                | '\u{fdd0}'..='\u{fdef}'
                | '\u{fff0}'..='\u{ffff}'
                | '\u{1bca0}'..='\u{1bca3}'
                | '\u{1d173}'..='\u{1d17a}'
                | '\u{e0000}'..='\u{10ffff}'
        )
}

/// Whether nothing is drawn of it by itself: joiners, Hangul fillers, the empty Braille pattern.
fn is_blank(c: char) -> bool {
    matches!(
        c,
        '\u{115f}' | '\u{1160}' | '\u{200c}' | '\u{200d}' | '\u{2800}' | '\u{3164}' | '\u{ffa0}'
    )
}

pub(super) fn within(text: String, limit: usize) -> Result<String, TextProblem> {
    let length = text.graphemes(true).count();
    let visible = text
        .chars()
        .any(|c| !c.is_whitespace() && !is_combining_mark(c) && !is_blank(c));
    if !visible {
        Err(TextProblem::Empty)
    } else if length > limit {
        Err(TextProblem::TooLong { length, limit })
    } else {
        Ok(text)
    }
}
