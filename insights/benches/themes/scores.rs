//! How well a division of contributions matches that of people.

use std::collections::{BTreeMap, BTreeSet};

/// Which pairs of a label and a theme come how often, and each label and theme.
struct Counts<'a> {
    pairs: BTreeMap<(&'a str, &'a str), f64>,
    gold: BTreeMap<&'a str, f64>,
    found: BTreeMap<&'a str, f64>,
    all: f64,
}

impl<'a> Counts<'a> {
    fn of(gold: &[&'a str], found: &[&'a str]) -> Self {
        let mut counts = Self {
            pairs: BTreeMap::new(),
            gold: BTreeMap::new(),
            found: BTreeMap::new(),
            all: gold.len() as f64,
        };
        for (label, theme) in gold.iter().zip(found) {
            *counts.pairs.entry((label, theme)).or_default() += 1.0;
            *counts.gold.entry(label).or_default() += 1.0;
            *counts.found.entry(theme).or_default() += 1.0;
        }
        counts
    }
}

/// The adjusted Rand index (L. Hubert and P. Arabie, 1985).
pub(crate) fn adjusted_rand(gold: &[&str], found: &[&str]) -> f64 {
    let counts = Counts::of(gold, found);
    let pairs = |count: f64| count * (count - 1.0) / 2.0;
    let both: f64 = counts.pairs.values().map(|count| pairs(*count)).sum();
    let of_gold: f64 = counts.gold.values().map(|count| pairs(*count)).sum();
    let of_found: f64 = counts.found.values().map(|count| pairs(*count)).sum();
    let expected = of_gold * of_found / pairs(counts.all);
    (both - expected) / (f64::midpoint(of_gold, of_found) - expected)
}

/// Mutual information, over the mean of the two entropies.
pub(crate) fn normalised_information(gold: &[&str], found: &[&str]) -> f64 {
    let counts = Counts::of(gold, found);
    let all = counts.all;
    let mutual: f64 = counts
        .pairs
        .iter()
        .map(|((label, theme), count)| {
            let expected = counts.gold[label] * counts.found[theme] / all;
            count / all * (count / expected).ln()
        })
        .sum();
    let entropy = |counts: &BTreeMap<&str, f64>| -> f64 {
        counts
            .values()
            .map(|count| -count / all * (count / all).ln())
            .sum()
    };
    mutual / f64::midpoint(entropy(&counts.gold), entropy(&counts.found))
}

/// The mean F1 of the labels, each matched with one theme so that the sum is the largest.
pub(crate) fn matched_f1(gold: &[&str], found: &[&str]) -> f64 {
    let counts = Counts::of(gold, found);
    let labels: BTreeSet<&str> = gold.iter().copied().collect();
    let themes: BTreeSet<&str> = found.iter().copied().collect();
    let size = labels.len().max(themes.len());
    let mut costs = vec![vec![0.0; size]; size];
    for (row, label) in labels.iter().enumerate() {
        for (column, theme) in themes.iter().enumerate() {
            let both = counts
                .pairs
                .get(&(*label, *theme))
                .copied()
                .unwrap_or_default();
            costs[row][column] = -2.0 * both / (counts.gold[label] + counts.found[theme]);
        }
    }
    let matched = cheapest(&costs);
    let sum: f64 = matched
        .iter()
        .enumerate()
        .map(|(row, column)| -costs[row][*column])
        .sum();
    sum / labels.len() as f64
}

/// The column of each row so that the sum is the smallest (H. W. Kuhn's Hungarian method, 1955).
fn cheapest(costs: &[Vec<f64>]) -> Vec<usize> {
    let size = costs.len();
    let (mut of_rows, mut of_columns) = (vec![0.0; size + 1], vec![0.0; size + 1]);
    // Rows and columns are numbered from 1; 0 is none.
    let mut row_of = vec![0; size + 1];
    for row in 1..=size {
        row_of[0] = row;
        let mut column = 0;
        let mut least = vec![f64::INFINITY; size + 1];
        let mut before = vec![0; size + 1];
        let mut seen = vec![false; size + 1];
        while row_of[column] != 0 {
            seen[column] = true;
            let at = row_of[column];
            let (mut step, mut next) = (f64::INFINITY, 0);
            for other in (1..=size).filter(|other| !seen[*other]) {
                let cost = costs[at - 1][other - 1] - of_rows[at] - of_columns[other];
                if cost < least[other] {
                    (least[other], before[other]) = (cost, column);
                }
                if least[other] < step {
                    (step, next) = (least[other], other);
                }
            }
            for other in 0..=size {
                if seen[other] {
                    of_rows[row_of[other]] += step;
                    of_columns[other] -= step;
                } else {
                    least[other] -= step;
                }
            }
            column = next;
        }
        while column != 0 {
            row_of[column] = row_of[before[column]];
            column = before[column];
        }
    }
    let mut columns = vec![0; size];
    for column in 1..=size {
        columns[row_of[column] - 1] = column - 1;
    }
    columns
}
