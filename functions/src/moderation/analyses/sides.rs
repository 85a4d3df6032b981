//! The sides of a theme, where it is known of some contributions that they are for something and
//! of others that they are against it.

use domain::Campaign;
use insights::themes::{Side, Theme};
use serde_json::{Value, json};
use site_gen::view::Link;
use site_gen::{address, number};

use super::written::Written;
use crate::App;

/// How many words are told of a side.
const WORDS: usize = 8;

/// How many contributions stand for a side.
const SAID: usize = 2;

/// What is shown of the sides of themes that people read as one, as the engine found them; none
/// where there are no two sides.
pub(super) fn sides(
    app: &App,
    campaign: &Campaign,
    found: &[&Theme],
    written: &Written,
) -> Option<Vec<Value>> {
    let all: Vec<_> = found
        .iter()
        .filter_map(|theme| theme.sides.as_ref())
        .collect();
    if all.is_empty() {
        return None;
    }
    let messages = app.renderer.messages();
    let shown = |key: &str, those: Vec<&Side>| {
        let size = those.iter().map(|side| side.size as u64).sum();
        let likes = those.iter().map(|side| side.likes).sum();
        let words = those.iter().flat_map(|side| &side.terms).take(WORDS);
        let words: Vec<&str> = words.map(|term| term.written.as_str()).collect();
        let chosen = those.iter().flat_map(|side| &side.verbatims);
        let said: Vec<Value> = chosen
            .filter_map(|verbatim| written.card(&verbatim.id))
            .take(SAID)
            .map(|card| {
                let href = address::idea(&campaign.slug, &card.id, 1);
                json!({"link": Link::new(card.title.as_str(), href), "excerpt": card.excerpt})
            })
            .collect();
        json!({
            "label": messages.text(&format!("analyses.side.{key}"), &[]),
            "size": number(size),
            "likes": number(likes),
            "words": words.join(", "),
            "said": said,
        })
    };
    Some(vec![
        shown("for", all.iter().map(|it| &it.in_favour).collect()),
        shown("mixed", all.iter().map(|it| &it.mixed).collect()),
        shown("against", all.iter().map(|it| &it.against).collect()),
    ])
}
