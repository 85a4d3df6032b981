//! What people wrote, that stands for a theme: some from its middle, some that differ from these
//! and from each other (J. Carbonell and J. Goldstein, "The Use of MMR, Diversity-Based Reranking",
//! SIGIR 1998).

use super::dense::{Dense, dot};

/// How much being near the middle counts beside being unlike what is chosen, for each.
const MIDDLE: f32 = 0.7;
const DIVERSE: f32 = 0.4;
/// A shorter text says too little to stand for others, a longer one is not read: in characters.
const SHORTEST: usize = 30;
const LONGEST: usize = 800;
/// What being too short or too long costs.
const UNFIT: f32 = 0.3;

/// One contribution that may be chosen.
pub(super) struct Candidate<'a> {
    pub(super) row: usize,
    /// The cosine with the middle of the theme.
    pub(super) closeness: f32,
    /// Characters of its text.
    pub(super) length: usize,
    /// Whose it is, where that is known: nobody speaks twice.
    pub(super) author: Option<&'a str>,
}

/// The places, among candidates, of those that are chosen: first those from the middle, which are
/// the larger half, then those that differ.
pub(super) fn choose(
    points: &Dense,
    candidates: &[Candidate<'_>],
    most: usize,
) -> Vec<(usize, bool)> {
    let central = most.div_ceil(2);
    let mut chosen: Vec<(usize, bool)> = Vec::new();
    let mut alike = vec![0.0_f32; candidates.len()];
    while chosen.len() < most {
        let from_middle = chosen.len() < central;
        let middle = if from_middle { MIDDLE } else { DIVERSE };
        let taken = |at: usize| {
            chosen.iter().any(|(known, _)| {
                let (known, new) = (&candidates[*known], &candidates[at]);
                known.row == new.row || (known.author.is_some() && known.author == new.author)
            })
        };
        let best = (0..candidates.len())
            .filter(|at| !taken(*at))
            .map(|at| {
                let candidate = &candidates[at];
                let fit = (SHORTEST..=LONGEST).contains(&candidate.length);
                let unfit = if fit { 0.0 } else { UNFIT };
                (
                    at,
                    middle * candidate.closeness - (1.0 - middle) * alike[at] - unfit,
                )
            })
            .reduce(|best, next| if next.1 > best.1 { next } else { best });
        let Some((best, _)) = best else { break };
        chosen.push((best, from_middle));
        let point = points.row(candidates[best].row);
        for (alike, candidate) in alike.iter_mut().zip(candidates) {
            *alike = alike.max(dot(point, points.row(candidate.row)));
        }
    }
    chosen
}
