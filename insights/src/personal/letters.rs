//! A text as numbers and addresses are looked for in it.

use std::ops::Range;

use unicode_normalization::char::is_combining_mark;

/// The characters of a text with where each begins, as they are read: decimal digits of any script
/// as those of ASCII, forms of full width as plain ones, and without what is invisible, nor marks
/// over a digit (of which a keycap is one).
pub(super) struct Letters {
    letters: Vec<(usize, char)>,
    end: usize,
}

impl Letters {
    pub(super) fn of(text: &str) -> Self {
        let mut letters: Vec<(usize, char)> = Vec::with_capacity(text.len());
        for (byte, c) in text.char_indices() {
            let over_digit = letters.last().is_some_and(|(_, c)| c.is_ascii_digit());
            if !(is_invisible(c) || over_digit && is_combining_mark(c)) {
                letters.push((byte, plain(c)));
            }
        }
        Self {
            letters,
            end: text.len(),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.letters.len()
    }

    pub(super) fn at(&self, place: usize) -> Option<char> {
        self.letters.get(place).map(|(_, c)| *c)
    }

    pub(super) fn before(&self, place: usize) -> Option<char> {
        self.at(place.checked_sub(1)?)
    }

    /// The value of a decimal digit.
    pub(super) fn digit(&self, place: usize) -> Option<u32> {
        self.at(place)?.to_digit(10)
    }

    pub(super) fn is_digit(&self, place: usize) -> bool {
        self.digit(place).is_some()
    }

    /// Whether a digit stands just before.
    pub(super) fn follows_digit(&self, place: usize) -> bool {
        place
            .checked_sub(1)
            .is_some_and(|before| self.is_digit(before))
    }

    /// The bytes of the characters from `start` to `end`, with what is not read after them.
    pub(super) fn range(&self, start: usize, end: usize) -> Range<usize> {
        let byte = |place: usize| self.letters.get(place).map_or(self.end, |(byte, _)| *byte);
        byte(start)..byte(end)
    }

    /// The first place after at most `most` characters that are such.
    pub(super) fn after(&self, mut place: usize, most: usize, such: fn(char) -> bool) -> usize {
        let last = place + most;
        while place < last && self.at(place).is_some_and(such) {
            place += 1;
        }
        place
    }
}

/// What is written between the groups of a number: blanks of any width, dots, hyphens and dashes,
/// slashes.
pub(super) fn is_separator(c: char) -> bool {
    c.is_whitespace()
        || matches!(
            c,
            '.' | '-' | '/' | '_' | '·' | '\u{2010}'..='\u{2014}' | '\u{2212}'
        )
}

/// What may stand between the groups of a number that a checksum confirms: what a list or a table
/// has between two cells too.
pub(super) fn is_any_separator(c: char) -> bool {
    is_separator(c) || !(c.is_alphanumeric() || c.is_control())
}

/// Whether nothing is drawn of it: the default ignorable code points of Unicode
/// (`DerivedCoreProperties.txt`), but for Hangul fillers, which are letters.
fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{17b4}'
            | '\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

/// The character of ASCII that is read for another, where there is one.
fn plain(c: char) -> char {
    const FROM_FULL_WIDTH: u32 = 0xfee0;
    let code = u32::from(c);
    match c {
        '\0'..='\u{65f}' => c,
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(code - FROM_FULL_WIDTH).unwrap_or(c),
        _ => {
            let run = ZEROS.partition_point(|&zero| zero <= code);
            let value = run.checked_sub(1).map(|run| code - ZEROS[run]);
            value
                .and_then(|value| char::from_digit(value, 10))
                .unwrap_or(c)
        }
    }
}

/// The zero of each run of ten decimal digits (`DerivedNumericType.txt` of Unicode 17).
const ZEROS: [u32; 75] = [
    0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xde6,
    0xe50, 0xed0, 0xf20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50,
    0x1bb0, 0x1c40, 0x1c50, 0xa620, 0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0xff10,
    0x104a0, 0x10d30, 0x10d40, 0x11066, 0x110f0, 0x11136, 0x111d0, 0x112f0, 0x11450, 0x114d0,
    0x11650, 0x116c0, 0x116d0, 0x116da, 0x11730, 0x118e0, 0x11950, 0x11bf0, 0x11c50, 0x11d50,
    0x11da0, 0x11de0, 0x11f50, 0x16a60, 0x16ac0, 0x16b50, 0x16d70, 0x1ccf0, 0x1d7ce, 0x1d7d8,
    0x1d7e2, 0x1d7ec, 0x1d7f6, 0x1e140, 0x1e2f0, 0x1e4f0, 0x1e5f1, 0x1e950, 0x1fbf0,
];
