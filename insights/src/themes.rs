//! Themes of contributions: who says the same kind of thing, what it is called, and what stands
//! for it.
//!
//! By words alone, without a model: contributions become bags of terms (`corpus`), weighed
//! (`tfidf`) and brought to a hundred dimensions (`lsa`); each is joined to its nearest ones
//! (`neighbours`), and the graph is cut where it is thin (`leiden`). Sentence vectors, where
//! somebody has them, stand beside the words (`points`). `insights/README.md` says why, with
//! scores.
//!
//! The same contributions give the same analysis, to the byte, in any order, on any number of
//! cores and on any processor: contributions are taken by identifier, sums in a fixed order, and
//! what looks drawn at random follows from constants.

mod analysis;
mod contribution;
mod corpus;
mod dense;
mod describe;
mod duplicates;
mod eigen;
mod graph;
mod journal;
mod leiden;
mod lsa;
mod membership;
mod naming;
mod neighbours;
mod partition;
mod points;
mod random;
mod review;
mod salience;
mod settings;
mod stability;
mod subthemes;
mod suggestions;
mod tfidf;
mod verbatims;
mod words;

pub use analysis::{
    Analysis, Chosen, Copies, Copy, Coverage, ENGINE, Engine, Kind, Parts, Salient, Sentiments,
    Side, Sides, Standing, Subtheme, Term, Theme, Verbatim,
};
pub use contribution::{Contribution, Sentiment, Stance, Vectors};
pub use journal::{Decision, Impossible, Journal, Key};
pub use review::{By, Place as Placed, Review, Reviewed};
pub use salience::rank;
pub use settings::{Grain, Recipe, Settings, Wanted, Weights};
pub use suggestions::{EXAMPLES, Suggestion, suggest};

use std::collections::BTreeMap;

use analysis::round;
use describe::{Figures, Material};
use membership::Place;
use partition::{Centres, Division, Ground};

/// What an analysis is at, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Texts are read.
    Reading,
    /// Terms are brought to a few dimensions.
    Reducing,
    /// Contributions are compared, each with each: counted.
    Comparing,
    /// They are divided.
    Dividing,
    /// Parts of them are divided again, to see what comes back.
    Verifying,
    /// Themes are described.
    Describing,
}

/// Why nothing is analysed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refused {
    /// Two contributions have this identifier.
    SameId(String),
    /// There are not as many numbers as the contributions' vectors need, or they have none each.
    Vectors {
        /// How many numbers there should be.
        expected: usize,
        /// How many there are.
        given: usize,
    },
}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::SameId(id) => write!(f, "two contributions have the identifier {id:?}"),
            Self::Vectors { expected, given } => {
                write!(
                    f,
                    "vectors of {expected} numbers in all are needed, {given} are given"
                )
            }
        }
    }
}

impl std::error::Error for Refused {}

/// Finds the themes of contributions. `vectors` are in the order of the contributions; `progress`
/// is told what is done, and of how much where that is counted (else 0 of 1, then 1 of 1), from
/// several threads.
///
/// # Errors
///
/// Where two contributions have the same identifier, or vectors are not one for each.
pub fn analyse(
    contributions: &[Contribution],
    vectors: Option<&Vectors<'_>>,
    settings: &Settings,
    progress: &(dyn Fn(Stage, usize, usize) + Sync),
) -> Result<Analysis, Refused> {
    let recipe = &settings.recipe;
    let prepared = Prepared::told(contributions, vectors, recipe, progress)?;
    let Prepared {
        texts,
        corpus,
        points,
    } = &prepared;
    let compared = |done: usize, all: usize| progress(Stage::Comparing, done, all);
    let near = neighbours::nearest(points, recipe.neighbours, &compared);
    progress(Stage::Dividing, 0, 1);
    let graph = graph::Graph::near(&near);
    drop(near);
    let written: Vec<usize> = texts.written.iter().map(Vec::len).collect();
    let ground = Ground {
        graph: &graph,
        points,
        written: &written,
        recipe,
    };
    let mut division = ground.divide(settings.wanted);
    let mut places = membership::places(&ground, &division);
    membership::rank(&mut division, &mut places, &written);
    progress(Stage::Dividing, 1, 1);

    progress(Stage::Verifying, 0, 1);
    let most = match settings.wanted {
        Wanted::Themes(count) => Some(count),
        Wanted::Grain(_) => None,
    };
    let stability = stability::stability(&ground, &division, most);
    progress(Stage::Verifying, 1, 1);

    progress(Stage::Describing, 0, 1);
    let themes: Vec<Option<u32>> = places.iter().map(|place| place.theme()).collect();
    let subthemes = subthemes::of_each(&ground, &themes);
    let centres = Centres::of(points, &division.themes);
    let material = Material {
        settings,
        ground: &ground,
        corpus,
        fields: &texts.fields,
        written: &texts.written,
        themes: &themes,
        subthemes: &subthemes,
        stability: &stability.themes,
        centres: &centres,
    };
    let found = Found {
        places: &places,
        subthemes: &subthemes,
        centres: &centres,
        ground: &ground,
        division: &division,
    };
    let mut analysis = found.analysis(texts, settings, material.themes());
    analysis.engine.kind = vectors.map_or(Kind::Lexical, |_| Kind::Semantic);
    analysis.stability = round(stability.whole);
    progress(Stage::Describing, 1, 1);
    Ok(analysis)
}

/// Contributions, read and placed.
struct Prepared<'a> {
    texts: Texts<'a>,
    corpus: corpus::Corpus,
    points: dense::Dense,
}

impl<'a> Prepared<'a> {
    fn of(
        contributions: &'a [Contribution],
        vectors: Option<&Vectors<'_>>,
        recipe: &Recipe,
    ) -> Result<Self, Refused> {
        Self::told(contributions, vectors, recipe, &|_, _, _| {})
    }

    fn told(
        contributions: &'a [Contribution],
        vectors: Option<&Vectors<'_>>,
        recipe: &Recipe,
        progress: &(dyn Fn(Stage, usize, usize) + Sync),
    ) -> Result<Self, Refused> {
        let order = in_order(contributions)?;
        if let Some(vectors) = vectors {
            vectors.check(contributions.len())?;
        }
        progress(Stage::Reading, 0, 1);
        let texts = Texts::of(contributions, &order);
        let corpus = corpus::Corpus::of(&texts.fields, recipe.title);
        progress(Stage::Reading, 1, 1);
        progress(Stage::Reducing, 0, 1);
        let weights = tfidf::weigh(&corpus, recipe);
        let words = lsa::reduce(&weights, recipe.dimensions, recipe.power);
        drop(weights);
        let meanings = vectors.map(|vectors| vectors.of_rows(&texts.firsts));
        let points = points::join(words, meanings, recipe.lexical);
        progress(Stage::Reducing, 1, 1);
        Ok(Self {
            texts,
            corpus,
            points,
        })
    }
}

/// The places of contributions, by identifier.
fn in_order(contributions: &[Contribution]) -> Result<Vec<usize>, Refused> {
    let mut order: Vec<usize> = (0..contributions.len()).collect();
    order.sort_by(|a, b| contributions[*a].id.cmp(&contributions[*b].id));
    for pair in order.windows(2) {
        if contributions[pair[0]].id == contributions[pair[1]].id {
            return Err(Refused::SameId(contributions[pair[0]].id.clone()));
        }
    }
    Ok(order)
}

/// Distinct texts: what is the same to a reader is looked at once, however often it was sent, and
/// counted as often as it was. Else twenty copies of a text would have no other neighbours.
struct Texts<'a> {
    fields: Vec<corpus::Fields<'a>>,
    /// Those who wrote each, by identifier.
    written: Vec<Vec<&'a Contribution>>,
    /// The place, among all that was given, of the first of them.
    firsts: Vec<usize>,
    copies: Vec<Copies>,
}

impl<'a> Texts<'a> {
    fn of(contributions: &'a [Contribution], order: &[usize]) -> Self {
        let all: Vec<corpus::Fields<'a>> = order
            .iter()
            .map(|at| {
                let one = &contributions[*at];
                [one.title.as_deref().unwrap_or_default(), one.text.as_str()]
            })
            .collect();
        let folded = duplicates::folded(&all);
        let same = duplicates::same(&folded);
        let copies = duplicates::copies(&folded, &same);
        let mut texts = Self {
            fields: Vec::new(),
            written: Vec::new(),
            firsts: Vec::new(),
            copies: Vec::new(),
        };
        let mut rows = vec![0; order.len()];
        let mut groups: BTreeMap<usize, Vec<Copy>> = BTreeMap::new();
        for (place, at) in order.iter().enumerate() {
            let one = &contributions[*at];
            if same[place] == place {
                rows[place] = texts.fields.len();
                texts.fields.push(all[place]);
                texts.written.push(Vec::new());
                texts.firsts.push(*at);
            }
            texts.written[rows[same[place]]].push(one);
            if copies.of[place] != place {
                let copy = Copy {
                    id: one.id.clone(),
                    likeness: round(copies.like[place]),
                };
                groups.entry(copies.of[place]).or_default().push(copy);
            }
        }
        let groups = groups.into_iter().map(|(first, like_it)| Copies {
            id: contributions[order[first]].id.clone(),
            like_it,
        });
        texts.copies = groups.collect();
        texts
    }
}

/// What was found, by row.
struct Found<'a> {
    places: &'a [Place],
    subthemes: &'a [Option<u32>],
    centres: &'a Centres,
    ground: &'a Ground<'a>,
    division: &'a Division,
}

impl Found<'_> {
    fn analysis(&self, texts: &Texts<'_>, settings: &Settings, themes: Vec<Theme>) -> Analysis {
        let mut contributions = BTreeMap::new();
        for (row, written) in texts.written.iter().enumerate() {
            let standing = self.standing(row);
            let each = written.iter().map(|one| (one.id.clone(), standing.clone()));
            contributions.extend(each);
        }
        let assignments: BTreeMap<String, Option<u32>> = contributions
            .iter()
            .map(|(id, standing)| (id.clone(), standing.theme()))
            .collect();
        let count =
            |kind: fn(&Standing) -> bool| contributions.values().filter(|s| kind(s)).count();
        let classified = count(|standing| matches!(standing, Standing::Classified { .. }));
        let all: Vec<&Contribution> = texts.written.iter().flatten().copied().collect();
        let figures = Figures::of(&all);
        Analysis {
            engine: Engine {
                version: ENGINE,
                kind: Kind::Lexical,
            },
            settings: settings.clone(),
            coverage: Coverage {
                contributions: all.len(),
                authors: figures.authors,
                likes: figures.likes,
                classified,
                undecided: count(|standing| matches!(standing, Standing::Undecided { .. })),
                isolated: count(|standing| matches!(standing, Standing::Isolated)),
                share: round(classified as f32 / all.len().max(1) as f32),
            },
            stability: 0.0,
            resolution: self.division.resolution,
            salient: salience::rank(&themes, settings.salience),
            themes,
            assignments,
            contributions,
            copies: texts.copies.clone(),
        }
    }

    fn standing(&self, row: usize) -> Standing {
        match self.places[row] {
            Place::In(theme) => Standing::Classified {
                theme,
                subtheme: self.subthemes[row],
                closeness: round(membership::closeness(self.ground, self.centres, row, theme)),
            },
            Place::Between(a, b) => Standing::Undecided { between: [a, b] },
            Place::Alone => Standing::Isolated,
        }
    }
}
