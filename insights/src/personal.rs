//! Personal data found in a text by its form: e-mail addresses, French telephone numbers, bank
//! accounts, social-security numbers.
//!
//! What is looked for is what somebody writes in a contribution without thinking that it will be
//! public. Digits of a date, an amount, a postcode, a law or a SIRET are none of it. Where a rule
//! has a source, its function says it.
//!
//! Read in 36,000 real contributions, comments and titles (9 MB: République numérique, Grand débat, Vrai
//! débat, Services Publics +, equality): 13 were found, each an address or a number that reaches
//! somebody.

mod iban;
mod nir;
mod phone;

use std::ops::Range;

pub use domain::PersonalKind as Kind;

/// One piece of personal data, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// What it is.
    pub kind: Kind,
    /// Its bytes in the text; both ends are between characters.
    pub range: Range<usize>,
}

/// The personal data of a text, in order; none overlaps another.
///
/// The kinds with a checksum are looked for first. What is found cuts the text in two, and each
/// part is then read as a text of its own: so nothing is left once what was found is removed.
#[must_use]
pub fn find(text: &str) -> Vec<Found> {
    let mut found = Vec::new();
    // Parts to read, with how many of the kinds are known not to be in them.
    let mut parts = vec![(0..text.len(), 0)];
    while let Some((part, done)) = parts.pop() {
        let Some((kind, first)) = SEARCHES.get(done) else {
            continue;
        };
        let letters = Letters::of(&text[part.clone()]);
        let Some(range) = first(&letters) else {
            parts.push((part, done + 1));
            continue;
        };
        let range = part.start + range.start..part.start + range.end;
        parts.push((part.start..range.start, 0));
        parts.push((range.end..part.end, 0));
        found.push(Found { kind: *kind, range });
    }
    found.sort_by_key(|found| found.range.start);
    found
}

/// The kinds of personal data that a text holds, each once.
#[must_use]
pub fn kinds(text: &str) -> Vec<Kind> {
    let mut kinds: Vec<Kind> = find(text).into_iter().map(|found| found.kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    kinds
}

/// The text with what was found of `kinds` replaced by what `word` says of its kind, in brackets:
/// `[adresse e-mail retirée]`.
#[must_use]
pub fn remove(text: &str, kinds: &[Kind], word: impl Fn(Kind) -> String) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut end = 0;
    for found in find(text) {
        if kinds.contains(&found.kind) {
            kept.push_str(&text[end..found.range.start]);
            kept.push('[');
            kept.push_str(&word(found.kind));
            kept.push(']');
            end = found.range.end;
        }
    }
    kept.push_str(&text[end..]);
    kept
}

type Search = fn(&Letters) -> Option<Range<usize>>;

const SEARCHES: [(Kind, Search); 4] = [
    (Kind::Iban, iban::first),
    (Kind::SocialSecurity, nir::first),
    (Kind::Email, email),
    (Kind::Phone, phone::first),
];

/// The characters of a text with where each begins.
struct Letters {
    letters: Vec<(usize, char)>,
    end: usize,
}

impl Letters {
    fn of(text: &str) -> Self {
        Self {
            letters: text.char_indices().collect(),
            end: text.len(),
        }
    }

    fn len(&self) -> usize {
        self.letters.len()
    }

    fn at(&self, place: usize) -> Option<char> {
        self.letters.get(place).map(|(_, c)| *c)
    }

    fn before(&self, place: usize) -> Option<char> {
        self.at(place.checked_sub(1)?)
    }

    /// The value of a decimal digit, in ASCII or at full width.
    fn digit(&self, place: usize) -> Option<u32> {
        let c = self.at(place)?;
        match c {
            '\u{ff10}'..='\u{ff19}' => Some(u32::from(c) - 0xff10),
            _ => c.to_digit(10),
        }
    }

    fn is_digit(&self, place: usize) -> bool {
        self.digit(place).is_some()
    }

    /// Whether a digit stands just before.
    fn follows_digit(&self, place: usize) -> bool {
        place
            .checked_sub(1)
            .is_some_and(|before| self.is_digit(before))
    }

    /// The bytes of the characters from `start` to `end`.
    fn range(&self, start: usize, end: usize) -> Range<usize> {
        let byte = |place: usize| self.letters.get(place).map_or(self.end, |(byte, _)| *byte);
        byte(start)..byte(end)
    }

    /// The first place after at most `most` separators between the groups of a number.
    fn after_separators(&self, mut place: usize, most: usize) -> usize {
        let last = place + most;
        while place < last && self.at(place).is_some_and(is_separator) {
            place += 1;
        }
        place
    }
}

/// What is written between the groups of a number: blanks of any width, what is invisible, dots,
/// hyphens and dashes, slashes.
fn is_separator(c: char) -> bool {
    c.is_whitespace()
        || matches!(
            c,
            '.' | '-' | '/' | '_' | '·' | '\u{2010}'
                ..='\u{2014}' | '\u{2212}' | '\u{ad}' | '\u{200b}'
                ..='\u{200d}' | '\u{2060}' | '\u{feff}'
        )
}

/// The first e-mail address: a local part, `@` (between blanks, as some write it to hide it, or
/// not), and a domain with a dot whose last label is of letters (RFC 5321, section 4.1.2, without
/// quoted local parts and literal addresses; RFC 3696, section 2, for the last label).
fn email(text: &Letters) -> Option<Range<usize>> {
    let blank = |place: usize| matches!(text.at(place), Some(' ' | '\u{a0}' | '\u{202f}'));
    (0..text.len()).find_map(|place| {
        if !matches!(text.at(place), Some('@' | '\u{ff20}')) {
            return None;
        }
        let blank_after = blank(place + 1);
        let domain = place + 1 + usize::from(blank_after);
        let end = domain_end(text, domain)?;
        let mut last = place;
        // « sur @mairie.fr » names an account, not an address.
        if blank_after && place > 0 && blank(place - 1) {
            last -= 1;
        }
        let mut start = last;
        while start > 0 && text.at(start - 1).is_some_and(is_local) {
            start -= 1;
        }
        while start < last && matches!(text.at(start), Some('.' | '-' | '\'' | '’')) {
            start += 1;
        }
        (start < last).then(|| text.range(start, end))
    })
}

fn is_local(c: char) -> bool {
    c.is_alphanumeric() || "._%+-'’".contains(c)
}

/// Where the domain that begins at `start` ends; none where it is no domain.
fn domain_end(text: &Letters, start: usize) -> Option<usize> {
    let mut end = None;
    let mut place = start;
    loop {
        let label = place;
        while text
            .at(place)
            .is_some_and(|c| c.is_alphanumeric() || c == '-')
        {
            place += 1;
        }
        let length = place - label;
        if length == 0 {
            return end;
        }
        let lettered = (label..place).all(|place| text.at(place).is_some_and(char::is_alphabetic));
        if label > start && length >= 2 && lettered {
            end = Some(place);
        }
        if text.at(place) != Some('.') {
            return end;
        }
        place += 1;
    }
}
