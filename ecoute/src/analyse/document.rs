//! What an analysis found, as a file: what `site-gen new results --from` reads.

use std::collections::{BTreeMap, BTreeSet};

use domain::Slug;
use insights::themes::{Analysis, Contribution};
use serde::Serialize;

/// An analysis with the words that its themes are shown by. It holds no time, so that the same
/// contributions make the same file.
#[derive(Serialize)]
pub(super) struct Document {
    /// The campaign, where it is of one.
    #[serde(skip_serializing_if = "Option::is_none")]
    campaign: Option<Slug>,
    #[serde(flatten)]
    analysis: Analysis,
    /// The contributions that stand for themes, by their identifier.
    texts: BTreeMap<String, Text>,
}

/// A contribution word for word.
#[derive(Serialize)]
struct Text {
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    text: String,
}

impl Document {
    pub(super) fn of(
        analysis: Analysis,
        campaign: Option<Slug>,
        contributions: &[Contribution],
    ) -> Self {
        let shown: BTreeSet<&str> = analysis
            .themes
            .iter()
            .flat_map(|theme| {
                let sides = theme.sides.iter();
                let sides = sides.flat_map(|it| [&it.in_favour, &it.mixed, &it.against]);
                let of_sides = sides.flat_map(|side| &side.verbatims);
                theme.verbatims.iter().chain(of_sides)
            })
            .map(|verbatim| verbatim.id.as_str())
            .collect();
        let texts = contributions
            .iter()
            .filter(|contribution| shown.contains(contribution.id.as_str()))
            .map(|contribution| {
                let text = Text {
                    title: contribution.title.clone(),
                    text: contribution.text.clone(),
                };
                (contribution.id.clone(), text)
            });
        Self {
            texts: texts.collect(),
            campaign,
            analysis,
        }
    }

    pub(super) fn to_json(&self) -> String {
        let mut json = serde_json::to_string_pretty(self)
            .expect("an analysis has only string keys and finite numbers");
        json.push('\n');
        json
    }
}
