//! Contributions that are the same text, or nearly: sent twice, or copied and changed a little.
//!
//! Two texts are copies where they share 7 of 10 of the runs of five letters that either has
//! (Jaccard's index), in their first thousand letters, and are about as long. Each text
//! is compared with all that are copies of none before them, and that share its rarest runs (R. J.
//! Bayardo, Y. Ma and R. Srikant, "Scaling Up All Pairs Similarity Search", WWW 2007): none that
//! can be a copy of them is missed.

use std::collections::HashMap;

use rayon::prelude::*;

use crate::near::fold;

/// The letters of a run.
const RUN: usize = 5;
/// From which share of runs in common on two texts are copies.
const LIKE: f32 = 0.7;
/// The letters of a text that are looked at.
const READ: usize = 1_000;

/// Copies share at least so many of their rarest runs, where those that they may not share are
/// left out: few other texts do (J. Wang, G. Li and J. Feng, "Can We Beat the Prefix Filtering?",
/// SIGMOD 2012).
const RARE_SHARED: usize = 4;
/// How like a text that differs can be.
const ALMOST: f32 = 0.9999;

/// A text that is a copy of none before it.
struct Leader {
    at: usize,
    /// Its runs, in order.
    runs: Vec<u32>,
    /// How many of its rarest runs a copy shares at least.
    needed: usize,
}

/// Which text each is a copy of.
pub(super) struct Copies {
    /// For each, the place of the first that it is a copy of, itself where it is the first.
    pub(super) of: Vec<usize>,
    /// How like that one it is, from 0.7 to 1: 1 is the same to a reader.
    pub(super) like: Vec<f32>,
}

/// The first of the texts that are the same to a reader, for each.
pub(super) fn same(folded: &[String]) -> Vec<usize> {
    let mut first: HashMap<&str, usize> = HashMap::new();
    let each = folded.iter().enumerate();
    each.map(|(place, text)| match text.as_str() {
        "" => place,
        text => *first.entry(text).or_insert(place),
    })
    .collect()
}

/// A title and a text as they are compared.
pub(super) fn folded(fields: &[[&str; 2]]) -> Vec<String> {
    fields
        .par_iter()
        .map(|[title, text]| fold(&format!("{title}\n{text}")))
        .collect()
}

/// The copies among texts, folded, of which `same` says which are the same.
pub(super) fn copies(folded: &[String], same: &[usize]) -> Copies {
    let mut copies = Copies {
        of: same.to_vec(),
        like: vec![1.0; same.len()],
    };
    let firsts: Vec<usize> = (0..same.len()).filter(|at| same[*at] == *at).collect();
    let mut runs: Vec<Vec<u32>> = firsts.par_iter().map(|at| runs(&folded[*at])).collect();
    rarest_first(&mut runs);
    let mut having: HashMap<u32, Vec<u32>> = HashMap::new();
    let mut leaders: Vec<Leader> = Vec::new();
    // How many of the rare runs of the text each leader has.
    let mut shared: Vec<u32> = Vec::new();
    for (at, mut runs) in firsts.into_iter().zip(runs) {
        if runs.is_empty() {
            continue;
        }
        let sure = (runs.len() as f32 * LIKE).ceil() as usize;
        let needed = sure.min(RARE_SHARED);
        let rare: Vec<u32> = runs[..runs.len() - sure + needed].to_vec();
        let mut near: Vec<u32> = Vec::new();
        for leader in rare.iter().filter_map(|run| having.get(run)).flatten() {
            if shared[*leader as usize] == 0 {
                near.push(*leader);
            }
            shared[*leader as usize] += 1;
        }
        near.sort_unstable();
        runs.sort_unstable();
        let mut best: Option<(usize, f32)> = None;
        for leader in near {
            let (place, other) = (leader as usize, &leaders[leader as usize]);
            let count = std::mem::take(&mut shared[place]) as usize;
            if count < needed.min(other.needed) || !about_as_long(&folded[other.at], &folded[at]) {
                continue;
            }
            let like = likeness(&runs, &other.runs);
            if like >= LIKE && best.is_none_or(|(_, most)| like > most) {
                best = Some((other.at, like));
            }
        }
        if let Some((first, like)) = best {
            copies.of[at] = first;
            copies.like[at] = like.min(ALMOST);
        } else {
            let leader = u32::try_from(leaders.len()).expect("fewer texts than 2³²");
            for run in rare {
                having.entry(run).or_default().push(leader);
            }
            leaders.push(Leader { at, runs, needed });
            shared.push(0);
        }
    }
    for (at, first) in same.iter().enumerate() {
        copies.of[at] = copies.of[*first];
        copies.like[at] = copies.like[*first];
    }
    copies
}

/// The runs of letters of a text, each once, as numbers that hardly any two share.
fn runs(text: &str) -> Vec<u32> {
    let letters: Vec<char> = text.chars().take(READ).collect();
    let mut runs: Vec<u32> = letters
        .windows(RUN.min(letters.len()).max(1))
        .map(|run| {
            run.iter().fold(0x811c_9dc5, |hash, letter| {
                let mixed = (hash ^ u32::from(*letter)).wrapping_mul(0x0100_0193);
                mixed ^ (mixed >> 15)
            })
        })
        .collect();
    runs.sort_unstable();
    runs.dedup();
    runs
}

fn rarest_first(runs: &mut [Vec<u32>]) {
    let mut having: HashMap<u32, u32> = HashMap::new();
    runs.iter()
        .flatten()
        .for_each(|run| *having.entry(*run).or_default() += 1);
    runs.par_iter_mut()
        .for_each(|runs| runs.sort_unstable_by_key(|run| (having[run], *run)));
}

fn about_as_long(a: &str, b: &str) -> bool {
    let (short, long) = (a.len().min(b.len()), a.len().max(b.len()));
    short as f32 >= long as f32 * LIKE
}

/// The share of what either has that both have; both in order.
fn likeness(a: &[u32], b: &[u32]) -> f32 {
    let (mut at, mut shared) = (0, 0);
    for run in a {
        while at < b.len() && b[at] < *run {
            at += 1;
        }
        if at < b.len() && b[at] == *run {
            shared += 1;
        }
    }
    shared as f32 / (a.len() + b.len() - shared) as f32
}
