//! A theme for each contribution: communities of the graph of neighbours, as many as are wanted.

use super::dense::{Dense, dot, normalise};
use super::graph::Graph;
use super::leiden::{self, Communities, Search};
use super::settings::{Recipe, Wanted};

/// Resolutions between which that which gives a number of themes is looked for.
const COARSEST: f64 = 0.02;
const FINEST: f64 = 64.0;
/// Halvings of what is between, while it is looked for.
const HALVINGS: usize = 12;

/// What contributions are divided by.
pub(super) struct Ground<'a> {
    /// Which are near which.
    pub(super) graph: &'a Graph,
    /// Where they are, each at a distance of 1 or 0 of the origin.
    pub(super) points: &'a Dense,
    /// How many wrote each.
    pub(super) written: &'a [usize],
    /// The recipe.
    pub(super) recipe: &'a Recipe,
}

/// Contributions divided.
#[derive(Debug, Clone)]
pub(super) struct Division {
    /// The theme of each, numbered from 0 in order of their first; none for what is near nothing.
    pub(super) themes: Vec<Option<u32>>,
    /// The resolution at which they were found.
    pub(super) resolution: f64,
}

impl Ground<'_> {
    /// Divides contributions in as many themes as are wanted, or fewer where there are not as many.
    pub(super) fn divide(&self, wanted: Wanted) -> Division {
        match wanted {
            Wanted::Grain(grain) => self.at(self.recipe.resolution(grain), None),
            Wanted::Themes(count) => self.at(self.resolution_for(count), Some(count)),
        }
    }

    /// Divides at a resolution, then joins the closest themes until there are not more than
    /// `most`.
    pub(super) fn at(&self, resolution: f64, most: Option<usize>) -> Division {
        let found = self.best(resolution);
        let mut themes = self.without_small(&found);
        if let Some(most) = most {
            join_closest(self.points, &mut themes, most.max(1));
        }
        self.attach(&mut themes);
        renumber(&mut themes);
        for _ in 0..self.recipe.rounds {
            themes = self.settled(&themes);
            renumber(&mut themes);
        }
        Division { themes, resolution }
    }

    /// Each contribution in the theme that its neighbours and the centres together say: a
    /// community is cut where the graph is thin, and those at its edge may be nearer to another
    /// (relaxation labelling: Rosenfeld, Hummel and Zucker 1976).
    fn settled(&self, themes: &[Option<u32>]) -> Vec<Option<u32>> {
        let centres = Centres::of(self.points, themes);
        let count = centres.centres.rows();
        let settle = |row: usize| {
            let mut support = vec![0.0_f64; count];
            for (other, weight) in self.graph.edges(row as u32) {
                if let Some(theme) = themes[*other as usize] {
                    support[theme as usize] += weight;
                }
            }
            let all = support.iter().sum::<f64>().max(f64::MIN_POSITIVE);
            let said = |theme: usize| {
                let near = dot(self.points.row(row), centres.centres.row(theme));
                f64::from(near) + f64::from(self.recipe.support) * support[theme] / all
            };
            let themes = (0..count).map(|theme| (theme as u32, said(theme)));
            themes.reduce(|best, next| if next.1 > best.1 { next } else { best })
        };
        let rows = themes.iter().enumerate();
        rows.map(|(row, theme)| theme.and_then(|_| settle(row)).map(|(theme, _)| theme))
            .collect()
    }

    /// The best communities of several searches.
    fn best(&self, resolution: f64) -> Communities {
        let found = (0..self.recipe.starts.max(1)).map(|seed| {
            let search = Search {
                resolution,
                seed: seed as u64,
                turns: self.recipe.turns,
            };
            let found = leiden::communities(self.graph, search);
            (leiden::quality(self.graph, &found, resolution), found)
        });
        found
            .reduce(|best, next| if next.0 > best.0 { next } else { best })
            .map(|(_, found)| found)
            .unwrap_or_default()
    }

    fn resolution_for(&self, count: usize) -> f64 {
        let wanted = self.recipe.looked_for(count);
        let (mut coarse, mut fine) = (COARSEST, FINEST);
        let mut best: Option<(usize, f64)> = None;
        for _ in 0..HALVINGS {
            let resolution = (coarse * fine).sqrt();
            let search = Search {
                resolution,
                seed: 0,
                turns: 1,
            };
            let found = leiden::communities(self.graph, search);
            let themes = self.without_small(&found);
            let mut kept: Vec<u32> = themes.into_iter().flatten().collect();
            kept.sort_unstable();
            kept.dedup();
            let off = kept.len().abs_diff(wanted) * 2 + usize::from(kept.len() < wanted);
            if best.is_none_or(|(least, _)| off < least) {
                best = Some((off, resolution));
            }
            match kept.len().cmp(&wanted) {
                std::cmp::Ordering::Equal => break,
                std::cmp::Ordering::Less => coarse = resolution,
                std::cmp::Ordering::Greater => fine = resolution,
            }
        }
        best.map_or(1.0, |(_, resolution)| resolution)
    }

    /// The communities that are large enough to be themes.
    fn without_small(&self, found: &[u32]) -> Vec<Option<u32>> {
        let mut sizes = vec![0_usize; leiden::count(found)];
        for (community, written) in found.iter().zip(self.written) {
            sizes[*community as usize] += written;
        }
        let smallest = self.smallest();
        found
            .iter()
            .map(|community| (sizes[*community as usize] >= smallest).then_some(*community))
            .collect()
    }

    /// How many contributions a theme has at least.
    pub(super) fn smallest(&self) -> usize {
        self.recipe.smallest(self.written.iter().sum())
    }

    /// Gives those that have no theme that of which the centre is nearest, where one is near.
    fn attach(&self, themes: &mut [Option<u32>]) {
        let centres = Centres::of(self.points, themes);
        for (row, theme) in themes.iter_mut().enumerate() {
            if theme.is_none() {
                *theme = centres
                    .nearest(self.points.row(row))
                    .filter(|(_, cosine)| *cosine >= self.recipe.isolated)
                    .map(|(theme, _)| theme);
            }
        }
    }
}

/// The centre of each theme.
pub(super) struct Centres {
    pub(super) centres: Dense,
}

impl Centres {
    pub(super) fn of(points: &Dense, themes: &[Option<u32>]) -> Self {
        let count = themes
            .iter()
            .flatten()
            .max()
            .map_or(0, |last| *last as usize + 1);
        let mut sums = vec![0.0_f64; count * points.columns];
        for (row, theme) in themes.iter().enumerate() {
            if let Some(theme) = theme {
                let sum = &mut sums[*theme as usize * points.columns..][..points.columns];
                for (sum, value) in sum.iter_mut().zip(points.row(row)) {
                    *sum += f64::from(*value);
                }
            }
        }
        let mut centres = Dense::zeros(count, points.columns);
        for (centre, sum) in centres.values.iter_mut().zip(sums) {
            *centre = sum as f32;
        }
        if points.columns > 0 {
            centres
                .values
                .chunks_exact_mut(points.columns)
                .for_each(normalise);
        }
        Self { centres }
    }

    /// The theme of which the centre is nearest, and the cosine with it.
    pub(super) fn nearest(&self, point: &[f32]) -> Option<(u32, f32)> {
        let all = (0..).zip(0..self.centres.rows());
        all.map(|(theme, row)| (theme, dot(point, self.centres.row(row))))
            .reduce(|best, next| if next.1 > best.1 { next } else { best })
    }
}

/// Joins the two themes of which the contributions are nearest on average, again and again, until
/// there are not more than `most`.
fn join_closest(points: &Dense, themes: &mut [Option<u32>], most: usize) {
    renumber(themes);
    let count = themes
        .iter()
        .flatten()
        .max()
        .map_or(0, |last| *last as usize + 1);
    let mut means = Dense::zeros(count, points.columns);
    let mut sizes = vec![0.0_f32; count];
    for (row, theme) in themes.iter().enumerate() {
        if let Some(theme) = theme {
            sizes[*theme as usize] += 1.0;
            let mean = means.row_mut(*theme as usize);
            mean.iter_mut()
                .zip(points.row(row))
                .for_each(|(sum, value)| *sum += value);
        }
    }
    for (theme, size) in sizes.iter().enumerate() {
        means.row_mut(theme).iter_mut().for_each(|sum| *sum /= size);
    }
    let mut into: Vec<usize> = (0..count).collect();
    let mut left: Vec<usize> = (0..count).collect();
    while left.len() > most {
        let mut closest = (f32::MIN, 0, 0);
        for (at, a) in left.iter().enumerate() {
            for b in &left[at + 1..] {
                let near = dot(means.row(*a), means.row(*b));
                if near > closest.0 {
                    closest = (near, *a, *b);
                }
            }
        }
        let (_, a, b) = closest;
        let whole = sizes[a] + sizes[b];
        let other = means.row(b).to_vec();
        let (of_a, of_b) = (sizes[a] / whole, sizes[b] / whole);
        for (mean, other) in means.row_mut(a).iter_mut().zip(other) {
            *mean = *mean * of_a + other * of_b;
        }
        sizes[a] = whole;
        left.retain(|theme| *theme != b);
        into.iter_mut()
            .filter(|theme| **theme == b)
            .for_each(|theme| *theme = a);
    }
    for theme in themes.iter_mut().flatten() {
        *theme = u32::try_from(into[*theme as usize]).expect("fewer themes than 2³²");
    }
}

/// Numbers themes from 0, without holes, in order of their first contribution.
pub(super) fn renumber(themes: &mut [Option<u32>]) {
    let mut numbers = std::collections::HashMap::new();
    for theme in themes.iter_mut().flatten() {
        let next = u32::try_from(numbers.len()).expect("fewer themes than 2³²");
        *theme = *numbers.entry(*theme).or_insert(next);
    }
}
