//! What results cite: each contribution is published, and each verbatim is its author's.

use domain::Slug;

use crate::contributions::Contributions;
use crate::links::Reference;
use crate::problem::{Problem, said, sorted};

/// A contribution that a results page cites.
#[derive(Debug, Clone)]
pub(crate) struct Citation {
    pub(crate) campaign: Slug,
    /// The identifier as it was typed.
    pub(crate) contribution: String,
    /// The words that are said to be its own, where some are.
    pub(crate) verbatim: Option<String>,
    pub(crate) place: Reference,
}

/// Every contribution that is cited and not published, and every verbatim that is not its own.
pub(crate) fn check(
    citations: &[Citation],
    contributions: &Contributions,
) -> Result<(), Vec<Problem>> {
    let problems: Vec<Problem> = citations
        .iter()
        .filter_map(|citation| fault(citation, contributions))
        .collect();
    match problems.is_empty() {
        true => Ok(()),
        false => Err(sorted(problems)),
    }
}

fn fault(citation: &Citation, contributions: &Contributions) -> Option<Problem> {
    let id = domain::ContributionId::parse(&citation.contribution).ok();
    let idea = id
        .and_then(|id| contributions.ideas.get(&id))
        .filter(|published| published.idea.campaign == citation.campaign);
    let (key, args) = match (idea, &citation.verbatim) {
        (None, _) => (
            "content.cited-unknown",
            vec![
                ("id", citation.contribution.clone()),
                ("campaign", citation.campaign.to_string()),
            ],
        ),
        (Some(idea), Some(words)) if !holds(idea.idea.body.as_str(), words) => (
            "content.verbatim",
            vec![("id", citation.contribution.clone())],
        ),
        _ => return None,
    };
    let Reference { path, at, .. } = &citation.place;
    let what = said(key, &args);
    Some(match std::fs::read_to_string(path) {
        Ok(source) => Problem::at(path, &source.replace("\r\n", "\n"), at.clone(), what),
        Err(_) => Problem::of(path, what),
    })
}

/// Whether a text holds these words, whatever the spaces between them.
fn holds(text: &str, words: &str) -> bool {
    let plain = |text: &str| {
        let words: Vec<&str> = text.split_whitespace().collect();
        words.join(" ").replace("...", "…")
    };
    plain(text).contains(&plain(words))
}
