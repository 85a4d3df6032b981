//! What an analysis finds, as it is kept and shown.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::settings::Settings;

/// The version of the engine: what the same contributions give changes with it.
pub const ENGINE: u32 = 1;

/// What an analysis finds. Shares, cosines and scores have four decimals.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Analysis {
    /// What made it.
    pub engine: Engine,
    /// What was asked.
    pub settings: Settings,
    /// How much of what was written it covers.
    pub coverage: Coverage,
    /// The mean adjusted Rand index of divisions of 80 % of the contributions with this one: 1 is
    /// always the same, 0 is chance.
    pub stability: f32,
    /// The resolution at which the graph was divided.
    pub resolution: f64,
    /// The themes, the largest first: the theme of a contribution is a place in this list.
    pub themes: Vec<Theme>,
    /// Themes as salient points, the most salient first.
    pub salient: Vec<Salient>,
    /// The theme of each contribution, by its identifier; none where it is unclassified.
    pub assignments: BTreeMap<String, Option<u32>>,
    /// Where each contribution stands, by its identifier.
    pub contributions: BTreeMap<String, Standing>,
    /// Contributions that are copies of each other, by the identifier of the first.
    pub copies: Vec<Copies>,
}

/// What made an analysis.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Engine {
    /// [`ENGINE`].
    pub version: u32,
    /// Whether sentence vectors were given, or words alone.
    pub kind: Kind,
}

/// What contributions were compared by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Their words.
    Lexical,
    /// Their words and the vectors of their sentences.
    Semantic,
}

/// How much of what was written an analysis covers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Coverage {
    /// Contributions given.
    pub contributions: usize,
    /// Their distinct authors; one without a key is one of its own.
    pub authors: usize,
    /// Their likes.
    pub likes: u64,
    /// Those in a theme.
    pub classified: usize,
    /// Those between two themes.
    pub undecided: usize,
    /// Those near nothing.
    pub isolated: usize,
    /// The share of them in a theme.
    pub share: f32,
}

/// Where a contribution stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "standing", rename_all = "snake_case")]
pub enum Standing {
    /// In a theme.
    Classified {
        /// Which.
        theme: u32,
        /// Which sub-theme of it, if it is in one.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        subtheme: Option<u32>,
        /// How near it is to its middle, from −1 to 1.
        closeness: f32,
    },
    /// Between two themes (« indécis »).
    Undecided {
        /// Which.
        between: [u32; 2],
    },
    /// Near nothing (« isolé »).
    Isolated,
}

impl Standing {
    /// The theme that the contribution is in, if it is in one.
    #[must_use]
    pub fn theme(&self) -> Option<u32> {
        match self {
            Self::Classified { theme, .. } => Some(*theme),
            Self::Undecided { .. } | Self::Isolated => None,
        }
    }
}

/// Contributions that say the same kind of thing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Theme {
    /// What it is called, until a person says it better.
    pub label: String,
    /// The terms that set it apart, then those that the most of it has, as people write them.
    pub terms: Vec<Term>,
    /// How many contributions are in it.
    pub size: usize,
    /// By how many distinct authors.
    pub authors: usize,
    /// The likes of its contributions.
    pub likes: u64,
    /// How its contributions feel, where that is known of one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub sentiment: Option<Sentiments>,
    /// How surely it comes back when a fifth of the contributions is missing, from 0 to 1: from
    /// 0.75 on it is stable, below 0.5 it is not.
    pub stability: f32,
    /// How much nearer its contributions are to its middle than to that of any other theme, from 0
    /// to 1.
    pub distinctiveness: f32,
    /// Contributions that stand for it.
    pub verbatims: Vec<Verbatim>,
    /// The themes within it, the largest first.
    pub subthemes: Vec<Subtheme>,
    /// Its sides, where some are for and some against.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub sides: Option<Sides>,
}

/// A term of a theme.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Term {
    /// As people write it.
    pub written: String,
    /// The share of the theme's distinct texts that have it.
    pub share: f32,
}

/// How contributions feel.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sentiments {
    /// How many feel negative.
    pub negative: usize,
    /// Neutral.
    pub neutral: usize,
    /// Positive.
    pub positive: usize,
    /// Of how many that is not known.
    pub unknown: usize,
}

/// A contribution that stands for others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verbatim {
    /// Its identifier.
    pub id: String,
    /// Why it was chosen.
    pub chosen: Chosen,
}

/// Why a verbatim was chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Chosen {
    /// It is from the middle of its theme.
    Central,
    /// It differs from those before it.
    Diverse,
}

/// A theme within a theme.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Subtheme {
    /// What it is called.
    pub label: String,
    /// The terms that set it apart within its theme.
    pub terms: Vec<Term>,
    /// How many contributions are in it.
    pub size: usize,
}

/// The sides of a theme.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sides {
    /// Those for.
    #[serde(rename = "for")]
    pub in_favour: Side,
    /// Those for in part.
    pub mixed: Side,
    /// Those against.
    pub against: Side,
}

/// One side of a theme.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Side {
    /// How many contributions take it.
    pub size: usize,
    /// By how many distinct authors.
    pub authors: usize,
    /// Their likes.
    pub likes: u64,
    /// The terms that set it apart within its theme.
    pub terms: Vec<Term>,
    /// Contributions that stand for it.
    pub verbatims: Vec<Verbatim>,
}

/// A theme as a salient point (« point saillant »).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Salient {
    /// Which theme.
    pub theme: u32,
    /// The mean of the parts, each weighing what the settings say, from 0 to 1.
    pub score: f32,
    /// What the score is made of.
    pub parts: Parts,
}

/// What a score of salience is made of, each from 0 to 1.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Parts {
    /// Distinct authors, beside the theme that has the most.
    pub authors: f32,
    /// Likes, beside the theme that has the most; none where there are no likes at all.
    pub likes: Option<f32>,
    /// How far it is from other themes.
    pub distinctiveness: f32,
    /// How surely it comes back.
    pub stability: f32,
    /// The share that feels negative, of those of which it is known; none where it is of none.
    pub negative: Option<f32>,
}

/// Contributions that are copies of each other.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Copies {
    /// The first.
    pub id: String,
    /// Those that are like it.
    pub like_it: Vec<Copy>,
}

/// A copy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Copy {
    /// Its identifier.
    pub id: String,
    /// How like the first it is: 1 is the same to a reader, less is the same with small changes.
    pub likeness: f32,
}

/// A number with four decimals.
pub(super) fn round(value: f32) -> f32 {
    const DECIMALS: f64 = 10_000.0;
    ((f64::from(value) * DECIMALS).round() / DECIMALS) as f32
}
