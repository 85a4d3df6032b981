//! How much each term weighs in each contribution: rare terms more, terms said again less each
//! time, and each contribution as a vector of length 1.
//!
//! The weight within a text is that of BM25 (S. Robertson and H. Zaragoza, "The Probabilistic
//! Relevance Framework: BM25 and Beyond", 2009), in which a term of a long text weighs less.

use super::corpus::Corpus;
use super::settings::Recipe;

/// How fast a term that is said again stops to count more (BM25's k₁).
const SATURATION: f32 = 1.2;
/// How much the length of a text counts (BM25's b).
const LENGTH: f32 = 0.75;

/// A matrix of few values, by row: one for each contribution, each of length 1, or empty.
#[derive(Debug, Clone)]
pub(super) struct Sparse {
    pub(super) columns: usize,
    starts: Vec<usize>,
    values: Vec<(u32, f32)>,
}

impl Sparse {
    pub(super) fn rows(&self) -> usize {
        self.starts.len() - 1
    }

    pub(super) fn row(&self, row: usize) -> &[(u32, f32)] {
        &self.values[self.starts[row]..self.starts[row + 1]]
    }

    /// The matrix by column.
    pub(super) fn transposed(&self) -> Self {
        let mut starts = vec![0; self.columns + 1];
        for (column, _) in &self.values {
            starts[*column as usize + 1] += 1;
        }
        for column in 0..self.columns {
            starts[column + 1] += starts[column];
        }
        let mut next = starts.clone();
        let mut values = vec![(0, 0.0); self.values.len()];
        for row in 0..self.rows() {
            for (column, value) in self.row(row) {
                let place = &mut next[*column as usize];
                values[*place] = (u32::try_from(row).expect("fewer rows than 2³²"), *value);
                *place += 1;
            }
        }
        Self {
            columns: self.rows(),
            starts,
            values,
        }
    }
}

/// The weights of the terms that some contributions have and most don't.
pub(super) fn weigh(corpus: &Corpus, recipe: &Recipe) -> Sparse {
    let count = corpus.bags.len();
    let mut having = vec![0_usize; corpus.terms.len()];
    let mut length = 0.0_f64;
    for (term, weight) in corpus.bags.iter().flatten() {
        having[*term as usize] += 1;
        length += f64::from(*weight);
    }
    let usual = (length / count.max(1) as f64) as f32;
    let most = ((count as f32 * recipe.share) as usize).max(recipe.fewest);
    let mut columns = 0_u32;
    let kept: Vec<Option<(u32, f32)>> = (0..)
        .zip(&having)
        .map(|(term, having)| {
            (recipe.fewest..=most).contains(having).then(|| {
                let column = columns;
                columns += 1;
                let rare = (1.0 + count as f64) / (1.0 + *having as f64);
                let weight = libm::log(rare) as f32;
                let pair = corpus.is_pair(term);
                (column, if pair { weight * recipe.pair } else { weight })
            })
        })
        .collect();
    let mut starts = vec![0];
    let mut values: Vec<(u32, f32)> = Vec::new();
    for bag in &corpus.bags {
        let length: f32 = bag.iter().map(|(_, weight)| weight).sum();
        let slow = SATURATION * (1.0 - LENGTH + LENGTH * length / usual);
        let begin = values.len();
        for (term, weight) in bag {
            if let Some((column, rare)) = kept[*term as usize] {
                let said = weight * (1.0 + SATURATION) / (weight + slow);
                values.push((column, said * rare));
            }
        }
        let row = &mut values[begin..];
        let norm = row
            .iter()
            .map(|(_, value)| value * value)
            .sum::<f32>()
            .sqrt();
        if norm > 0.0 {
            row.iter_mut().for_each(|(_, value)| *value /= norm);
        }
        starts.push(values.len());
    }
    Sparse {
        columns: columns as usize,
        starts,
        values,
    }
}
