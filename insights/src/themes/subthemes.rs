//! Themes within a theme: the same search, among its contributions alone.

use super::dense::Dense;
use super::partition::Ground;
use super::settings::Recipe;

/// A sub-theme has this share of its theme at least, and so many contributions.
const SHARE: f32 = 0.08;
const SMALLEST: usize = 5;
/// What is looked for within a theme is as fine as what comes out of a whole campaign.
const RESOLUTION: f64 = 1.0;

/// The sub-theme of each of a theme's rows, the largest being 0; none for any where the theme is
/// one whole, or small.
fn divide(ground: &Ground<'_>, rows: &[usize]) -> Vec<Option<u32>> {
    if rows.len() < ground.recipe.divided_from {
        return vec![None; rows.len()];
    }
    let nodes: Vec<u32> = rows
        .iter()
        .map(|row| u32::try_from(*row).expect("fewer rows than 2³²"))
        .collect();
    let graph = ground.graph.part(&nodes);
    let mut points = Dense::zeros(rows.len(), ground.points.columns);
    for (to, from) in rows.iter().enumerate() {
        points.row_mut(to).copy_from_slice(ground.points.row(*from));
    }
    let written: Vec<usize> = rows.iter().map(|row| ground.written[*row]).collect();
    let recipe = Recipe {
        smallest: SMALLEST,
        smallest_share: SHARE,
        // What is near no sub-theme stays in the theme alone.
        isolated: 1.0,
        ..ground.recipe.clone()
    };
    let within = Ground {
        graph: &graph,
        points: &points,
        written: &written,
        recipe: &recipe,
    };
    let mut found = within.at(RESOLUTION, None).themes;
    if by_size(&mut found) < 2 {
        found.fill(None);
    }
    found
}

/// The sub-theme of each row, within its theme.
pub(super) fn of_each(ground: &Ground<'_>, themes: &[Option<u32>]) -> Vec<Option<u32>> {
    let count = themes
        .iter()
        .flatten()
        .max()
        .map_or(0, |last| *last as usize + 1);
    let mut rows: Vec<Vec<usize>> = vec![Vec::new(); count];
    for (row, theme) in themes.iter().enumerate() {
        if let Some(theme) = theme {
            rows[*theme as usize].push(row);
        }
    }
    let mut found = vec![None; themes.len()];
    for rows in rows {
        for (row, subtheme) in rows.iter().zip(divide(ground, &rows)) {
            found[*row] = subtheme;
        }
    }
    found
}

/// Numbers themes by size, the largest first, those that are as large in order of their first
/// row; how many there are.
pub(super) fn by_size(themes: &mut [Option<u32>]) -> usize {
    let count = themes
        .iter()
        .flatten()
        .max()
        .map_or(0, |last| *last as usize + 1);
    let mut sizes = vec![0_usize; count];
    themes
        .iter()
        .flatten()
        .for_each(|theme| sizes[*theme as usize] += 1);
    let mut order: Vec<usize> = (0..count).filter(|theme| sizes[*theme] > 0).collect();
    order.sort_by_key(|theme| std::cmp::Reverse(sizes[*theme]));
    let mut ranks = vec![0; count];
    for (rank, theme) in (0..).zip(&order) {
        ranks[*theme] = rank;
    }
    for theme in themes.iter_mut().flatten() {
        *theme = ranks[*theme as usize];
    }
    order.len()
}
