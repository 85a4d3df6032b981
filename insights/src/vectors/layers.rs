//! The layers that the network is made of.

use fearless_simd::Level;

use super::product::Weights;

/// Numbers that a convolution makes.
pub(super) const BRANCH: usize = 256;
/// Rows of zeros between texts: as far as a window looks past the end.
pub(super) const GAP: usize = 2;
/// Numbers that are summed side by side.
const LANES: usize = 16;

/// What brings a row to scale: each number times the first, plus the second.
pub(super) struct Scale {
    pub(super) times: Vec<f32>,
    pub(super) plus: Vec<f32>,
}

/// A pair of convolutions.
pub(super) struct Branch {
    pub(super) wide: usize,
    pub(super) before: usize,
    /// Of the first, the weights of each place of its window beside each other.
    pub(super) first: Weights,
    pub(super) first_bias: Vec<f32>,
    pub(super) second: Weights,
    pub(super) second_bias: Vec<f32>,
}

impl Branch {
    /// Adds the rows of the first layer for one stretch: what it makes of each piece and of those
    /// around it, added to the piece's own. Of a beginning, what is the piece's own starts at one
    /// place, and the products of this branch at another.
    pub(super) fn first(
        &self,
        beginnings: &[&[f32]],
        own: usize,
        products: usize,
        made: &mut Vec<f32>,
    ) {
        for place in 0..beginnings.len() {
            let mut row = [0.0; BRANCH];
            for (window, product) in (0..self.wide).zip((products..).step_by(BRANCH)) {
                let other = (place + window).checked_sub(self.before);
                if let Some(other) = other.and_then(|other| beginnings.get(other)) {
                    add(&mut row, &other[product..][..BRANCH]);
                }
            }
            finish(
                &mut row,
                &self.first_bias,
                &beginnings[place][own..][..BRANCH],
            );
            made.extend(row);
        }
    }

    /// The rows of the second layer, from those of the first, which stand at these places with
    /// zeros between texts.
    pub(super) fn second(&self, level: Level, rows: &[f32], places: &[usize]) -> Vec<f32> {
        let last = places.last().map_or(0, |place| place + 1);
        let mut spaced = vec![0.0; (last + GAP) * BRANCH];
        for (place, row) in places.iter().zip(rows.chunks_exact(BRANCH)) {
            spaced[place * BRANCH..][..BRANCH].copy_from_slice(row);
        }
        let starts: Vec<usize> = places
            .iter()
            .map(|place| (place - self.before) * BRANCH)
            .collect();
        let mut made = self.second.times(level, &spaced, &starts);
        for (made, row) in made.chunks_exact_mut(BRANCH).zip(rows.chunks_exact(BRANCH)) {
            finish(made, &self.second_bias, row);
        }
        made
    }
}

/// The end of a layer: its bias, what is negative left out, and what came in added.
fn finish(row: &mut [f32], bias: &[f32], came_in: &[f32]) {
    for ((number, bias), came_in) in row.iter_mut().zip(bias).zip(came_in) {
        *number = (*number + bias).max(0.0) + came_in;
    }
}

impl Scale {
    /// Brings a row to a mean of 0 and a variance of 1, then to this scale.
    pub(super) fn bring(&self, row: &mut [f32], epsilon: f32) {
        let count = row.len() as f32;
        let mean = sum(row.iter().copied()) / count;
        let variance = sum(row.iter().map(|number| (number - mean) * (number - mean))) / count;
        let by = (variance + epsilon).sqrt().recip();
        for ((number, times), plus) in row.iter_mut().zip(&self.times).zip(&self.plus) {
            *number = (*number - mean) * by * times + plus;
        }
    }
}

pub(super) fn add(to: &mut [f32], numbers: &[f32]) {
    to.iter_mut()
        .zip(numbers)
        .for_each(|(to, number)| *to += number);
}

pub(super) fn positive(mut numbers: Vec<f32>) -> Vec<f32> {
    numbers
        .iter_mut()
        .for_each(|number| *number = number.max(0.0));
    numbers
}

/// A sum, sixteen numbers side by side, always in the same order.
pub(super) fn sum(numbers: impl Iterator<Item = f32>) -> f32 {
    let mut lanes = [0.0_f32; LANES];
    for (place, number) in numbers.enumerate() {
        lanes[place % LANES] += number;
    }
    lanes.iter().sum()
}
