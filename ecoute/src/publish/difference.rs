//! What differs between what was built and what readers find, in the order in which it is mended.

use std::collections::BTreeMap;

use functions::{Tag, is_asset};
use jiff::Timestamp;

use super::mark::{self, Mark, Rest};

/// What is to be put and taken away.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Difference {
    /// Files that are not there.
    pub(super) added: Vec<String>,
    /// Files that hold something else, and which tag they have.
    pub(super) changed: Vec<(String, Tag)>,
    /// Files that are no longer of the site, and which tag they have.
    pub(super) removed: Vec<(String, Tag)>,
}

/// How many files were put and taken away.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) added: usize,
    pub(super) changed: usize,
    pub(super) removed: usize,
}

/// A file to put: where another stands, its tag.
pub(super) type Step = (String, Option<Tag>);

impl Difference {
    /// Compares what was built with what stands there. Assets that no page asks for any more stay
    /// for a day, which the mark notes.
    pub(super) fn between(
        built: &BTreeMap<String, Tag>,
        standing: &BTreeMap<String, Tag>,
        mark: &mut Mark,
        now: Timestamp,
    ) -> Self {
        let mut found = Self::default();
        for (path, tag) in built {
            match standing.get(path) {
                None => found.added.push(path.clone()),
                Some(stands) if stands == tag && mark.has_headers() => {}
                Some(stands) => found.changed.push((path.clone(), stands.clone())),
            }
        }
        mark.retired
            .retain(|path, _| standing.contains_key(path) && !built.contains_key(path));
        for (path, tag) in standing {
            let is_kept = built.contains_key(path)
                || path == mark::PATH
                || is_asset(path) && mark.retire(path, now) == Rest::Stays;
            if !is_kept {
                found.removed.push((path.clone(), tag.clone()));
            }
        }
        found
    }

    pub(super) fn counts(&self) -> Counts {
        Counts {
            added: self.added.len(),
            changed: self.changed.len(),
            removed: self.removed.len(),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.added.is_empty() && self.changed.is_empty() && self.removed.is_empty()
    }

    /// The files to put, in steps: each leads only to what an earlier one put, or what was there.
    /// New pages come before those that lead to them, and a new site's first page last.
    pub(super) fn steps(&self) -> [Vec<Step>; 4] {
        const FIRST_PAGE: &str = "index.html";
        let added = self.added.iter().map(|path| (path.clone(), None));
        let changed = self.changed.iter();
        let changed = changed.map(|(path, tag)| (path.clone(), Some(tag.clone())));
        let mut steps: [Vec<Step>; 4] = Default::default();
        for step in added.chain(changed) {
            let place = match &step {
                (path, _) if is_asset(path) => 0,
                (path, None) if path != FIRST_PAGE => 1,
                (path, _) if path != FIRST_PAGE => 2,
                _ => 3,
            };
            steps[place].push(step);
        }
        steps
    }
}
