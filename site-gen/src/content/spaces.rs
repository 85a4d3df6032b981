//! Spaces, as editors write them.

use domain::{Accent, Space};

use super::File;
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
    Some(Space {
        slug: file.slug,
        name: name?,
        place: place?,
        department,
        summary: summary?,
        accent,
        logo,
        order: order.unwrap_or(i64::MAX),
        body: file.body,
    })
}
