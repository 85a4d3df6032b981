//! What a learnt model sees of a text: words, pairs of words and parts of words, each weighing
//! more the rarer it is, and what the lexicon reads.

use std::collections::{BTreeMap, HashMap};

use super::words::{Token, tokens};

/// In fewer texts than this, what is seen can't be learnt from.
const SEEN: usize = 2;
/// The letters of the parts of words, its ends counted as letters.
const PART: std::ops::RangeInclusive<usize> = 2..=5;
/// What the lexicon reads weighs about as much as words do together.
const READ: f32 = 0.5;
/// The places of what the lexicon reads, before those of the vocabulary.
const PRAISE: u32 = 0;
const BLAME: u32 = 1;
/// How many places come before the vocabulary.
pub(super) const BEFORE: usize = 2;

/// A text as places and weights, in the order of places.
pub(super) type Features = Vec<(u32, f32)>;

/// What is seen in texts, with its place and its inverse document frequency.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Vocabulary {
    pub(super) words: HashMap<String, (u32, f32)>,
    pub(super) parts: HashMap<String, (u32, f32)>,
}

impl Vocabulary {
    /// What at least two of the texts have.
    pub(super) fn of(texts: &[&str]) -> Self {
        let mut next = BEFORE as u32;
        let mut seen = |of: fn(&[Token]) -> BTreeMap<String, f32>| {
            let mut counts: BTreeMap<String, usize> = BTreeMap::new();
            for text in texts {
                for feature in of(&tokens(text)).into_keys() {
                    *counts.entry(feature).or_default() += 1;
                }
            }
            let often = counts.into_iter().filter(|(_, count)| *count >= SEEN);
            often
                .map(|(feature, count)| {
                    let place = next;
                    next += 1;
                    (feature, (place, idf(texts.len(), count)))
                })
                .collect()
        };
        Self {
            words: seen(words),
            parts: seen(parts),
        }
    }

    /// How many places there are, those of the lexicon included.
    pub(super) fn places(&self) -> usize {
        BEFORE + self.words.len() + self.parts.len()
    }

    /// What is seen of a text.
    pub(super) fn features(&self, text: &str) -> Features {
        let reading = super::read(text);
        let all = (reading.praise + reading.blame).max(1.0);
        let mut features = vec![
            (PRAISE, READ * reading.praise / all),
            (BLAME, READ * reading.blame / all),
        ];
        let tokens = tokens(text);
        features.extend(scaled(&self.words, words(&tokens)));
        features.extend(scaled(&self.parts, parts(&tokens)));
        features
    }
}

fn idf(texts: usize, having: usize) -> f32 {
    ((1.0 + texts as f32) / (1.0 + having as f32)).ln() + 1.0
}

/// Counts that are known, weighed, and brought to length 1.
fn scaled(known: &HashMap<String, (u32, f32)>, counts: BTreeMap<String, f32>) -> Features {
    let mut features: Features = counts
        .into_iter()
        .filter_map(|(feature, count)| {
            let (place, idf) = known.get(&feature)?;
            Some((*place, (1.0 + count.ln()) * idf))
        })
        .collect();
    let norm = features
        .iter()
        .map(|(_, weight)| weight * weight)
        .sum::<f32>();
    let by = norm.sqrt().max(f32::EPSILON).recip();
    features.iter_mut().for_each(|(_, weight)| *weight *= by);
    features
}

/// Words and signs, and pairs of them.
fn words(tokens: &[Token]) -> BTreeMap<String, f32> {
    let said: Vec<&str> = tokens
        .iter()
        .filter_map(|token| match token {
            Token::Word(word) => Some(word.as_str()),
            Token::Stop('!') => Some("!"),
            Token::Stop('?') => Some("?"),
            Token::Face(weight) => Some(if *weight > 0.0 { ":)" } else { ":(" }),
            _ => None,
        })
        .collect();
    let mut counts = BTreeMap::new();
    for pair in said.windows(2) {
        *counts.entry(pair.join(" ")).or_default() += 1.0;
    }
    for word in said {
        *counts.entry(word.to_owned()).or_default() += 1.0;
    }
    counts
}

/// Parts of words, their ends marked by a space.
fn parts(tokens: &[Token]) -> BTreeMap<String, f32> {
    let mut counts = BTreeMap::new();
    for word in tokens.iter().filter_map(Token::word) {
        let letters: Vec<char> = format!(" {word} ").chars().collect();
        for length in PART {
            for part in letters.windows(length) {
                *counts.entry(part.iter().collect()).or_default() += 1.0;
            }
        }
    }
    counts
}
