//! To a folder: the whole takes the place of what was there in one step.

use std::collections::BTreeMap;
use std::path::Path;

use functions::{Clock, Tag};

use super::Published;
use super::difference::Difference;
use super::said;
use super::site::{Site, tags};
use super::source::Opened;
use crate::error::Stopped;
use crate::import::Run;

/// Builds the site, and puts it in place of what the folder held.
pub(super) async fn publish(
    folder: &Path,
    mut site: Site,
    source: &Opened,
    run: Run,
    clock: &Clock,
) -> Result<Published, Stopped> {
    let now = clock();
    let contributions = source.read(&site.bundle.catalogue, now).await?;
    let before = match folder.exists() {
        true => tags(folder)?,
        false => BTreeMap::new(),
    };
    let place = folder.display().to_string();
    if run == Run::Dry {
        let built = site.build(&contributions, now)?;
        let difference = between(&built, &before);
        return Ok(said::dry(&place, &difference, built.len()));
    }
    site.build_in(folder, &contributions, now)?;
    let after = tags(folder)?;
    let difference = between(&after, &before);
    Ok(said::done(&place, difference.counts(), after.len(), None))
}

/// Nothing that was of the site before stays in a folder that is put in place whole.
fn between(after: &BTreeMap<String, Tag>, before: &BTreeMap<String, Tag>) -> Difference {
    let of_other = |(path, tag): (&String, &Tag)| (path.clone(), tag.clone());
    Difference {
        added: after
            .keys()
            .filter(|path| !before.contains_key(*path))
            .cloned()
            .collect(),
        changed: before
            .iter()
            .filter(|(path, tag)| after.get(*path).is_some_and(|other| other != *tag))
            .map(of_other)
            .collect(),
        removed: before
            .iter()
            .filter(|(path, _)| !after.contains_key(*path))
            .map(of_other)
            .collect(),
    }
}
