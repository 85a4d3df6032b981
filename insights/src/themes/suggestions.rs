//! What else may be in a theme, once a person moved some contributions to it: those that are
//! nearer to the middle of these than to that of where they are (J. J. Rocchio's relevance
//! feedback, 1971). A suggestion stays one until a person confirms it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::analysis::round;
use super::dense::dot;
use super::journal::{Decision, Journal, Key};
use super::partition::Centres;
use super::review::{By, Review};
use super::{Contribution, Prepared, Recipe, Refused, Vectors};

/// From how many examples on others are suggested.
pub const EXAMPLES: usize = 3;
/// How much nearer to the examples a contribution must be than to where it is.
const NEARER: f32 = 0.05;

/// A contribution that may be in a theme.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Suggestion {
    /// Which.
    pub contribution: String,
    /// In which.
    pub theme: Key,
    /// How near it is to the middle of the examples, from −1 to 1.
    pub closeness: f32,
}

/// What else may be in the themes to which a person moved at least three contributions: by theme,
/// the nearest first.
///
/// # Errors
///
/// As [`analyse`](super::analyse).
pub fn suggest(
    contributions: &[Contribution],
    vectors: Option<&Vectors<'_>>,
    recipe: &Recipe,
    journal: &Journal,
    review: &Review,
) -> Result<Vec<Suggestion>, Refused> {
    let mut examples: BTreeMap<Key, BTreeSet<&str>> = BTreeMap::new();
    for (id, place) in &review.contributions {
        if place.by == By::Person {
            examples.entry(place.theme).or_default().insert(id);
        }
    }
    examples.retain(|_, ids| ids.len() >= EXAMPLES);
    if examples.is_empty() {
        return Ok(Vec::new());
    }
    let prepared = Prepared::of(contributions, vectors, recipe)?;
    let written = prepared.texts.written.iter().enumerate();
    let rows: BTreeMap<&str, usize> = written
        .flat_map(|(row, those)| those.iter().map(move |one| (one.id.as_str(), row)))
        .collect();
    let points = &prepared.points;
    let keys: Vec<Key> = review.themes.keys().copied().collect();
    let numbers: BTreeMap<Key, u32> = keys.iter().copied().zip(0..).collect();
    let mut themes: Vec<Option<u32>> = vec![None; points.rows()];
    for (id, place) in &review.contributions {
        if let Some(row) = rows.get(id.as_str()) {
            themes[*row] = numbers.get(&place.theme).copied();
        }
    }
    let centres = Centres::of(points, &themes);
    let answered = answered(journal);
    let mut suggestions = Vec::new();
    for (key, ids) in &examples {
        let mut of_examples: Vec<Option<u32>> = vec![None; points.rows()];
        let places = ids.iter().filter_map(|id| rows.get(id));
        places.for_each(|row| of_examples[*row] = Some(0));
        let middle = Centres::of(points, &of_examples);
        let mut near: Vec<Suggestion> = Vec::new();
        for (id, row) in &rows {
            let place = review.contributions.get(*id);
            let settled = place.is_some_and(|place| place.by == By::Person || place.theme == *key);
            if settled || answered.contains(&(*id, *key)) {
                continue;
            }
            let Some((_, closeness)) = middle.nearest(points.row(*row)) else {
                continue;
            };
            let here = themes[*row].map_or(recipe.isolated, |theme| {
                dot(points.row(*row), centres.centres.row(theme as usize))
            });
            if closeness > here + NEARER {
                near.push(Suggestion {
                    contribution: (*id).to_owned(),
                    theme: *key,
                    closeness: round(closeness),
                });
            }
        }
        near.sort_by(|a, b| b.closeness.total_cmp(&a.closeness));
        suggestions.extend(near);
    }
    Ok(suggestions)
}

/// What a person already said no to, or took out of all themes.
fn answered(journal: &Journal) -> BTreeSet<(&str, Key)> {
    let decisions = journal.decisions().iter();
    decisions
        .filter_map(|decision| match decision {
            Decision::Decline {
                contribution,
                theme,
            } => Some((contribution.as_str(), *theme)),
            _ => None,
        })
        .collect()
}
