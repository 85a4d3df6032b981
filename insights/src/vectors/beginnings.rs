//! What the network makes of a piece alone, before it looks around: the same wherever the piece
//! stands, so that it is made once for the pieces that come often. It is two thirds of the work.

use std::collections::HashMap;

/// Of pieces, a row of numbers each.
#[derive(Default)]
pub(super) struct Beginnings {
    places: HashMap<u32, usize>,
    rows: Vec<f32>,
    width: usize,
}

impl Beginnings {
    /// The rows of distinct pieces, in the order of the pieces.
    pub(super) fn of(pieces: &[u32], rows: Vec<f32>) -> Self {
        Self {
            places: pieces.iter().copied().zip(0..).collect(),
            width: rows.len() / pieces.len().max(1),
            rows,
        }
    }

    /// The row of a piece.
    pub(super) fn row(&self, piece: u32) -> Option<&[f32]> {
        let place = self.places.get(&piece)?;
        Some(&self.rows[place * self.width..][..self.width])
    }
}

/// The pieces that come more than once in texts, the commonest first, and no more than so many.
pub(super) fn commonest(texts: &[Vec<u32>], most: usize) -> Vec<u32> {
    let mut counts: HashMap<u32, usize> = HashMap::new();
    for piece in texts.iter().flatten() {
        *counts.entry(*piece).or_default() += 1;
    }
    let mut counts: Vec<(u32, usize)> =
        counts.into_iter().filter(|(_, count)| *count > 1).collect();
    counts.sort_unstable_by_key(|(piece, count)| (std::cmp::Reverse(*count), *piece));
    counts.truncate(most);
    counts.into_iter().map(|(piece, _)| piece).collect()
}
