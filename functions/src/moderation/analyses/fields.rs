//! What was typed in the forms of a theme.

use insights::themes::Key;

use super::LABEL;
use crate::Failure;

/// The fields of a form of a theme: several bear the same name.
pub(super) struct Fields(Vec<(String, String)>);

impl Fields {
    pub(super) fn of(fields: Vec<(String, String)>) -> Self {
        Self(fields)
    }

    pub(super) fn value(&self, name: &str) -> &str {
        let found = self.0.iter().find(|(known, _)| known == name);
        found.map_or("", |(_, value)| value.trim())
    }

    /// Which writing of the analysis was read.
    pub(super) fn version(&self) -> Result<u64, Failure> {
        let version = self.value("version").parse();
        version.map_err(|_| Failure::BadRequest)
    }

    pub(super) fn chosen(&self) -> Vec<String> {
        let chosen = self.0.iter().filter(|(name, _)| name == "choix");
        chosen.map(|(_, value)| value.clone()).collect()
    }

    /// The theme that is named; none where it is said to be none, or is no number.
    pub(super) fn theme(&self) -> Option<Key> {
        self.value("vers").parse().ok().map(Key)
    }

    /// What a theme is to be called, on one line; none where that is nothing, or too long.
    pub(super) fn label(&self) -> Option<String> {
        let words: Vec<&str> = self.value("nom").split_whitespace().collect();
        let label = words.join(" ");
        (!label.is_empty() && label.chars().count() <= LABEL).then_some(label)
    }
}
