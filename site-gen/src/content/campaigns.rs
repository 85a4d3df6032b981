//! Campaigns, as editors write them.

use std::collections::BTreeMap;

use domain::{Audience, Campaign, Modality, Slug, Space, Stage};

use super::File;
use super::origins::{self, Claim};
use super::surveys;
use crate::front_matter::Keys;

pub(super) fn campaign(
    file: File,
    keys: &mut Keys<'_, '_>,
    spaces: &BTreeMap<Slug, Space>,
    claims: &mut Vec<Claim>,
) -> Option<Campaign> {
    let title = keys.text("title");
    let short = keys.text("short");
    let summary = keys.text("summary");
    let space = one_of(keys, "space", "content.space-unknown", spaces);
    let opens = keys.date("opens");
    let closes = keys.date("closes");
    if let (Some(opens), Some(closes)) = (opens, closes)
        && closes < opens
    {
        let place = keys.span_of("closes");
        keys.problem(&place, "content.closes-before-opens", &[]);
    }
    let stage = keys.choice(
        "stage",
        &[
            ("analysis", Stage::Analysis),
            ("results", Stage::Results),
            ("archived", Stage::Archived),
        ],
    );
    let modalities = keys.choices(
        "modalities",
        &[
            ("ideas", Modality::Ideas),
            ("survey", Modality::Survey),
            ("workshops", Modality::Workshops),
        ],
    );
    let audience = keys.choice(
        "audience",
        &[("public", Audience::Public), ("staff", Audience::Staff)],
    );
    let mut categories: Vec<String> = Vec::new();
    for (category, span) in keys.texts("categories") {
        let slug = Slug::from_words(&category);
        let known = categories
            .iter()
            .find(|known| Slug::from_words(known) == slug);
        match known.cloned() {
            Some(other) => {
                keys.problem(&span, "content.category-twice", &[("other", other)]);
            }
            None => categories.push(category),
        }
    }
    let questions = keys.texts("questions");
    let survey = surveys::survey(keys, &modalities);
    let from = origins::origin(keys, &file.slug, claims);
    Some(Campaign {
        slug: file.slug,
        space: space?,
        title: title?,
        short: short?,
        summary: summary?,
        opens: opens?,
        closes: closes?,
        stage,
        modalities,
        audience: audience.unwrap_or(Audience::Public),
        categories,
        questions: questions
            .into_iter()
            .map(|(question, _)| question)
            .collect(),
        survey,
        body: file.body,
        from,
    })
}

/// The name of one of `known`, which must be there.
pub(super) fn one_of<T>(
    keys: &mut Keys<'_, '_>,
    key: &'static str,
    unknown: &str,
    known: &BTreeMap<Slug, T>,
) -> Option<Slug> {
    let name = keys.text(key)?;
    let found = Slug::parse(&name)
        .ok()
        .filter(|slug| known.contains_key(slug));
    if found.is_none() {
        let known: Vec<&str> = known.keys().map(Slug::as_str).collect();
        let place = keys.span_of(key);
        let args = [("name", name), ("known", known.join(", "))];
        keys.problem(&place, unknown, &args);
    }
    found
}
