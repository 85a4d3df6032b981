//! What is true of every text and identifier that comes from outside. A value of one of
//! these types was checked at the door, and is not checked again.

use std::fmt;

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
use unicode_segmentation::UnicodeSegmentation;

/// Why a text is not accepted. Lengths are in graphemes: what a reader counts as characters.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TextProblem {
    /// Nothing but blanks.
    #[error("empty")]
    Empty,
    /// More than `limit` graphemes; it has `length`.
    #[error("{length} characters, {limit} at most")]
    TooLong {
        /// Graphemes in the text.
        length: usize,
        /// Graphemes allowed.
        limit: usize,
    },
    /// Not of the form that the type asks for.
    #[error("malformed")]
    Malformed,
}

/// One line of text: no line break, no control, single spaces, Unicode NFC.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Title(String);

impl Title {
    /// The longest title that is kept, whatever the door it came by, in graphemes.
    pub const MAX: usize = 300;

    /// Parses a title of at most `limit` graphemes.
    ///
    /// # Errors
    /// [`TextProblem::Empty`] or [`TextProblem::TooLong`].
    pub fn parse(raw: &str, limit: usize) -> Result<Self, TextProblem> {
        let text = clean(raw).split_whitespace().collect::<Vec<_>>().join(" ");
        within(text, limit.min(Self::MAX)).map(Self)
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Paragraphs of text: blank lines separate them, line breaks stay, Unicode NFC, no control.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Body(String);

impl Body {
    /// The longest text that is kept, whatever the door it came by, in graphemes.
    pub const MAX: usize = 20_000;

    /// Parses a text of at most `limit` graphemes.
    ///
    /// # Errors
    /// [`TextProblem::Empty`] or [`TextProblem::TooLong`].
    pub fn parse(raw: &str, limit: usize) -> Result<Self, TextProblem> {
        let cleaned = clean(raw);
        let mut text = String::with_capacity(cleaned.len());
        let mut blank_lines = 0;
        for line in cleaned.lines().map(str::trim) {
            if line.is_empty() {
                blank_lines += 1;
                continue;
            }
            if !text.is_empty() {
                text.push_str(if blank_lines > 0 { "\n\n" } else { "\n" });
            }
            text.push_str(line);
            blank_lines = 0;
        }
        within(text, limit.min(Self::MAX)).map(Self)
    }

    /// The text; paragraphs are separated by one empty line.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The beginning of the text on one line, cut at a word, at most `graphemes` long and
    /// ended with an ellipsis where something was cut.
    #[must_use]
    pub fn excerpt(&self, graphemes: usize) -> String {
        let line = self.0.split_whitespace().collect::<Vec<_>>().join(" ");
        let Some((cut, _)) = line.grapheme_indices(true).nth(graphemes) else {
            return line;
        };
        let kept = &line[..cut];
        let word_end = kept.rfind(' ').filter(|&end| end > cut / 2).unwrap_or(cut);
        let kept = kept[..word_end].trim_end_matches([' ', ',', ';', ':', '.', '«', '(', '\u{a0}']);
        format!("{kept}…")
    }
}

/// The name that somebody chose to show beside a comment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Name(String);

impl Name {
    /// The longest name, in graphemes.
    pub const MAX: usize = 40;

    /// Parses a name.
    ///
    /// # Errors
    /// [`TextProblem`]; an e-mail address is malformed, since a name is public.
    pub fn parse(raw: &str) -> Result<Self, TextProblem> {
        if raw.contains('@') {
            return Err(TextProblem::Malformed);
        }
        Title::parse(raw, Self::MAX).map(|title| Self(title.0))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// An e-mail address. Never shown: `Debug` hides it, and it is neither `Display` nor `Serialize`.
#[derive(Clone, PartialEq, Eq)]
pub struct Email(String);

impl Email {
    /// Parses an address: one `@`, a local part, a domain with a dot, at most 254 bytes
    /// (RFC 5321, section 4.5.3.1). Whether it exists, only a message tells.
    ///
    /// # Errors
    /// [`TextProblem::Empty`] or [`TextProblem::Malformed`].
    pub fn parse(raw: &str) -> Result<Self, TextProblem> {
        let address = raw.trim();
        if address.is_empty() {
            return Err(TextProblem::Empty);
        }
        let malformed = address.len() > 254
            || address
                .chars()
                .any(|c| c.is_whitespace() || c.is_control() || "<>()[]\\,;:\"".contains(c));
        let parts = address.rsplit_once('@').filter(|(local, domain)| {
            !local.is_empty()
                && local.len() <= 64
                && !local.contains('@')
                && domain.contains('.')
                && domain.split('.').all(|label| {
                    !label.is_empty()
                        && !label.starts_with('-')
                        && !label.ends_with('-')
                        && label.chars().all(|c| c.is_alphanumeric() || c == '-')
                })
        });
        match parts {
            Some(_) if !malformed => Ok(Self(address.to_owned())),
            _ => Err(TextProblem::Malformed),
        }
    }

    /// The address, for the identity table and the outgoing mail alone.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Email(…)")
    }
}

/// A name in an address: lower-case ASCII letters, digits and single hyphens.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Slug(String);

impl Slug {
    /// Parses a slug of 1 to 60 characters.
    ///
    /// # Errors
    /// [`TextProblem`].
    pub fn parse(raw: &str) -> Result<Self, TextProblem> {
        if raw.is_empty() {
            return Err(TextProblem::Empty);
        }
        if raw.len() > 60 {
            return Err(TextProblem::TooLong {
                length: raw.len(),
                limit: 60,
            });
        }
        let well_formed = raw
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            && !raw.starts_with('-')
            && !raw.ends_with('-')
            && !raw.contains("--");
        if well_formed {
            Ok(Self(raw.to_owned()))
        } else {
            Err(TextProblem::Malformed)
        }
    }

    /// The slug that words make: without accents, with hyphens between words; none where they
    /// have no letter and no digit.
    #[must_use]
    pub fn from_words(words: &str) -> Option<Self> {
        const LONGEST: usize = 60;
        let mut slug = String::new();
        let mut between = false;
        let mut push = |c: char| {
            if c.is_ascii_alphanumeric() {
                if between && !slug.is_empty() {
                    slug.push('-');
                }
                between = false;
                slug.push(c.to_ascii_lowercase());
            } else if !unicode_normalization::char::is_combining_mark(c) {
                between = true;
            }
        };
        for c in words.chars() {
            match c {
                'œ' | 'Œ' => "oe".chars().for_each(&mut push),
                'æ' | 'Æ' => "ae".chars().for_each(&mut push),
                _ if c.is_ascii() => push(c),
                _ => std::iter::once(c).nfd().for_each(&mut push),
            }
        }
        slug.truncate(LONGEST);
        Self::parse(slug.trim_end_matches('-')).ok()
    }

    /// The slug.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The public identifier of a contribution: 80 bits as 16 characters of Crockford's base 32.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ContributionId(String);

impl ContributionId {
    const ALPHABET: &'static [u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

    /// Spells 80 bits.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 10]) -> Self {
        let bits = bytes
            .iter()
            .fold(0u128, |bits, &byte| (bits << 8) | u128::from(byte));
        let spelled = (0..16)
            .rev()
            .map(|place| char::from(Self::ALPHABET[((bits >> (place * 5)) & 31) as usize]))
            .collect();
        Self(spelled)
    }

    /// Parses an identifier as it stands in an address.
    ///
    /// # Errors
    /// [`TextProblem::Malformed`].
    pub fn parse(raw: &str) -> Result<Self, TextProblem> {
        let well_formed = raw.len() == 16 && raw.bytes().all(|b| Self::ALPHABET.contains(&b));
        if well_formed {
            Ok(Self(raw.to_owned()))
        } else {
            Err(TextProblem::Malformed)
        }
    }

    /// The identifier.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The identifier as it is read aloud: upper case, in groups of four.
    #[must_use]
    pub fn reference(&self) -> String {
        let upper = self.0.to_ascii_uppercase();
        [&upper[..4], &upper[4..8], &upper[8..12], &upper[12..]].join("-")
    }
}

impl fmt::Display for ContributionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

macro_rules! through_string {
    ($($type:ty => $parse:expr),* $(,)?) => {$(
        impl TryFrom<String> for $type {
            type Error = TextProblem;

            fn try_from(raw: String) -> Result<Self, TextProblem> {
                $parse(&raw)
            }
        }

        impl From<$type> for String {
            fn from(value: $type) -> String {
                value.0
            }
        }
    )*};
}

through_string! {
    Title => |raw| Title::parse(raw, Title::MAX),
    Body => |raw| Body::parse(raw, Body::MAX),
    Name => Name::parse,
    Slug => Slug::parse,
    ContributionId => ContributionId::parse,
}

/// NFC, with `\n` as the only line break, and without what a reader can't see or that
/// disturbs the text around it, nor stacks of more than four combining marks.
fn clean(raw: &str) -> String {
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

fn within(text: String, limit: usize) -> Result<String, TextProblem> {
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
