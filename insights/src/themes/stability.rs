//! How surely a theme comes back when a part of the contributions is missing.
//!
//! Parts drawn at random are divided again in the same way; a theme is as stable as the best match
//! that it finds there, on average (Jaccard's index; C. Hennig, "Cluster-wise assessment of cluster
//! stability", Computational Statistics & Data Analysis 52, 2007: from 0.75 on stable, below 0.5
//! dissolved).

use std::collections::HashMap;

use rayon::prelude::*;

use super::dense::Dense;
use super::partition::{Division, Ground};
use super::random::Random;
use super::settings::Recipe;

/// From so many contributions on, fewer parts are enough.
const MANY: usize = 20_000;
const OF_MANY: usize = 3;

/// The stability of each theme, from 0 to 1, and the mean adjusted Rand index of the parts with
/// the whole (L. Hubert and P. Arabie, "Comparing partitions", 1985).
pub(super) struct Stability {
    pub(super) themes: Vec<f32>,
    pub(super) whole: f32,
}

/// Divides parts of the contributions again, and looks for the themes of the whole.
pub(super) fn stability(
    ground: &Ground<'_>,
    division: &Division,
    most: Option<usize>,
) -> Stability {
    let count = division
        .themes
        .iter()
        .flatten()
        .max()
        .map_or(0, |last| *last as usize + 1);
    let rows = ground.points.rows();
    let samples = if rows < MANY {
        ground.recipe.samples
    } else {
        ground.recipe.samples.min(OF_MANY)
    };
    let found: Vec<(Vec<f32>, f64)> = (0..samples)
        .into_par_iter()
        .map(|sample| {
            let part = draw(rows, ground.recipe.sample, sample as u64);
            let again = divide(ground, &part, division.resolution, most);
            let before: Vec<Option<u32>> = part
                .iter()
                .map(|row| division.themes[*row as usize])
                .collect();
            (
                matches(&before, &again, count),
                adjusted_rand(&before, &again),
            )
        })
        .collect();
    let runs = found.len().max(1) as f32;
    let themes = (0..count)
        .map(|theme| found.iter().map(|(matches, _)| matches[theme]).sum::<f32>() / runs)
        .collect();
    let whole = found.iter().map(|(_, index)| index).sum::<f64>() / f64::from(runs);
    Stability {
        themes,
        whole: whole as f32,
    }
}

/// A part of the rows, in order.
fn draw(rows: usize, share: f32, seed: u64) -> Vec<u32> {
    let mut all: Vec<u32> = (0..).take(rows).collect();
    Random::of(seed + 1_000).shuffle(&mut all);
    all.truncate((rows as f32 * share).ceil() as usize);
    all.sort_unstable();
    all
}

fn divide(
    ground: &Ground<'_>,
    part: &[u32],
    resolution: f64,
    most: Option<usize>,
) -> Vec<Option<u32>> {
    let graph = ground.graph.part(part);
    let mut points = Dense::zeros(part.len(), ground.points.columns);
    for (to, from) in part.iter().enumerate() {
        points
            .row_mut(to)
            .copy_from_slice(ground.points.row(*from as usize));
    }
    let written: Vec<usize> = part
        .iter()
        .map(|row| ground.written[*row as usize])
        .collect();
    let recipe = Recipe {
        starts: 1,
        turns: ground.recipe.turns.min(2),
        ..ground.recipe.clone()
    };
    let ground = Ground {
        graph: &graph,
        points: &points,
        written: &written,
        recipe: &recipe,
    };
    ground.at(resolution, most).themes
}

/// For each theme, the best Jaccard index with a theme of the part.
fn matches(before: &[Option<u32>], again: &[Option<u32>], count: usize) -> Vec<f32> {
    let mut both: HashMap<(u32, u32), usize> = HashMap::new();
    let (mut here, mut there) = (HashMap::new(), HashMap::new());
    for (a, b) in before.iter().zip(again) {
        if let Some(a) = a {
            *here.entry(*a).or_insert(0_usize) += 1;
        }
        if let Some(b) = b {
            *there.entry(*b).or_insert(0_usize) += 1;
        }
        if let (Some(a), Some(b)) = (a, b) {
            *both.entry((*a, *b)).or_default() += 1;
        }
    }
    let mut best = vec![0.0_f32; count];
    for ((a, b), shared) in both {
        let union = here[&a] + there[&b] - shared;
        let best = &mut best[a as usize];
        *best = best.max(shared as f32 / union as f32);
    }
    best
}

/// How much two divisions agree beyond chance: 1 is the same, 0 is chance.
fn adjusted_rand(a: &[Option<u32>], b: &[Option<u32>]) -> f64 {
    let pairs = |counts: Vec<usize>| -> f64 {
        counts
            .iter()
            .map(|count| *count as f64 * (*count as f64 - 1.0) / 2.0)
            .sum()
    };
    let both = pairs(counts(a.iter().zip(b)));
    let (of_a, of_b) = (pairs(counts(a.iter())), pairs(counts(b.iter())));
    let all = pairs(vec![a.len()]);
    let expected = of_a * of_b / all.max(1.0);
    let most = f64::midpoint(of_a, of_b);
    if (most - expected).abs() < f64::EPSILON {
        1.0
    } else {
        (both - expected) / (most - expected)
    }
}

/// How many times each item comes; all are whole numbers, so that their order doesn't matter.
fn counts<T: std::hash::Hash + Eq>(items: impl Iterator<Item = T>) -> Vec<usize> {
    let mut counts = HashMap::new();
    for item in items {
        *counts.entry(item).or_insert(0_usize) += 1;
    }
    let mut counts: Vec<usize> = counts.into_values().collect();
    counts.sort_unstable();
    counts
}
