//! How often the terms of a theme say what people called it, by several readings of that, and how
//! often any terms could.

use std::collections::{BTreeMap, BTreeSet};

use insights::themes::Analysis;
use rust_stemmers::{Algorithm, Stemmer};

/// Of the terms of a theme, the first so many are looked at.
const FIRST: usize = 8;
/// Words of tags that say nothing.
const LITTLE: [&str; 10] = [
    "pour", "les", "des", "plus", "par", "aux", "tout", "tous", "etc", "sur",
];
/// From this share of a theme's contributions on, a tag is one of the theme's.
const SHARED: f64 = 0.2;
/// How much more often a word is in the texts of a tag than in all, to be characteristic of it.
const MORE_OFTEN: f64 = 1.2;

/// A contribution that people tagged.
pub(crate) struct Tagged<'a> {
    pub(crate) id: &'a str,
    pub(crate) tag: &'a str,
    pub(crate) text: &'a str,
}

/// Of how many themes a reading of « one of the first eight terms is in the majority human tag »
/// holds.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Hits {
    pub(crate) themes: u32,
    /// A term has the stem of a word of the tag.
    pub(crate) same_stem: u32,
    /// A term has the first five letters of a word of the tag, or all of it.
    pub(crate) same_beginning: u32,
    /// A term has the stem of a word of a tag that a fifth of the contributions have.
    pub(crate) any_large_tag: u32,
    /// A term is characteristic of the texts that have the tag, whatever its name says.
    pub(crate) characteristic: u32,
    /// A word of the tag is in one of the theme's texts: no choice of terms does better.
    pub(crate) said_once: u32,
    /// … in a twentieth of them and in two.
    pub(crate) said_often: u32,
}

impl std::ops::AddAssign for Hits {
    fn add_assign(&mut self, other: Self) {
        self.themes += other.themes;
        self.same_stem += other.same_stem;
        self.same_beginning += other.same_beginning;
        self.any_large_tag += other.any_large_tag;
        self.characteristic += other.characteristic;
        self.said_once += other.said_once;
        self.said_often += other.said_often;
    }
}

/// Who is told of a theme that has no word of its tag.
type Missed<'a> = &'a mut dyn FnMut(&str, &[&str], &BTreeMap<String, usize>);

/// The readings of one analysis; `missed` is told the tag, the theme's terms and in how many of
/// its texts the tag's words are, where none has the stem of a word of the tag.
pub(crate) fn hits(found: &Analysis, contributions: &[Tagged<'_>], missed: Missed<'_>) -> Hits {
    let read: Vec<BTreeSet<String>> = contributions.iter().map(|one| stems(one.text)).collect();
    let mut hits = Hits::default();
    for (place, theme) in (0_u32..).zip(&found.themes) {
        let those: Vec<usize> = (0..contributions.len())
            .filter(|at| found.assignments[contributions[*at].id] == Some(place))
            .collect();
        let mut tags: BTreeMap<&str, usize> = BTreeMap::new();
        for at in &those {
            *tags.entry(contributions[*at].tag).or_default() += 1;
        }
        let Some((tag, _)) = tags.iter().max_by_key(|(_, count)| **count) else {
            continue;
        };
        let wanted = stems(tag);
        let written: Vec<&str> = theme
            .terms
            .iter()
            .take(FIRST)
            .map(|term| term.written.as_str())
            .collect();
        let shown: BTreeSet<String> = written.iter().flat_map(|term| stems(term)).collect();
        let large = tags
            .iter()
            .filter(|(_, count)| **count as f64 >= SHARED * those.len() as f64)
            .flat_map(|(tag, _)| stems(tag));
        let said: BTreeMap<String, usize> = wanted
            .iter()
            .map(|word| {
                let having = those.iter().filter(|at| read[**at].contains(word));
                (word.clone(), having.count())
            })
            .collect();
        let most = said.values().copied().max().unwrap_or_default();
        let same_stem = !shown.is_disjoint(&wanted);
        hits += Hits {
            themes: 1,
            same_stem: u32::from(same_stem),
            same_beginning: u32::from(same_beginning(&shown, &wanted)),
            any_large_tag: u32::from(!shown.is_disjoint(&large.collect())),
            characteristic: u32::from(
                shown
                    .iter()
                    .any(|word| is_characteristic(word, tag, contributions, &read)),
            ),
            said_once: u32::from(most > 0),
            said_often: u32::from(most >= 2 && most * 20 >= those.len()),
        };
        if !same_stem {
            missed(tag, &written, &said);
        }
    }
    hits
}

fn same_beginning(shown: &BTreeSet<String>, wanted: &BTreeSet<String>) -> bool {
    let beginning = |word: &str| word.chars().take(5).collect::<String>();
    let wanted: BTreeSet<String> = wanted.iter().map(|word| beginning(word)).collect();
    shown.iter().any(|word| wanted.contains(&beginning(word)))
}

/// Whether texts of a tag have a word more often than all texts, and more than one does.
fn is_characteristic(
    word: &str,
    tag: &str,
    contributions: &[Tagged<'_>],
    read: &[BTreeSet<String>],
) -> bool {
    let (mut tagged, mut having, mut both) = (0, 0, 0);
    for (one, words) in contributions.iter().zip(read) {
        let (is_tagged, has) = (one.tag == tag, words.contains(word));
        tagged += u32::from(is_tagged);
        having += u32::from(has);
        both += u32::from(is_tagged && has);
    }
    let usual = f64::from(having) / contributions.len() as f64;
    both >= 2 && f64::from(both) / f64::from(tagged) >= MORE_OFTEN * usual
}

/// The stems of the words that say something, of three letters and more.
fn stems(text: &str) -> BTreeSet<String> {
    let stemmer = Stemmer::create(Algorithm::French);
    let words = text.split(|c: char| !c.is_alphanumeric());
    words
        .filter(|word| word.chars().count() > 2 && !LITTLE.contains(word))
        .map(|word| insights::near::fold(&stemmer.stem(&word.to_lowercase())))
        .collect()
}
