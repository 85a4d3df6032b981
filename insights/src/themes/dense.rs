//! A matrix of floats, row by row.

use rayon::prelude::*;

/// A matrix, row by row.
#[derive(Debug, Clone)]
pub(super) struct Dense {
    rows: usize,
    pub(super) columns: usize,
    pub(super) values: Vec<f32>,
}

impl Dense {
    pub(super) fn zeros(rows: usize, columns: usize) -> Self {
        Self {
            rows,
            columns,
            values: vec![0.0; rows * columns],
        }
    }

    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    pub(super) fn row(&self, row: usize) -> &[f32] {
        &self.values[row * self.columns..][..self.columns]
    }

    pub(super) fn row_mut(&mut self, row: usize) -> &mut [f32] {
        &mut self.values[row * self.columns..][..self.columns]
    }

    /// Each row with a length of 1, or of 0.
    pub(super) fn normalise(&mut self) {
        if self.columns > 0 {
            self.values
                .par_chunks_exact_mut(self.columns)
                .for_each(normalise);
        }
    }
}

/// A vector with a length of 1; one of zeros stays.
pub(super) fn normalise(row: &mut [f32]) {
    let norm = dot(row, row).sqrt();
    if norm > f32::EPSILON {
        row.iter_mut().for_each(|value| *value /= norm);
    } else {
        row.fill(0.0);
    }
}

/// The sum of products, in an order that allows several at once: the same on every processor.
pub(super) fn dot(a: &[f32], b: &[f32]) -> f32 {
    const SIDE_BY_SIDE: usize = 16;
    let mut sums = [0.0_f32; SIDE_BY_SIDE];
    let (a, a_rest) = a.as_chunks::<SIDE_BY_SIDE>();
    let (b, b_rest) = b.as_chunks::<SIDE_BY_SIDE>();
    for (a, b) in a.iter().zip(b) {
        for lane in 0..SIDE_BY_SIDE {
            sums[lane] += a[lane] * b[lane];
        }
    }
    let rest: f32 = a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum();
    sums.iter().sum::<f32>() + rest
}
