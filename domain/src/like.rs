//! A like: one per person and idea, reversible.

use std::fmt;

use crate::text::{ContributionId, TextProblem};

/// Into how many partitions the likes of one idea are spread, so that none is hot
/// (DynamoDB: 1,000 write units a second and partition).
pub const LIKE_SHARDS: u8 = 8;

/// Somebody who likes in one campaign: 128 random bits from a cookie of that campaign, and
/// nothing else about them.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Person([u8; 16]);

/// What one person thinks of one idea.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Like {
    /// The idea.
    pub idea: ContributionId,
    /// Who likes it.
    pub person: Person,
}

impl Person {
    /// The person of these random bits.
    #[must_use]
    pub fn from_bytes(bits: [u8; 16]) -> Self {
        Self(bits)
    }

    /// Parses 32 hexadecimal digits.
    ///
    /// # Errors
    /// [`TextProblem::Malformed`].
    pub fn parse(raw: &str) -> Result<Self, TextProblem> {
        let well_formed =
            raw.len() == 32 && raw.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        match u128::from_str_radix(raw, 16) {
            Ok(bits) if well_formed => Ok(Self(bits.to_be_bytes())),
            _ => Err(TextProblem::Malformed),
        }
    }

    /// The 32 hexadecimal digits, for the cookie and the key alone.
    #[must_use]
    pub fn expose(&self) -> String {
        format!("{:032x}", u128::from_be_bytes(self.0))
    }

    /// The shard of this person's likes: 0 to [`LIKE_SHARDS`] − 1. The bits come from the
    /// system's generator and are signed, so that nobody chooses them: the first byte is spread
    /// as evenly as a hash of all would be.
    #[must_use]
    pub fn shard(&self) -> u8 {
        self.0[0] % LIKE_SHARDS
    }
}

impl fmt::Debug for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Person(…)")
    }
}
