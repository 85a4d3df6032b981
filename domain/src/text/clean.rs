//! What is kept of a text, and what of it counts.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
use unicode_segmentation::UnicodeSegmentation;

use super::TextProblem;

/// NFC, with `\n` as the only line break, without what a reader can't see or that disturbs the
/// text around it, and without what grows a letter without end: marks over it past the fourth,
/// whatever joiners stand between, and characters of a grapheme past the sixteenth. What is over is
/// left out. The longest emoji that Unicode recommends (UTS 51) are of ten characters.
pub(super) fn clean(raw: &str) -> String {
    let unified = raw
        .replace("\r\n", "\n")
        .replace(['\r', '\u{2028}', '\u{2029}'], "\n")
        .replace('\t', " ");
    // What is taken out is so before letters are composed: it may stand between a letter and
    // its accent.
    let composed = unified.chars().filter(|&c| c == '\n' || !disturbs(c)).nfc();
    let mut kept = Kept::default();
    composed.for_each(|c| kept.push(c));
    kept.text
}

/// A text as it grows, by characters that its last grapheme has room for.
#[derive(Default)]
struct Kept {
    text: String,
    /// Where the last grapheme begins, and how many characters it has.
    grapheme: usize,
    characters: usize,
    /// How many marks follow the last character that is drawn by itself.
    marks: usize,
}

impl Kept {
    const MARKS: usize = 4;
    const CHARACTERS: usize = 16;

    fn push(&mut self, c: char) {
        let is_mark = is_combining_mark(c);
        if is_mark && self.marks == Self::MARKS {
            return;
        }
        let end = self.text.len();
        self.text.push(c);
        if self.begins_grapheme(end, c) {
            self.grapheme = end;
            self.characters = 0;
        } else if self.characters == Self::CHARACTERS {
            self.text.truncate(end);
            return;
        }
        self.characters += 1;
        if is_mark {
            self.marks += 1;
        } else if !is_blank(c) {
            self.marks = 0;
        }
    }

    /// Whether the last character, which stands at `place`, is of no grapheme before it. A
    /// grapheme depends on nothing before it (Unicode Standard Annex 29).
    fn begins_grapheme(&self, place: usize, last: char) -> bool {
        // No two characters before the first combining mark are one grapheme; CR LF is no more.
        const FIRST_JOINED: char = '\u{300}';
        let before = self.text[..place].chars().next_back();
        before.is_none_or(|before| before.max(last) < FIRST_JOINED)
            || self.text[self.grapheme..].graphemes(true).nth(1).is_some()
    }
}

/// One line: no blank at its ends nor beside another, and nothing at its beginning that is written
/// over or joined to what stands before. A blank that is alone stays what it is; of several, the
/// first that does not break stays, or else a space.
pub(super) fn line(raw: &str) -> String {
    let begins = |c: char| !(c.is_whitespace() || is_combining_mark(c) || is_joiner(c));
    let start = raw.find(begins).unwrap_or(raw.len());
    let raw = raw[start..].trim_end();
    let mut line = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(blank) = rest.find(char::is_whitespace) {
        line.push_str(&rest[..blank]);
        rest = &rest[blank..];
        let next = rest
            .find(|c: char| !c.is_whitespace())
            .unwrap_or(rest.len());
        line.push(one_of(&rest[..next]));
        rest = &rest[next..];
    }
    line.push_str(rest);
    line
}

/// The blank that stays of a run of them.
fn one_of(blanks: &str) -> char {
    let mut several = blanks.chars();
    match (several.next(), several.next()) {
        (Some(alone), None) => alone,
        _ => blanks
            .chars()
            .find(|c| matches!(c, '\u{a0}' | '\u{202f}'))
            .unwrap_or(' '),
    }
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
pub(super) fn is_blank(c: char) -> bool {
    is_joiner(c)
        || matches!(
            c,
            '\u{115f}' | '\u{1160}' | '\u{2800}' | '\u{3164}' | '\u{ffa0}'
        )
}

fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}')
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
