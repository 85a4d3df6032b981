//! How firmly each contribution is in its theme: in it, between two, or near nothing.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::dense::dot;
use super::partition::{Centres, Division, Ground};

/// Where a contribution stands.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Place {
    /// In a theme.
    In(u32),
    /// Between two: its neighbours are in the one hardly more than in the other, and its centre
    /// is the other's.
    Between(u32, u32),
    /// Near nothing.
    Alone,
}

impl Place {
    pub(super) fn theme(self) -> Option<u32> {
        match self {
            Self::In(theme) => Some(theme),
            Self::Between(..) | Self::Alone => None,
        }
    }
}

/// Where each contribution stands, in themes as they were divided.
pub(super) fn places(ground: &Ground<'_>, division: &Division) -> Vec<Place> {
    let centres = Centres::of(ground.points, &division.themes);
    let each = (0_u32..).zip(&division.themes);
    let mut places: Vec<Place> = each
        .map(|(node, theme)| match theme {
            Some(theme) => place(ground, division, &centres, node, *theme),
            None => Place::Alone,
        })
        .collect();
    // A theme that would be left with nothing keeps what it was made of.
    let firm: BTreeSet<u32> = places.iter().filter_map(|place| place.theme()).collect();
    for (place, theme) in places.iter_mut().zip(&division.themes) {
        if let Some(theme) = theme
            && !firm.contains(theme)
        {
            *place = Place::In(*theme);
        }
    }
    places
}

/// Numbers themes anew by what is in them, the largest first: each row counts as often as it was
/// written.
pub(super) fn rank(division: &mut Division, places: &mut [Place], written: &[usize]) {
    let mut sizes: BTreeMap<u32, usize> = BTreeMap::new();
    for (place, written) in places.iter().zip(written) {
        if let Some(theme) = place.theme() {
            *sizes.entry(theme).or_default() += written;
        }
    }
    let mut order: Vec<(u32, usize)> = sizes.into_iter().collect();
    order.sort_by_key(|(theme, size)| (Reverse(*size), *theme));
    let ranks: BTreeMap<u32, u32> = order.into_iter().map(|(theme, _)| theme).zip(0..).collect();
    division
        .themes
        .iter_mut()
        .flatten()
        .for_each(|theme| *theme = ranks[theme]);
    for place in places {
        *place = match *place {
            Place::In(theme) => Place::In(ranks[&theme]),
            Place::Between(a, b) => Place::Between(ranks[&a], ranks[&b]),
            Place::Alone => Place::Alone,
        };
    }
}

fn place(
    ground: &Ground<'_>,
    division: &Division,
    centres: &Centres,
    node: u32,
    theme: u32,
) -> Place {
    let point = ground.points.row(node as usize);
    let Some((nearest, cosine)) = centres.nearest(point) else {
        return Place::Alone;
    };
    // What enough people wrote in the same words is a theme, even where no word of it tells more.
    if cosine < ground.recipe.isolated && ground.written[node as usize] < ground.smallest() {
        return Place::Alone;
    }
    if nearest == theme || cosine < ground.recipe.isolated {
        return Place::In(theme);
    }
    let (mut here, mut there, mut all) = (0.0, 0.0, 0.0);
    for (other, weight) in ground.graph.edges(node) {
        all += weight;
        match division.themes[*other as usize] {
            Some(of) if of == theme => here += weight,
            Some(of) if of == nearest => there += weight,
            _ => {}
        }
    }
    let margin = f64::from(ground.recipe.undecided) * all;
    if here - there < margin {
        Place::Between(theme, nearest)
    } else {
        Place::In(theme)
    }
}

/// The cosine of a contribution with the centre of a theme.
pub(super) fn closeness(ground: &Ground<'_>, centres: &Centres, row: usize, theme: u32) -> f32 {
    dot(ground.points.row(row), centres.centres.row(theme as usize))
}
