//! What is told of each theme: its terms, its figures, its verbatims, its parts and its sides.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::analysis::{Chosen, Sentiments, Side, Sides, Subtheme, Theme, Verbatim, round};
use super::contribution::{Contribution, Sentiment, Stance};
use super::corpus::{Corpus, Fields};
use super::dense::dot;
use super::naming::{self, Characteristic, Having, Written};
use super::partition::{Centres, Ground};
use super::settings::Settings;
use super::verbatims::{self, Candidate};

/// All that themes are told from.
pub(super) struct Material<'a> {
    pub(super) settings: &'a Settings,
    pub(super) ground: &'a Ground<'a>,
    pub(super) corpus: &'a Corpus,
    /// The distinct texts, by row.
    pub(super) fields: &'a [Fields<'a>],
    /// The contributions that have each of them, the first by identifier first.
    pub(super) written: &'a [Vec<&'a Contribution>],
    /// The theme of each row.
    pub(super) themes: &'a [Option<u32>],
    /// Its sub-theme.
    pub(super) subthemes: &'a [Option<u32>],
    /// The stability of each theme.
    pub(super) stability: &'a [f32],
    pub(super) centres: &'a Centres,
}

/// A theme of which the terms are not spelled yet.
struct Sketch {
    rows: Vec<usize>,
    terms: Vec<Characteristic>,
    subthemes: Vec<(Vec<usize>, Vec<Characteristic>)>,
    sides: BTreeMap<Stance, (Vec<usize>, Vec<Characteristic>)>,
}

impl Material<'_> {
    /// What is told of each theme.
    pub(super) fn themes(&self) -> Vec<Theme> {
        let all: Vec<usize> = (0..self.fields.len()).collect();
        let everywhere = Having::of(self.corpus, &all);
        let count = self.centres.centres.rows();
        let rows = grouped(self.themes, &all, count);
        let sketches: Vec<Sketch> = rows
            .into_iter()
            .map(|rows| self.sketch(rows, &everywhere))
            .collect();
        let terms: BTreeSet<u32> = sketches.iter().flat_map(Sketch::all_terms).collect();
        let written = Written::of(self.corpus, self.fields, &terms);
        let each = (0..).zip(sketches);
        each.map(|(theme, sketch)| self.theme(theme, sketch, &written))
            .collect()
    }

    fn sketch(&self, rows: Vec<usize>, everywhere: &Having) -> Sketch {
        let most = self.settings.terms;
        let here = Having::of(self.corpus, &rows);
        let terms = naming::terms(self.corpus, &rows, everywhere, most);
        let found = rows.iter().filter_map(|row| self.subthemes[*row]).max();
        let parts = grouped(
            self.subthemes,
            &rows,
            found.map_or(0, |last| last as usize + 1),
        );
        let named = |rows: Vec<usize>| {
            let terms = naming::characteristic(self.corpus, &rows, &here, most);
            (rows, terms)
        };
        let mut sides: BTreeMap<Stance, Vec<usize>> = BTreeMap::new();
        for row in &rows {
            let taken: BTreeSet<Stance> = self.written[*row]
                .iter()
                .filter_map(|one| one.stance)
                .collect();
            for stance in taken {
                sides.entry(stance).or_default().push(*row);
            }
        }
        Sketch {
            terms,
            subthemes: parts.into_iter().map(named).collect(),
            sides: sides
                .into_iter()
                .map(|(stance, rows)| (stance, named(rows)))
                .collect(),
            rows,
        }
    }

    fn theme(&self, theme: u32, sketch: Sketch, written: &Written) -> Theme {
        let terms: Vec<_> = sketch
            .terms
            .iter()
            .map(|term| written.term(*term))
            .collect();
        let those: Vec<&Contribution> = self.those(&sketch.rows).collect();
        let figures = Figures::of(&those);
        let subthemes = sketch.subthemes.iter().map(|(rows, terms)| {
            let terms: Vec<_> = terms.iter().map(|term| written.term(*term)).collect();
            Subtheme {
                label: naming::label(&terms),
                terms,
                size: self.those(rows).count(),
            }
        });
        Theme {
            label: naming::label(&terms),
            terms,
            size: those.len(),
            authors: figures.authors,
            likes: figures.likes,
            sentiment: figures.sentiment,
            stability: round(self.stability[theme as usize]),
            distinctiveness: round(self.distinctiveness(theme, &sketch.rows)),
            verbatims: self.verbatims(theme, &sketch.rows, self.settings.verbatims, None),
            subthemes: subthemes.collect(),
            sides: self.sides(theme, &sketch, written),
        }
    }

    fn those(&self, rows: &[usize]) -> impl Iterator<Item = &Contribution> {
        rows.iter()
            .flat_map(|row| self.written[*row].iter().copied())
    }

    /// How much nearer the rows of a theme are to its centre than to that of any other, on
    /// average: a silhouette (P. J. Rousseeuw, 1987), by centres.
    fn distinctiveness(&self, theme: u32, rows: &[usize]) -> f32 {
        let centres = &self.centres.centres;
        let margin = |row: &usize| {
            let point = self.ground.points.row(*row);
            let near = |of: usize| dot(point, centres.row(of));
            let others = (0..centres.rows()).filter(|other| *other != theme as usize);
            near(theme as usize) - others.map(near).fold(0.0, f32::max)
        };
        let sum: f32 = rows.iter().map(margin).sum();
        (sum / rows.len().max(1) as f32).clamp(0.0, 1.0)
    }

    fn verbatims(
        &self,
        theme: u32,
        rows: &[usize],
        most: usize,
        stance: Option<Stance>,
    ) -> Vec<Verbatim> {
        let centre = self.centres.centres.row(theme as usize);
        let (candidates, said): (Vec<Candidate<'_>>, Vec<&Contribution>) = rows
            .iter()
            .filter_map(|row| {
                let those = &self.written[*row];
                let one = those
                    .iter()
                    .find(|one| stance.is_none() || one.stance == stance)?;
                let candidate = Candidate {
                    row: *row,
                    closeness: dot(self.ground.points.row(*row), centre),
                    length: one.text.chars().count(),
                    author: one.author.as_deref(),
                };
                Some((candidate, *one))
            })
            .unzip();
        verbatims::choose(self.ground.points, &candidates, most)
            .into_iter()
            .map(|(place, from_middle)| Verbatim {
                id: said[place].id.clone(),
                chosen: if from_middle {
                    Chosen::Central
                } else {
                    Chosen::Diverse
                },
            })
            .collect()
    }

    /// The sides of a theme, where some are for and some against.
    fn sides(&self, theme: u32, sketch: &Sketch, written: &Written) -> Option<Sides> {
        if !sketch.sides.contains_key(&Stance::For) || !sketch.sides.contains_key(&Stance::Against)
        {
            return None;
        }
        let side = |stance: Stance| -> Side {
            let Some((rows, terms)) = sketch.sides.get(&stance) else {
                return Side::default();
            };
            let those: Vec<&Contribution> = self
                .those(rows)
                .filter(|one| one.stance == Some(stance))
                .collect();
            let figures = Figures::of(&those);
            let most = self.settings.verbatims.div_ceil(2);
            Side {
                size: those.len(),
                authors: figures.authors,
                likes: figures.likes,
                terms: terms.iter().map(|term| written.term(*term)).collect(),
                verbatims: self.verbatims(theme, rows, most, Some(stance)),
            }
        };
        Some(Sides {
            in_favour: side(Stance::For),
            mixed: side(Stance::Mixed),
            against: side(Stance::Against),
        })
    }
}

impl Sketch {
    fn all_terms(&self) -> impl Iterator<Item = u32> {
        let parts = self.subthemes.iter().map(|(_, terms)| terms);
        let sides = self.sides.values().map(|(_, terms)| terms);
        let all = std::iter::once(&self.terms).chain(parts).chain(sides);
        all.flatten().map(|term| term.term)
    }
}

/// The rows of each group.
fn grouped(groups: &[Option<u32>], rows: &[usize], count: usize) -> Vec<Vec<usize>> {
    let mut grouped = vec![Vec::new(); count];
    for row in rows {
        if let Some(group) = groups[*row] {
            grouped[group as usize].push(*row);
        }
    }
    grouped
}

/// What is counted of contributions.
pub(super) struct Figures {
    pub(super) authors: usize,
    pub(super) likes: u64,
    sentiment: Option<Sentiments>,
}

impl Figures {
    pub(super) fn of(contributions: &[&Contribution]) -> Self {
        let keys = contributions.iter().filter_map(|one| one.author.as_deref());
        let known: HashSet<&str> = keys.collect();
        let unknown = contributions
            .iter()
            .filter(|one| one.author.is_none())
            .count();
        let mut sentiments = Sentiments::default();
        for one in contributions {
            match one.sentiment {
                Some(Sentiment::Negative) => sentiments.negative += 1,
                Some(Sentiment::Neutral) => sentiments.neutral += 1,
                Some(Sentiment::Positive) => sentiments.positive += 1,
                None => sentiments.unknown += 1,
            }
        }
        let likes = contributions.iter().map(|one| one.likes);
        Self {
            authors: known.len() + unknown,
            likes: likes.fold(0, u64::saturating_add),
            sentiment: (sentiments.unknown < contributions.len()).then_some(sentiments),
        }
    }
}
