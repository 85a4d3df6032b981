//! Latent semantic analysis: contributions in few dimensions, in which words that come with the
//! same others are near (S. Deerwester et al., "Indexing by Latent Semantic Analysis", 1990).
//!
//! The singular vectors are found by the randomised subspace iteration of N. Halko,
//! P.-G. Martinsson and J. A. Tropp, "Finding Structure with Randomness", SIAM Review 53(2), 2011
//! (algorithm 4.4), from directions that are the same at each run.

use rayon::prelude::*;

use super::dense::Dense;
use super::eigen::eigen;
use super::random::Random;
use super::tfidf::Sparse;

/// Directions that are followed beside those that are kept.
const BESIDE: usize = 20;
/// Times that the directions are turned towards the largest ones.
const TURNS: usize = 5;
/// An eigenvalue that is this much smaller than the largest is a rounding.
const NOTHING: f64 = 1e-9;
/// Rows that are summed together before sums are: always the same, whatever the number of cores.
const TOGETHER: usize = 1_024;

/// Contributions in at most `dimensions` dimensions, each of length 1, or 0 where none of its
/// terms counts.
///
/// Each dimension counts by its singular value to the power of `power`.
pub(super) fn reduce(weights: &Sparse, dimensions: usize, power: f32) -> Dense {
    let rows = weights.rows();
    let sides = (dimensions + BESIDE).min(rows).min(weights.columns);
    if sides == 0 {
        return Dense::zeros(rows, 0);
    }
    let by_term = weights.transposed();
    let mut random = Random::of(0);
    let mut directions = Dense::zeros(weights.columns, sides);
    directions.values.fill_with(|| random.sign());
    let mut image = times(weights, &directions);
    drop(directions);
    for _ in 0..TURNS {
        orthonormalise(&mut image);
        image = times(weights, &times(&by_term, &image));
    }
    orthonormalise(&mut image);
    // What the terms are in these directions; its own singular vectors turn them to the largest.
    let terms = times(&by_term, &image);
    let found = eigen(products(&terms));
    let kept = dimensions.min(sides);
    let turn: Vec<Vec<f32>> = (0..sides)
        .map(|side| {
            (0..kept)
                .map(|at| {
                    let size = libm::pow(found.values[at].max(0.0), f64::from(power) / 2.0);
                    (found.vectors[at][side] * size) as f32
                })
                .collect()
        })
        .collect();
    let mut reduced = turned(&image, &turn);
    reduced.normalise();
    reduced
}

/// The product of a sparse matrix and a dense one.
fn times(sparse: &Sparse, dense: &Dense) -> Dense {
    let mut product = Dense::zeros(sparse.rows(), dense.columns);
    product
        .values
        .par_chunks_exact_mut(dense.columns)
        .enumerate()
        .for_each(|(row, sums)| {
            for (column, value) in sparse.row(row) {
                let line = dense.row(*column as usize);
                for (sum, other) in sums.iter_mut().zip(line) {
                    *sum += value * other;
                }
            }
        });
    product
}

/// The products of each two columns.
fn products(matrix: &Dense) -> Vec<Vec<f64>> {
    let size = matrix.columns;
    let parts: Vec<Vec<f64>> = matrix
        .values
        .par_chunks(TOGETHER * size)
        .map(|rows| {
            let mut sums = vec![0.0_f64; size * size];
            for row in rows.chunks_exact(size) {
                for (value, sums) in row.iter().zip(sums.chunks_exact_mut(size)) {
                    for (sum, other) in sums.iter_mut().zip(row) {
                        *sum += f64::from(*value * *other);
                    }
                }
            }
            sums
        })
        .collect();
    let mut sums = vec![0.0; size * size];
    for part in parts {
        sums.iter_mut()
            .zip(part)
            .for_each(|(sum, part)| *sum += part);
    }
    sums.chunks_exact(size).map(<[f64]>::to_vec).collect()
}

/// Makes the columns orthogonal and of length 1; what they don't span is left as zeros.
fn orthonormalise(matrix: &mut Dense) {
    let found = eigen(products(matrix));
    let smallest = found.values[0].max(f64::MIN_POSITIVE) * NOTHING;
    let size = matrix.columns;
    let turn: Vec<Vec<f32>> = (0..size)
        .map(|side| {
            (0..size)
                .map(|at| match found.values[at] {
                    value if value > smallest => (found.vectors[at][side] / value.sqrt()) as f32,
                    _ => 0.0,
                })
                .collect()
        })
        .collect();
    *matrix = turned(matrix, &turn);
}

/// The product of a tall matrix and a small one, given as rows.
fn turned(matrix: &Dense, turn: &[Vec<f32>]) -> Dense {
    let columns = turn.first().map_or(0, Vec::len);
    let mut product = Dense::zeros(matrix.rows(), columns);
    product
        .values
        .par_chunks_exact_mut(columns)
        .enumerate()
        .for_each(|(row, sums)| {
            for (value, line) in matrix.row(row).iter().zip(turn) {
                for (sum, other) in sums.iter_mut().zip(line) {
                    *sum += value * other;
                }
            }
        });
    product
}
