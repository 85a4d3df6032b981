//! What is analysed.

pub use domain::Sentiment;
use serde::{Deserialize, Serialize};

use super::Refused;
use super::dense::Dense;

/// A contribution, as the analysis is given it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Contribution {
    /// Its identifier, which no other has.
    pub id: String,
    /// Its title, if it has one.
    pub title: Option<String>,
    /// Its text.
    pub text: String,
    /// Whose it is: any key that is the same for what one person wrote, and tells nothing else.
    /// Without one, it counts as written by somebody of its own.
    pub author: Option<String>,
    /// How many support it.
    pub likes: u64,
    /// Which side it takes, where that was asked.
    pub stance: Option<Stance>,
    /// How it feels, where that is known.
    pub sentiment: Option<Sentiment>,
}

/// Which side a contribution takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stance {
    /// For.
    For,
    /// For in part, or with reserves.
    Mixed,
    /// Against.
    Against,
}

/// Sentence vectors: one of so many numbers for each contribution, in the order in which the
/// contributions are given.
#[derive(Debug, Clone, Copy)]
pub struct Vectors<'a> {
    /// How many numbers each has.
    pub dimensions: usize,
    /// The numbers, contribution after contribution. Only where each points counts, not its
    /// length.
    pub values: &'a [f32],
}

impl Vectors<'_> {
    pub(super) fn check(&self, contributions: usize) -> Result<(), Refused> {
        let (expected, given) = (contributions * self.dimensions, self.values.len());
        if expected == given && self.values.iter().all(|value| value.is_finite()) {
            Ok(())
        } else {
            Err(Refused::Vectors { expected, given })
        }
    }

    /// The vectors of some contributions.
    pub(super) fn of_rows(&self, places: &[usize]) -> Dense {
        let mut rows = Dense::zeros(places.len(), self.dimensions);
        for (row, place) in places.iter().enumerate() {
            let vector = &self.values[place * self.dimensions..][..self.dimensions];
            rows.row_mut(row).copy_from_slice(vector);
        }
        rows
    }
}
