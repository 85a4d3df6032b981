//! Rights as they are typed, to grants.

use domain::{Grant, Role, Slug};
use site_gen::Catalogue;

use super::Rights;
use crate::error::Stopped;

/// What rights grant, in spaces and structures that the content has.
pub(super) fn granted(rights: &Rights, catalogue: &Catalogue) -> Result<Vec<Grant>, Stopped> {
    let mut grants = Vec::new();
    if rights.national {
        grants.push(Grant::national());
    }
    for (role, spaces) in [
        (Role::Moderator, &rights.moderator),
        (Role::Answerer, &rights.answerer),
        (Role::Analyst, &rights.analyst),
    ] {
        for raw in spaces {
            // An answerer may be limited to a structure of the space.
            let (typed, structure) = match raw.split_once('/') {
                Some((space, structure)) if role == Role::Answerer => (space, Some(structure)),
                _ => (raw.as_str(), None),
            };
            let known = Slug::parse(typed)
                .ok()
                .filter(|space| catalogue.spaces.contains_key(space));
            let Some(space) = known else {
                let known: Vec<String> = catalogue
                    .spaces
                    .values()
                    .map(|space| format!("  {} ({})", space.slug, space.name))
                    .collect();
                let known = known.join("\n");
                return Err(Stopped::because(
                    "unknown-space",
                    &[("space", typed.to_owned()), ("known", known)],
                ));
            };
            let structure = match structure {
                Some(structure) => Some(structure_of(catalogue, &space, structure)?),
                None => None,
            };
            grants.push(Grant {
                role,
                space: Some(space),
                structure,
            });
        }
    }
    if grants.is_empty() {
        return Err(Stopped::because("no-role", &[]));
    }
    grants.sort();
    grants.dedup();
    Ok(grants)
}

/// A structure of a space, by its name in addresses.
fn structure_of(catalogue: &Catalogue, space: &Slug, typed: &str) -> Result<Slug, Stopped> {
    let structures = catalogue.structures_of(space);
    let known = structures.iter().find(|it| it.slug.as_str() == typed);
    known.map(|it| it.slug.clone()).ok_or_else(|| {
        let known: Vec<String> = structures
            .iter()
            .map(|it| format!("  {space}/{} ({})", it.slug, it.name))
            .collect();
        let args = [
            ("structure", typed.to_owned()),
            ("space", space.to_string()),
            ("known", known.join("\n")),
        ];
        Stopped::because("unknown-structure", &args)
    })
}
