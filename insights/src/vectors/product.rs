//! Products of matrices, where nearly all of the time goes.
//!
//! Each number of a product is a sum of products taken in one order, one rounding for each
//! multiplication and one for each addition, whichever instructions carry them out: processors
//! differ in speed, never in a bit of the result. (A fused multiplication and addition, which
//! some have, rounds once.)

use fearless_simd::{Level, Simd, SimdBase, dispatch, f32x16};

/// Columns that are summed side by side: the widest registers hold as many floats.
const WIDE: usize = 16;
/// Rows that are summed side by side: with them, sums fill the registers of most processors.
const HIGH: usize = 6;
/// How far sums go at once: a block of weights (16 KB) then stays in the nearest cache.
const DEEP: usize = 256;

/// A matrix of weights, laid out to be read in the order in which it is needed.
pub(super) struct Weights {
    /// For each 16 columns, row after row.
    panels: Vec<f32>,
    inputs: usize,
    outputs: usize,
}

impl Weights {
    /// Weights of so many inputs and outputs, from one row for each input.
    pub(super) fn of(rows: &[f32], inputs: usize, outputs: usize) -> Self {
        assert_eq!(rows.len(), inputs * outputs, "a whole matrix");
        assert_eq!(outputs % WIDE, 0, "columns that fill registers");
        let columns = (0..outputs).step_by(WIDE);
        let panels = columns
            .flat_map(|column| {
                rows.chunks_exact(outputs)
                    .map(move |row| &row[column..][..WIDE])
            })
            .flatten()
            .copied()
            .collect();
        Self {
            panels,
            inputs,
            outputs,
        }
    }

    /// Weights with the outputs of these after their own.
    pub(super) fn beside(mut self, other: Self) -> Self {
        assert_eq!(self.inputs, other.inputs, "the same inputs");
        self.panels.extend(other.panels);
        self.outputs += other.outputs;
        self
    }

    /// The products of rows of inputs, row by row. A row is as long as there are inputs, from
    /// each of these places on: rows may overlap.
    pub(super) fn times(&self, level: Level, from: &[f32], starts: &[usize]) -> Vec<f32> {
        let mut out = vec![0.0; starts.len() * self.outputs];
        dispatch!(level, simd => self.add(simd, from, starts, &mut out));
        out
    }

    #[inline(always)]
    fn add<S: Simd>(&self, simd: S, from: &[f32], starts: &[usize], out: &mut [f32]) {
        let mut packed = vec![[0.0; HIGH]; starts.len().div_ceil(HIGH) * DEEP];
        for begin in (0..self.inputs).step_by(DEEP) {
            let depth = DEEP.min(self.inputs - begin);
            pack(from, starts, begin, depth, &mut packed);
            let panels = self.panels.chunks_exact(self.inputs * WIDE);
            for (column, panel) in (0..).step_by(WIDE).zip(panels) {
                let (panel, _) = panel[begin * WIDE..][..depth * WIDE].as_chunks::<WIDE>();
                let rows = out.chunks_mut(HIGH * self.outputs);
                for (rows, packed) in rows.zip(packed.chunks_exact(depth)) {
                    simd.vectorize(
                        #[inline(always)]
                        || tile(simd, packed, panel, rows, self.outputs, column),
                    );
                }
            }
        }
    }
}

/// Rows, from one input on and so many deep, by six: what is read together lies together. The
/// last six are filled up with zeros.
fn pack(from: &[f32], starts: &[usize], begin: usize, depth: usize, packed: &mut [[f32; HIGH]]) {
    for (starts, packed) in starts.chunks(HIGH).zip(packed.chunks_exact_mut(depth)) {
        for high in 0..HIGH {
            match starts.get(high) {
                Some(start) => {
                    let row = &from[start + begin..][..depth];
                    for (packed, value) in packed.iter_mut().zip(row) {
                        packed[high] = *value;
                    }
                }
                None => packed.iter_mut().for_each(|packed| packed[high] = 0.0),
            }
        }
    }
}

/// Adds to sixteen columns of at most six rows.
#[inline(always)]
fn tile<S: Simd>(
    simd: S,
    packed: &[[f32; HIGH]],
    panel: &[[f32; WIDE]],
    rows: &mut [f32],
    outputs: usize,
    column: usize,
) {
    let mut sums = [f32x16::splat(simd, 0.0); HIGH];
    for (sum, row) in sums.iter_mut().zip(rows.chunks_exact(outputs)) {
        *sum = f32x16::from_slice(simd, &row[column..][..WIDE]);
    }
    for (values, weights) in packed.iter().zip(panel) {
        let weights = f32x16::from_slice(simd, weights);
        for high in 0..HIGH {
            sums[high] += weights * values[high];
        }
    }
    for (sum, row) in sums.iter().zip(rows.chunks_exact_mut(outputs)) {
        sum.store_slice(&mut row[column..][..WIDE]);
    }
}
