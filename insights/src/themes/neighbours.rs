//! The nearest contributions of each: exact, every pair is compared.
//!
//! Each cosine is a sum taken in one order, with one rounding for each multiplication and each
//! addition: the same on every processor, whatever its widest instructions.

use std::sync::atomic::{AtomicUsize, Ordering};

use fearless_simd::{Level, Simd, SimdBase, dispatch, f32x16};
use rayon::prelude::*;

use super::dense::Dense;

/// Contributions that are compared side by side with one: the widest registers hold as many.
const WIDE: usize = 16;
/// Contributions that are compared at once with those.
const HIGH: usize = 6;
/// Contributions of which one core finds the neighbours, before it takes others.
const TOGETHER: usize = 96;

/// A neighbour, and the cosine with it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Neighbour {
    pub(super) place: u32,
    pub(super) cosine: f32,
}

/// The `count` nearest of each row, nearest first, among rows with a cosine above 0; where two
/// are as near, the first one. Rows have a length of 1, or of 0.
pub(super) fn nearest(
    matrix: &Dense,
    count: usize,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Vec<Vec<Neighbour>> {
    let rows = matrix.rows();
    let panels = panels(matrix);
    let level = Level::new();
    let done = AtomicUsize::new(0);
    let blocks: Vec<usize> = (0..rows).step_by(TOGETHER).collect();
    let found: Vec<Vec<Vec<Neighbour>>> = blocks
        .into_par_iter()
        .map(|begin| {
            let block = begin..(begin + TOGETHER).min(rows);
            let mut best = vec![Best::of(count); block.len()];
            dispatch!(level, simd => search(simd, matrix, &panels, block.start, &mut best));
            let before = done.fetch_add(block.len(), Ordering::Relaxed);
            progress(before + block.len(), rows);
            best.into_iter().map(|best| best.found).collect()
        })
        .collect();
    found.into_iter().flatten().collect()
}

/// The rows by sixteen, dimension after dimension; the last are filled up with zeros.
fn panels(matrix: &Dense) -> Vec<[f32; WIDE]> {
    let depth = matrix.columns;
    let rows = matrix.rows();
    let mut panels = vec![[0.0; WIDE]; rows.div_ceil(WIDE) * depth];
    for row in 0..rows {
        let panel = &mut panels[row / WIDE * depth..][..depth];
        for (lanes, value) in panel.iter_mut().zip(matrix.row(row)) {
            lanes[row % WIDE] = *value;
        }
    }
    panels
}

/// The nearest of some rows so far.
#[derive(Debug, Clone)]
struct Best {
    found: Vec<Neighbour>,
    count: usize,
    /// What a cosine must be above.
    least: f32,
}

impl Best {
    fn of(count: usize) -> Self {
        Self {
            found: Vec::with_capacity(count + 1),
            count,
            least: 0.0,
        }
    }

    /// Rows are offered in order, so that the first of two that are as near stays.
    fn offer(&mut self, neighbour: Neighbour) {
        if self.count == 0 {
            return;
        }
        let at = self
            .found
            .partition_point(|known| known.cosine >= neighbour.cosine);
        self.found.insert(at, neighbour);
        self.found.truncate(self.count);
        if let [.., last] = self.found.as_slice()
            && self.found.len() == self.count
        {
            self.least = last.cosine;
        }
    }
}

#[inline(always)]
fn search<S: Simd>(
    simd: S,
    matrix: &Dense,
    panels: &[[f32; WIDE]],
    begin: usize,
    best: &mut [Best],
) {
    let depth = matrix.columns;
    if depth == 0 {
        return;
    }
    // What is read together lies together: six rows, dimension after dimension.
    let mut packed = vec![[0.0_f32; HIGH]; best.len().div_ceil(HIGH) * depth];
    for at in 0..best.len() {
        let packed = &mut packed[at / HIGH * depth..][..depth];
        for (high, value) in packed.iter_mut().zip(matrix.row(begin + at)) {
            high[at % HIGH] = *value;
        }
    }
    for (first, panel) in (0..).step_by(WIDE).zip(panels.chunks_exact(depth)) {
        let groups = packed.chunks_exact(depth).zip(best.chunks_mut(HIGH));
        for (group, (packed, best)) in groups.enumerate() {
            let mut cosines = [[0.0_f32; WIDE]; HIGH];
            simd.vectorize(
                #[inline(always)]
                || compare(simd, packed, panel, &mut cosines),
            );
            for (high, (best, cosines)) in best.iter_mut().zip(&cosines).enumerate() {
                let largest = cosines
                    .iter()
                    .fold(f32::MIN, |a, b| if *b > a { *b } else { a });
                if largest <= best.least {
                    continue;
                }
                let row = begin + group * HIGH + high;
                for (lane, cosine) in cosines.iter().enumerate() {
                    let place = first + lane;
                    if *cosine > best.least && place != row {
                        best.offer(Neighbour {
                            place: u32::try_from(place).expect("fewer rows than 2³²"),
                            cosine: *cosine,
                        });
                    }
                }
            }
        }
    }
}

#[inline(always)]
fn compare<S: Simd>(
    simd: S,
    packed: &[[f32; HIGH]],
    panel: &[[f32; WIDE]],
    cosines: &mut [[f32; WIDE]; HIGH],
) {
    let mut sums = [f32x16::splat(simd, 0.0); HIGH];
    for (values, others) in packed.iter().zip(panel) {
        let others = f32x16::from_slice(simd, others);
        for (sum, value) in sums.iter_mut().zip(values) {
            *sum += others * *value;
        }
    }
    for (sum, cosines) in sums.iter().zip(cosines) {
        sum.store_slice(cosines);
    }
}
