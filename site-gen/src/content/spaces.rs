//! Spaces, as editors write them.

use std::collections::BTreeMap;

use domain::{Accent, Body, ResponseForm, ServiceLevel, Slug, Space, Structure};

use super::File;
use super::campaigns::one_of;
use crate::colour;
use crate::front_matter::Keys;
use crate::markdown::Images;

pub(super) fn space(file: File, keys: &mut Keys<'_, '_>, images: &Images) -> Option<Space> {
    let name = keys.text("name");
    let place = keys.text("place");
    let department = keys.optional_text("department");
    let summary = keys.text("summary");
    let light = keys.optional_parsed("accent", "front-matter.colour", colour::Colour::parse);
    let dark = keys.optional_parsed("accent_dark", "front-matter.colour", colour::Colour::parse);
    let accent = match (light, dark) {
        (Some(light), Some(dark)) => {
            colour::check(keys, light, dark);
            Some(Accent {
                light: light.to_string(),
                dark: dark.to_string(),
            })
        }
        (None, None) => None,
        (Some(_), None) => {
            let span = keys.span_of("accent");
            keys.problem(&span, "content.accent-dark", &[]);
            None
        }
        (None, Some(_)) => {
            let span = keys.span_of("accent_dark");
            keys.problem(&span, "content.accent-light", &[]);
            None
        }
    };
    let logo = keys.optional_text("logo");
    if let Some(logo) = logo.as_ref().filter(|logo| !images.contains_key(*logo)) {
        let span = keys.span_of("logo");
        keys.problem(&span, "content.logo", &[("logo", logo.clone())]);
    }
    let order = keys.optional_number("order");
    let testimonials = answer_days(keys);
    let openings = phrases(keys, "openings");
    let closings = phrases(keys, "closings");
    Some(Space {
        slug: file.slug,
        name: name?,
        place: place?,
        department,
        summary: summary?,
        accent,
        logo,
        order: order.unwrap_or(i64::MAX),
        testimonials,
        openings,
        closings,
        body: file.body,
    })
}

/// Phrases that answers begin or end with; none is blank, and none is longer than an answer.
fn phrases(keys: &mut Keys<'_, '_>, key: &'static str) -> Vec<String> {
    let mut phrases = Vec::new();
    for (text, span) in keys.texts(key) {
        match Body::parse(&text, ResponseForm::TEXT_LIMIT) {
            Ok(phrase) => phrases.push(phrase.as_str().to_owned()),
            Err(_) => keys.problem(&span, "content.phrase", &[("key", key.to_owned())]),
        }
    }
    phrases
}

/// Within how many days a space answers testimonials; where it says so, it takes them.
fn answer_days(keys: &mut Keys<'_, '_>) -> Option<ServiceLevel> {
    let days = keys.optional_number("testimonials_answered_within_days")?;
    let answer_days = u16::try_from(days)
        .ok()
        .filter(|days| (1..=365).contains(days));
    if answer_days.is_none() {
        let span = keys.span_of("testimonials_answered_within_days");
        keys.problem(&span, "content.answer-days", &[]);
    }
    answer_days.map(|answer_days| ServiceLevel { answer_days })
}

/// A structure of one of the spaces that take testimonials.
pub(super) fn structure(
    file: File,
    keys: &mut Keys<'_, '_>,
    spaces: &BTreeMap<Slug, Space>,
) -> Option<Structure> {
    let name = keys.text("name");
    let summary = keys.text("summary");
    let space = one_of(keys, "space", "content.space-unknown", spaces);
    let parent = keys.optional_parsed("parent", "content.structure-unknown", Slug::parse);
    let order = keys.optional_number("order");
    let takes_none = |space: &Slug| spaces.get(space).is_none_or(|it| it.testimonials.is_none());
    if let Some(space) = space.as_ref().filter(|space| takes_none(space)) {
        let span = keys.span_of("space");
        let args = [("space", space.to_string())];
        keys.problem(&span, "content.space-takes-none", &args);
    }
    Some(Structure {
        slug: file.slug,
        name: name?,
        space: space?,
        parent,
        summary: summary?,
        order: order.unwrap_or(i64::MAX),
        body: file.body,
    })
}
