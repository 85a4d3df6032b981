//! An analysis as a person left it: what the engine found, and what was decided of it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::analysis::Analysis;
use super::journal::{Decision, Journal, Key};

/// An analysis as a person left it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    /// The themes, by key.
    pub themes: BTreeMap<Key, Reviewed>,
    /// Where each contribution is, by its identifier; unclassified ones are left out.
    pub contributions: BTreeMap<String, Place>,
}

/// A theme as a person left it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reviewed {
    /// What it is called.
    pub label: String,
    /// Whether a person called it so.
    pub renamed: bool,
    /// Whether a person found it right. What comes after, a new contribution aside, takes it away.
    pub validated: bool,
    /// Whether it is kept from the public.
    pub hidden: bool,
    /// The themes of the analysis that it is made of, none where a person alone made it.
    pub found: Vec<u32>,
    /// How many contributions are in it.
    pub size: usize,
}

/// Where a contribution is, and who says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Its theme.
    pub theme: Key,
    /// Who says so.
    pub by: By,
}

/// Who says that a contribution is in a theme.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// The engine.
    Engine,
    /// A person.
    Person,
}

impl Journal {
    /// The analysis that was followed last, with all that was decided.
    #[must_use]
    pub fn review(&self, analysis: &Analysis) -> Review {
        let mut review = Review {
            themes: BTreeMap::new(),
            contributions: BTreeMap::new(),
        };
        for ((place, theme), key) in (0..).zip(&analysis.themes).zip(self.keys()) {
            let reviewed = Reviewed::called(theme.label.clone(), vec![place]);
            review.themes.insert(*key, reviewed);
        }
        for (id, theme) in &analysis.assignments {
            if let Some(theme) = theme.and_then(|theme| self.keys().get(theme as usize)) {
                let place = Place {
                    theme: *theme,
                    by: By::Engine,
                };
                review.contributions.insert(id.clone(), place);
            }
        }
        for decision in self.decisions() {
            review.take(decision, analysis);
        }
        for (key, theme) in &mut review.themes {
            let those = review.contributions.values();
            theme.size = those.filter(|place| place.theme == *key).count();
        }
        // A theme of which nothing is left is a decision that waits for contributions.
        review.themes.retain(|_, theme| theme.size > 0);
        review
    }
}

impl Review {
    fn take(&mut self, decision: &Decision, analysis: &Analysis) {
        match decision {
            Decision::Rename { theme, label } => {
                let theme = self.theme(*theme);
                theme.label.clone_from(label);
                theme.renamed = true;
            }
            Decision::Merge { theme, into } => {
                let part = self.themes.remove(theme);
                let whole = self.theme(*into);
                if let Some(part) = part {
                    if whole.label.is_empty() {
                        whole.label = part.label;
                    }
                    whole.found.extend(part.found);
                    whole.found.sort_unstable();
                }
                whole.validated = false;
                let those = self.contributions.values_mut();
                those
                    .filter(|place| place.theme == *theme)
                    .for_each(|place| place.theme = *into);
            }
            Decision::Split {
                theme,
                label,
                contributions,
            } => {
                let split = self.theme(*theme);
                split.label.clone_from(label);
                split.renamed = true;
                for contribution in contributions {
                    self.place(contribution, Some(*theme), analysis);
                }
            }
            Decision::Move { contribution, to } => self.place(contribution, *to, analysis),
            Decision::Decline { .. } => {}
            Decision::Validate { theme } => self.theme(*theme).validated = true,
            Decision::Hide { theme } => self.theme(*theme).hidden = true,
            Decision::Show { theme } => self.theme(*theme).hidden = false,
        }
    }

    /// The theme with a key, which the engine may not have found this time.
    fn theme(&mut self, key: Key) -> &mut Reviewed {
        self.themes
            .entry(key)
            .or_insert_with(|| Reviewed::called(String::new(), Vec::new()))
    }

    fn place(&mut self, contribution: &str, to: Option<Key>, analysis: &Analysis) {
        if !analysis.assignments.contains_key(contribution) {
            return;
        }
        let before = self.contributions.remove(contribution);
        let changed: BTreeSet<Key> = before
            .map(|place| place.theme)
            .into_iter()
            .chain(to)
            .collect();
        if before.map(|place| place.theme) != to {
            for key in changed {
                self.theme(key).validated = false;
            }
        }
        if let Some(theme) = to {
            let by = By::Person;
            self.contributions
                .insert(contribution.to_owned(), Place { theme, by });
        }
    }
}

impl Reviewed {
    fn called(label: String, found: Vec<u32>) -> Self {
        Self {
            label,
            renamed: false,
            validated: false,
            hidden: false,
            found,
            size: 0,
        }
    }
}
