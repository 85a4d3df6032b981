//! Sentiment as the authors of one kind of text write it, learnt from texts of which a person
//! told the sentiment.

use std::collections::BTreeMap;

use domain::Sentiment;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::features::{BEFORE, Features, Vocabulary};
use super::linear::{margin, plane};

/// The sentiments, in the order of planes.
const KINDS: [Sentiment; 3] = [Sentiment::Negative, Sentiment::Neutral, Sentiment::Positive];
/// In as many parts the labels are divided: each is read by what the others taught.
const FOLDS: usize = 5;
/// An answer that is right less often than this is a guess.
const GUESS: f32 = 0.75;
/// The version of the bytes of a model.
const VERSION: u32 = 1;

/// A model learnt from labels.
#[derive(Debug, Clone, PartialEq)]
pub struct Trained {
    vocabulary: Vocabulary,
    /// Of each sentiment that labels have, its plane.
    planes: Vec<(Sentiment, Vec<f32>)>,
    /// Nearer to the runner-up than this, it abstains.
    least_lead: f32,
    expected: Expected,
}

/// What labels that a model did not learn from say of it (five parts, each read by what the four
/// others taught).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Expected {
    /// The share of texts that it answers, from 0 to 1.
    pub answered: f32,
    /// Of those, the share of right answers, from 0 to 1.
    pub right: f32,
}

/// Why nothing can be learnt from labels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TooFew {
    /// So many labels, less than [`Trained::FEWEST`].
    #[error("{0} labels are too few to learn from: it takes {least}", least = Trained::FEWEST)]
    Labels(usize),
    /// Only one sentiment has [`Trained::FEWEST_OF_A_KIND`] labels or more.
    #[error(
        "it takes two sentiments with {} labels each",
        Trained::FEWEST_OF_A_KIND
    )]
    Kinds,
}

/// Why bytes are no model of sentiment.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a model of sentiment: {0}")]
pub struct NotTrained(String);

impl Trained {
    /// With fewer labels, the lexicon is the better guide.
    pub const FEWEST: usize = 300;
    /// A sentiment with fewer labels is not learnt: it is never answered.
    pub const FEWEST_OF_A_KIND: usize = 10;

    /// What labelled texts teach. The same labels in any order give the same model.
    ///
    /// # Errors
    ///
    /// Where there are fewer labels than [`Trained::FEWEST`], or where all are of one kind.
    pub fn train(labels: &[(&str, Sentiment)]) -> Result<Self, TooFew> {
        if labels.len() < Self::FEWEST {
            return Err(TooFew::Labels(labels.len()));
        }
        let of = |kind: Sentiment| labels.iter().filter(|(_, said)| *said == kind).count();
        let kinds: Vec<Sentiment> = KINDS
            .into_iter()
            .filter(|kind| of(*kind) >= Self::FEWEST_OF_A_KIND)
            .collect();
        if kinds.len() < 2 {
            return Err(TooFew::Kinds);
        }
        let mut labels: Vec<_> = labels.to_vec();
        labels.sort_unstable();
        let texts: Vec<&str> = labels.iter().map(|(text, _)| *text).collect();
        let vocabulary = Vocabulary::of(&texts);
        let places = vocabulary.places();
        let examples: Vec<(Features, Sentiment)> = labels
            .par_iter()
            .map(|(text, said)| (vocabulary.features(text), *said))
            .collect();
        let unseen: Vec<(f32, bool)> = (0..FOLDS)
            .into_par_iter()
            .flat_map_iter(|fold| {
                let planes = planes(&examples, &kinds, places, |place| place % FOLDS != fold);
                let others = examples.iter().skip(fold).step_by(FOLDS);
                let answers: Vec<(f32, bool)> = others
                    .map(|(features, said)| {
                        let (answer, lead) = answer(&planes, features);
                        (lead, answer == *said)
                    })
                    .collect();
                answers
            })
            .collect();
        let (least_lead, expected) = abstaining(unseen);
        Ok(Self {
            planes: planes(&examples, &kinds, places, |_| true),
            vocabulary,
            least_lead,
            expected,
        })
    }

    /// What a text says of how something was felt, or nothing where it would be a guess.
    #[must_use]
    pub fn read(&self, text: &str) -> Option<Sentiment> {
        let (answer, lead) = self.answer(text);
        (lead >= self.least_lead).then_some(answer)
    }

    /// The likeliest sentiment of a text, guess or not, and its lead over the next, at least 0.
    #[must_use]
    pub fn answer(&self, text: &str) -> (Sentiment, f32) {
        answer(&self.planes, &self.vocabulary.features(text))
    }

    /// What to expect of it on texts like those that it learnt from.
    #[must_use]
    pub fn expected(&self) -> Expected {
        self.expected
    }

    /// The model as bytes: JSON, one line, the same for the same model.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let seen = |known: &std::collections::HashMap<String, (u32, f32)>| {
            let seen = known.iter().map(|(feature, (place, idf))| {
                let weights = self.planes.iter().map(|(_, plane)| plane[*place as usize]);
                (
                    feature.clone(),
                    std::iter::once(*idf).chain(weights).collect(),
                )
            });
            seen.collect()
        };
        let places = self.vocabulary.places();
        let file = File {
            version: VERSION,
            kinds: self.planes.iter().map(|(kind, _)| *kind).collect(),
            least_lead: self.least_lead,
            expected: self.expected,
            lexicon: self
                .planes
                .iter()
                .map(|(_, plane)| plane[..BEFORE].to_vec())
                .collect(),
            constants: self.planes.iter().map(|(_, plane)| plane[places]).collect(),
            words: seen(&self.vocabulary.words),
            parts: seen(&self.vocabulary.parts),
        };
        serde_json::to_vec(&file).expect("numbers and texts are JSON")
    }

    /// The model of [`Trained::to_bytes`].
    ///
    /// # Errors
    ///
    /// Where the bytes are of something else, of another version, or do not fit together.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, NotTrained> {
        let file: File =
            serde_json::from_slice(bytes).map_err(|error| NotTrained(error.to_string()))?;
        if file.version != VERSION {
            return Err(NotTrained(format!("its version is {}", file.version)));
        }
        file.model()
            .ok_or_else(|| NotTrained("its parts do not fit together".to_owned()))
    }
}

/// A model as it is kept: of each thing seen, its inverse document frequency, then its weight for
/// each sentiment.
#[derive(Serialize, Deserialize)]
struct File {
    version: u32,
    kinds: Vec<Sentiment>,
    least_lead: f32,
    expected: Expected,
    lexicon: Vec<Vec<f32>>,
    constants: Vec<f32>,
    words: BTreeMap<String, Vec<f32>>,
    parts: BTreeMap<String, Vec<f32>>,
}

impl File {
    fn model(self) -> Option<Trained> {
        let kinds = self.kinds.len();
        let places = BEFORE + self.words.len() + self.parts.len();
        let fits = kinds >= 2
            && self.lexicon.len() == kinds
            && self.constants.len() == kinds
            && self.lexicon.iter().all(|lexicon| lexicon.len() == BEFORE);
        if !fits {
            return None;
        }
        let mut planes: Vec<(Sentiment, Vec<f32>)> =
            self.kinds.into_iter().zip(self.lexicon).collect();
        let mut next = BEFORE as u32;
        let mut known = |features: BTreeMap<String, Vec<f32>>| {
            let known = features.into_iter().map(|(feature, numbers)| {
                let (idf, weights) = numbers.split_first()?;
                if weights.len() != kinds {
                    return None;
                }
                for ((_, plane), weight) in planes.iter_mut().zip(weights) {
                    plane.push(*weight);
                }
                let place = next;
                next += 1;
                Some((feature, (place, *idf)))
            });
            known.collect::<Option<_>>()
        };
        let vocabulary = Vocabulary {
            words: known(self.words)?,
            parts: known(self.parts)?,
        };
        for ((_, plane), constant) in planes.iter_mut().zip(self.constants) {
            plane.push(constant);
            debug_assert_eq!(plane.len(), places + 1);
        }
        Some(Trained {
            vocabulary,
            planes,
            least_lead: self.least_lead,
            expected: self.expected,
        })
    }
}

/// The plane of each kind, learnt from the examples at some places.
fn planes(
    examples: &[(Features, Sentiment)],
    kinds: &[Sentiment],
    places: usize,
    learnt: impl Fn(usize) -> bool,
) -> Vec<(Sentiment, Vec<f32>)> {
    let learnt: Vec<&(Features, Sentiment)> = examples
        .iter()
        .enumerate()
        .filter(|(place, _)| learnt(*place))
        .map(|(_, example)| example)
        .collect();
    let features: Vec<&Features> = learnt.iter().map(|(features, _)| features).collect();
    let plane_of = |kind: &Sentiment| {
        let yes: Vec<bool> = learnt.iter().map(|(_, said)| said == kind).collect();
        (*kind, plane(&features, &yes, places))
    };
    kinds.iter().map(plane_of).collect()
}

/// The likeliest sentiment, and its lead over the next.
fn answer(planes: &[(Sentiment, Vec<f32>)], features: &Features) -> (Sentiment, f32) {
    let mut margins: Vec<(Sentiment, f32)> = planes
        .iter()
        .map(|(kind, plane)| (*kind, margin(plane, features)))
        .collect();
    margins.sort_by(|a, b| b.1.total_cmp(&a.1));
    (margins[0].0, margins[0].1 - margins[1].1)
}

/// Below which lead answers are guesses, and what is to be expected above it. Given the lead of
/// each answer, and whether it was right.
///
/// How often an answer is right at a lead is what fits best among all that never fall as leads
/// grow: neighbours that would fall are taken together (pool adjacent violators: M. Ayer et al.,
/// Annals of Mathematical Statistics 26(4), 1955).
fn abstaining(mut answers: Vec<(f32, bool)>) -> (f32, Expected) {
    answers.sort_by(|a, b| a.0.total_cmp(&b.0));
    // Of answers taken together: how many are right, and how many there are.
    let mut pools: Vec<(f32, f32)> = Vec::new();
    for (_, right) in &answers {
        let mut pool = (f32::from(u8::from(*right)), 1.0);
        while let Some(last) = pools.pop_if(|last| last.0 * pool.1 >= pool.0 * last.1) {
            pool = (pool.0 + last.0, pool.1 + last.1);
        }
        pools.push(pool);
    }
    let guessed = pools.iter().take_while(|pool| pool.0 < GUESS * pool.1);
    let guesses = guessed.map(|pool| pool.1 as usize).sum::<usize>();
    let kept = &answers[guesses..];
    let right = kept.iter().filter(|(_, right)| *right).count();
    let expected = Expected {
        answered: kept.len() as f32 / answers.len() as f32,
        right: right as f32 / kept.len().max(1) as f32,
    };
    // Where all are guesses, nothing is answered.
    let least_lead = kept.first().map_or(f32::MAX, |(lead, _)| *lead);
    (least_lead, expected)
}
