//! What is asked of an analysis, and the numbers of its recipe.

use serde::{Deserialize, Serialize};

/// What is asked of an analysis.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// How many themes, or how fine.
    pub wanted: Wanted,
    /// Representative verbatims for each theme, at most.
    pub verbatims: usize,
    /// Terms named for each theme, at most.
    pub terms: usize,
    /// How much each part of the score of salient points weighs.
    pub salience: Weights,
    /// The numbers of the recipe.
    pub recipe: Recipe,
}

/// How much each part of the score of salient points weighs beside the others.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Weights {
    /// How many people wrote of it.
    pub authors: f32,
    /// How many support what they wrote.
    pub likes: f32,
    /// How far it is from other themes.
    pub distinctiveness: f32,
    /// How surely it comes back.
    pub stability: f32,
    /// Which share of it feels negative.
    pub negative: f32,
}

impl Default for Weights {
    fn default() -> Self {
        Self {
            authors: 0.4,
            likes: 0.2,
            distinctiveness: 0.1,
            stability: 0.15,
            negative: 0.15,
        }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            wanted: Wanted::Grain(Grain::Medium),
            verbatims: 5,
            terms: 8,
            salience: Weights::default(),
            recipe: Recipe::default(),
        }
    }
}

/// How many themes, or how fine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wanted {
    /// So many themes, or fewer where contributions don't have as many.
    Themes(usize),
    /// As many themes as come out.
    Grain(Grain),
}

/// How fine themes are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grain {
    /// Many small themes.
    Fine,
    /// What is shown of a campaign.
    Medium,
    /// A few large themes.
    Coarse,
}

/// The numbers of the recipe. The defaults are those that the scores of `insights/README.md` are
/// measured with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Recipe {
    /// How much a word of a title weighs beside one of a text.
    pub title: f32,
    /// A term counts from so many contributions on.
    pub fewest: usize,
    /// A term that a larger share of the contributions has tells none of them apart.
    pub share: f32,
    /// How much a pair of words weighs beside a word.
    pub pair: f32,
    /// Dimensions of the latent semantic analysis.
    pub dimensions: usize,
    /// Each of them counts by its singular value to this power.
    pub power: f32,
    /// How much these weigh beside a sentence vector, which weighs 1.
    pub lexical: f32,
    /// Nearest contributions to which each is joined.
    pub neighbours: usize,
    /// Themes that are looked for beyond those that are wanted, before the closest are joined: so
    /// many for each of those that are wanted…
    pub beyond: f64,
    /// … but the first few. Small themes then don't crowd out the large ones.
    pub beyond_from: usize,
    /// Searches of which the best is kept.
    pub starts: usize,
    /// Times that a search begins again from what it found.
    pub turns: usize,
    /// Times that each contribution is put where its neighbours and the centres of themes say…
    pub rounds: usize,
    /// … the neighbours together weighing so much beside the cosine with a centre.
    pub support: f32,
    /// A theme has so many contributions at least…
    pub smallest: usize,
    /// … and this share of them.
    pub smallest_share: f32,
    /// Below this cosine with the nearest theme, a contribution that is in none stays isolated.
    pub isolated: f32,
    /// A contribution of which the centre of another theme is nearer than its own's stays between
    /// the two, unless its neighbours are in its own more than in the other by this share of them.
    pub undecided: f32,
    /// Parts of the contributions that are divided again, to see which themes come back.
    pub samples: usize,
    /// How large these parts are, as a share.
    pub sample: f32,
    /// From which size on a theme is divided in sub-themes.
    pub divided_from: usize,
    /// Resolutions of the fine, medium and coarse grains.
    pub grains: [f64; 3],
}

impl Default for Recipe {
    fn default() -> Self {
        Self {
            title: 2.0,
            fewest: 2,
            share: 0.5,
            pair: 0.7,
            dimensions: 100,
            power: 1.5,
            lexical: 1.0,
            neighbours: 20,
            beyond: 0.3,
            beyond_from: 4,
            starts: 5,
            turns: 3,
            rounds: 3,
            support: 0.5,
            smallest: 3,
            smallest_share: 0.005,
            isolated: 0.02,
            undecided: 0.05,
            samples: 10,
            sample: 0.8,
            divided_from: 30,
            grains: [2.0, 1.0, 0.5],
        }
    }
}

impl Recipe {
    pub(super) fn resolution(&self, grain: Grain) -> f64 {
        let [fine, medium, coarse] = self.grains;
        match grain {
            Grain::Fine => fine,
            Grain::Medium => medium,
            Grain::Coarse => coarse,
        }
    }

    /// How many themes are looked for, where so many are wanted.
    pub(super) fn looked_for(&self, wanted: usize) -> usize {
        let more = wanted.saturating_sub(self.beyond_from) as f64 * self.beyond;
        wanted + more.round() as usize
    }

    /// How many contributions a theme has at least, of so many.
    pub(super) fn smallest(&self, count: usize) -> usize {
        let share = (count as f32 * self.smallest_share).ceil() as usize;
        self.smallest.max(share)
    }
}
