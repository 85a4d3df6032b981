//! What is true of every text and identifier that comes from outside. A value of one of
//! these types was checked at the door, and is not checked again.

use serde::{Deserialize, Serialize};
use unicode_segmentation::UnicodeSegmentation;

use self::clean::{clean, line, within};

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

mod clean;
mod email;
mod identifier;
mod postcode;

pub use email::Email;
pub use identifier::{ContributionId, Slug};
pub use postcode::Postcode;

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
        let cleaned = clean(raw);
        let words = cleaned.split_whitespace().collect::<Vec<_>>().join(" ");
        within(line(&words), limit.min(Self::MAX)).map(Self)
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Paragraphs of text: blank lines separate them, line breaks and single blanks stay, Unicode NFC,
/// no control.
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
        for line in cleaned.lines().map(line) {
            if line.is_empty() {
                blank_lines += 1;
                continue;
            }
            if !text.is_empty() {
                text.push_str(if blank_lines > 0 { "\n\n" } else { "\n" });
            }
            text.push_str(&line);
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
    /// [`TextProblem`]; an e-mail address is malformed, since a name is public. An `@` that ends a
    /// name is no address's.
    pub fn parse(raw: &str) -> Result<Self, TextProblem> {
        let typed = raw.trim_end();
        if typed.strip_suffix('@').unwrap_or(typed).contains('@') {
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

through_string! {
    Title => |raw| Title::parse(raw, Title::MAX),
    Body => |raw| Body::parse(raw, Body::MAX),
    Name => Name::parse,
}
