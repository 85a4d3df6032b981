//! Contributions as bags of terms: the stems of words, and the pairs of stems that follow each
//! other.
//!
//! Accents are forgotten in the end, since many leave them out; but a word that is written with
//! accents by most is stemmed with them, whoever writes it without: « egalite » is « égalité ».
//! The stemmer is that of the Snowball project (M. F. Porter, 2001), for French.

use std::collections::HashMap;

use rayon::prelude::*;
use rust_stemmers::{Algorithm, Stemmer};

use super::words::{self, Role, Word};

/// The terms of all contributions.
#[derive(Debug)]
pub(super) struct Corpus {
    /// The spelling of each term: a stem without accents, or two apart by a space.
    pub(super) terms: Vec<Box<str>>,
    /// For each contribution, its terms with how much they weigh in it, by term.
    pub(super) bags: Vec<Vec<(u32, f32)>>,
    /// How stems are found, to read the texts again.
    stems: HashMap<Box<str>, u32>,
    /// The number of each pair of stems.
    pairs: HashMap<(u32, u32), u32>,
}

/// A title and a text.
pub(super) type Fields<'a> = [&'a str; 2];

/// A term in a text, with the bytes that it takes there.
pub(super) struct Occurrence {
    pub(super) term: u32,
    pub(super) range: std::ops::Range<usize>,
    /// Whether a sentence begins with it, where a capital says nothing.
    pub(super) opens: bool,
}

impl Corpus {
    /// The terms of contributions, the words of titles weighing `title` times those of texts.
    pub(super) fn of(fields: &[Fields<'_>], title: f32) -> Self {
        let read: Vec<[Vec<Word>; 2]> = fields
            .par_iter()
            .map(|fields| fields.map(words::words))
            .collect();
        let stems = stems(fields, &read);
        let mut corpus = Self {
            terms: stems.spellings,
            bags: Vec::with_capacity(fields.len()),
            stems: stems.numbers,
            pairs: HashMap::new(),
        };
        for read in &read {
            let bag = corpus.read_bag(read, title);
            corpus.bags.push(bag);
        }
        corpus
    }

    fn read_bag(&mut self, read: &[Vec<Word>; 2], title: f32) -> Vec<(u32, f32)> {
        let mut weights: Vec<(u32, f32)> = Vec::new();
        for (words, weight) in read.iter().zip([title, 1.0]) {
            let mut before = None;
            for word in words {
                if word.opens {
                    before = None;
                }
                if word.role == Role::Little {
                    continue;
                }
                let stem = self.stems[&word.folded];
                weights.push((stem, weight));
                if let Some(before) = before {
                    let terms = &mut self.terms;
                    let pair = *self.pairs.entry((before, stem)).or_insert_with(|| {
                        let [first, second] = [before, stem].map(|stem| &terms[stem as usize]);
                        terms.push(format!("{first} {second}").into_boxed_str());
                        u32::try_from(terms.len() - 1).expect("fewer terms than 2³²")
                    });
                    weights.push((pair, weight));
                }
                before = Some(stem);
            }
        }
        weights.sort_by_key(|(term, _)| *term);
        weights.dedup_by(|next, kept| {
            let same = next.0 == kept.0;
            if same {
                kept.1 += next.1;
            }
            same
        });
        weights.shrink_to_fit();
        weights
    }

    /// The two stems of a pair; the stem itself, twice, of any other term.
    pub(super) fn stems_of(&self, term: u32) -> [&str; 2] {
        let spelling = &self.terms[term as usize];
        let (first, second) = spelling.split_once(' ').unwrap_or((spelling, spelling));
        [first, second]
    }

    /// Whether a term is a pair of stems.
    pub(super) fn is_pair(&self, term: u32) -> bool {
        self.terms[term as usize].contains(' ')
    }

    /// The terms of a text of this corpus, each time that they come.
    pub(super) fn occurrences(&self, text: &str) -> Vec<Occurrence> {
        let mut found = Vec::new();
        let mut before: Option<(u32, usize, bool)> = None;
        for word in words::words(text) {
            if word.opens {
                before = None;
            }
            if word.role == Role::Little {
                continue;
            }
            let Some(&term) = self.stems.get(&word.folded) else {
                before = None;
                continue;
            };
            if let Some((first, start, opens)) = before
                && let Some(&pair) = self.pairs.get(&(first, term))
            {
                let range = start..word.range.end;
                found.push(Occurrence {
                    term: pair,
                    range,
                    opens,
                });
            }
            before = Some((term, word.range.start, word.opens));
            let (range, opens) = (word.range, word.opens);
            found.push(Occurrence { term, range, opens });
        }
        found
    }
}

struct Stems {
    spellings: Vec<Box<str>>,
    /// The number of the stem of each folded word.
    numbers: HashMap<Box<str>, u32>,
}

/// The stem of each full word, that of its commonest spelling; the first in order of spelling
/// where several are as common.
fn stems(fields: &[Fields<'_>], read: &[[Vec<Word>; 2]]) -> Stems {
    let mut spellings: HashMap<&str, HashMap<String, u32>> = HashMap::new();
    let mut order: Vec<&str> = Vec::new();
    for (fields, read) in fields.iter().zip(read) {
        for (text, words) in fields.iter().zip(read) {
            for word in words.iter().filter(|word| word.role == Role::Full) {
                let counts = spellings.entry(&word.folded).or_insert_with(|| {
                    order.push(&word.folded);
                    HashMap::new()
                });
                let raw = &text[word.range.clone()];
                let written = words::written(raw);
                *counts.entry(written).or_default() += 1;
            }
        }
    }
    let stemmer = Stemmer::create(Algorithm::French);
    let mut stems = Stems {
        spellings: Vec::new(),
        numbers: HashMap::with_capacity(order.len()),
    };
    let mut known: HashMap<String, u32> = HashMap::new();
    for folded in order {
        let counts = &spellings[folded];
        let commonest = counts
            .iter()
            .max_by(|a, b| a.1.cmp(b.1).then_with(|| b.0.cmp(a.0)))
            .map_or(folded, |(written, _)| written.as_str());
        let stem = words::fold(&stemmer.stem(commonest));
        let stem = if stem.is_empty() {
            folded.to_owned()
        } else {
            stem
        };
        let number = *known.entry(stem).or_insert_with_key(|stem| {
            stems.spellings.push(stem.as_str().into());
            u32::try_from(stems.spellings.len() - 1).expect("fewer stems than 2³²")
        });
        stems.numbers.insert(folded.into(), number);
    }
    // Snowball keeps the s of plurals after a, i, o and u: « revenus » is no other word.
    for number in stems.numbers.values_mut() {
        let spelling = &stems.spellings[*number as usize];
        if let Some(singular) = spelling.strip_suffix('s')
            && let Some(one) = known.get(singular)
        {
            *number = *one;
        }
    }
    stems
}
