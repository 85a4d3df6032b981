//! What stands in addresses of pages: slugs, and the identifiers of contributions.

use std::fmt;

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

use super::TextProblem;

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

through_string! {
    Slug => Slug::parse,
    ContributionId => ContributionId::parse,
}
