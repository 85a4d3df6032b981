//! What a person decided of themes, kept apart from any analysis, so that it survives the next one.
//!
//! A theme has a key, which it keeps: in the next analysis, it is the theme that has most of its
//! contributions. A decision names keys and contributions alone, and all decisions are taken again,
//! in order, on what the engine finds.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::analysis::Analysis;

/// A theme of an earlier analysis is that of a later one where they share this much of what either
/// has (Jaccard's index, of the contributions that both analyses know), at least.
const SAME: f64 = 0.25;

/// The key of a theme: it stays, whatever the next analysis finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Key(pub u32);

/// What a person decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "decision", rename_all = "snake_case")]
pub enum Decision {
    /// The theme is called so.
    Rename {
        /// Which.
        theme: Key,
        /// Its label.
        label: String,
    },
    /// One theme is a part of another, which keeps its label.
    Merge {
        /// Which.
        theme: Key,
        /// Of which.
        into: Key,
    },
    /// Some contributions are a theme of their own, which [`Journal::decide`] gives a key.
    Split {
        /// The key of the new theme.
        theme: Key,
        /// Its label.
        label: String,
        /// Which contributions.
        contributions: Vec<String>,
    },
    /// A contribution is in a theme, or in none: also how a suggestion is confirmed.
    Move {
        /// Which.
        contribution: String,
        /// Where.
        to: Option<Key>,
    },
    /// A contribution that was suggested for a theme is not of it.
    Decline {
        /// Which.
        contribution: String,
        /// Of what.
        theme: Key,
    },
    /// The theme is right as it is.
    Validate {
        /// Which.
        theme: Key,
    },
    /// The theme is not shown.
    Hide {
        /// Which.
        theme: Key,
    },
    /// The theme is shown again.
    Show {
        /// Which.
        theme: Key,
    },
}

/// All decisions, in the order in which they were made, and what they were made of.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Journal {
    /// For each key, the contributions that the engine had found in it last.
    known: BTreeMap<Key, BTreeSet<String>>,
    /// The key of each theme of the analysis that was followed last.
    keys: Vec<Key>,
    decisions: Vec<Decision>,
    next: u32,
}

/// Why a decision is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Impossible {
    /// No theme has this key.
    Unknown(Key),
    /// A theme is no part of itself, nor of a part of itself.
    Circle(Key),
}

impl std::fmt::Display for Impossible {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Unknown(Key(key)) => write!(f, "no theme has the key {key}"),
            Self::Circle(Key(key)) => write!(f, "theme {key} can't be a part of itself"),
        }
    }
}

impl std::error::Error for Impossible {}

impl Journal {
    /// Gives each theme of an analysis its key: that of the theme of the analysis before of which
    /// it has most, or a new one. It is called once for each new analysis, before a review of it.
    pub fn follow(&mut self, analysis: &Analysis) {
        let mut found: Vec<BTreeSet<String>> = vec![BTreeSet::new(); analysis.themes.len()];
        for (id, theme) in &analysis.assignments {
            if let Some(theme) = theme {
                found[*theme as usize].insert(id.clone());
            }
        }
        let earlier: BTreeSet<&String> = self.known.values().flatten().collect();
        let old: Vec<usize> = found
            .iter()
            .map(|now| now.iter().filter(|id| earlier.contains(id)).count())
            .collect();
        let mut pairs: Vec<(f64, Key, usize)> = Vec::new();
        for (key, before) in &self.known {
            let before: BTreeSet<&String> = before
                .iter()
                .filter(|id| analysis.assignments.contains_key(*id))
                .collect();
            for (theme, now) in found.iter().enumerate() {
                let shared = now.iter().filter(|id| before.contains(id)).count();
                let either = before.len() + old[theme] - shared;
                if shared > 0 {
                    pairs.push((shared as f64 / either.max(1) as f64, *key, theme));
                }
            }
        }
        pairs.sort_by(|a, b| b.0.total_cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
        let mut keys: Vec<Option<Key>> = vec![None; found.len()];
        for (share, key, theme) in pairs {
            if share >= SAME && keys[theme].is_none() && !keys.contains(&Some(key)) {
                keys[theme] = Some(key);
            }
        }
        let mut next = self.next;
        self.keys = keys
            .into_iter()
            .map(|key| {
                key.unwrap_or_else(|| {
                    next += 1;
                    Key(next)
                })
            })
            .collect();
        self.next = next;
        for (key, found) in self.keys.iter().zip(found) {
            self.known.insert(*key, found);
        }
    }

    /// The key of each theme of the analysis that was followed last.
    #[must_use]
    pub fn keys(&self) -> &[Key] {
        &self.keys
    }

    /// The decisions, in the order in which they were made.
    #[must_use]
    pub fn decisions(&self) -> &[Decision] {
        &self.decisions
    }

    /// The key that the next theme that is split from others will have.
    #[must_use]
    pub fn next_key(&self) -> Key {
        Key(self.next + 1)
    }

    /// Adds a decision.
    ///
    /// # Errors
    ///
    /// Where it names a theme that there is not (a new one has [`Journal::next_key`]), or would
    /// make a theme a part of itself.
    pub fn decide(&mut self, decision: Decision) -> Result<(), Impossible> {
        let named: Vec<Key> = match &decision {
            Decision::Rename { theme, .. }
            | Decision::Decline { theme, .. }
            | Decision::Validate { theme }
            | Decision::Hide { theme }
            | Decision::Show { theme } => vec![*theme],
            Decision::Merge { theme, into } => vec![*theme, *into],
            Decision::Move { to, .. } => to.iter().copied().collect(),
            Decision::Split { theme, .. } if *theme == self.next_key() => Vec::new(),
            Decision::Split { theme, .. } => return Err(Impossible::Unknown(*theme)),
        };
        if let Some(unknown) = named.iter().find(|key| !self.known.contains_key(key)) {
            return Err(Impossible::Unknown(*unknown));
        }
        if let Decision::Merge { theme, into } = &decision
            && self.whole(*into) == self.whole(*theme)
        {
            return Err(Impossible::Circle(*theme));
        }
        if let Decision::Split { theme, .. } = &decision {
            self.next = theme.0;
            self.known.insert(*theme, BTreeSet::new());
        }
        self.decisions.push(decision);
        Ok(())
    }

    /// Takes back the decision that was made last, and answers it; none where there is none. The
    /// key of a theme that was split is not given again.
    pub fn undo(&mut self) -> Option<Decision> {
        self.decisions.pop()
    }

    /// The theme that a theme is now a part of: itself, where it was not merged.
    #[must_use]
    pub fn whole(&self, key: Key) -> Key {
        let merged = |key: Key| {
            self.decisions.iter().find_map(|decision| match decision {
                Decision::Merge { theme, into } if *theme == key => Some(*into),
                _ => None,
            })
        };
        let mut whole = key;
        while let Some(into) = merged(whole) {
            whole = into;
        }
        whole
    }
}
