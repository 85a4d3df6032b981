//! What is said of a publication.

use functions::{BucketError, BucketPlace};

use super::Published;
use super::bucket::Failed;
use super::difference::{Counts, Difference};
use crate::error::Stopped;
use crate::words::{count, say};

/// Paths that are named of what would change; of more, how many there are.
const NAMED: usize = 20;

/// How a publication ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ends {
    /// Nothing differs any more.
    Whole,
    /// Something still changed at the last look.
    Moving,
}

/// What would change.
pub(super) fn dry(place: &str, difference: &Difference, files: usize) -> Published {
    let counts = difference.counts();
    let mut lines = Vec::new();
    let mut name = |sign: &str, paths: &mut dyn Iterator<Item = &String>, all: usize| {
        lines.extend(paths.take(NAMED).map(|path| format!("{sign} {path}")));
        if all > NAMED {
            lines.push(format!("{sign} {}", count("publish.others", all - NAMED)));
        }
    };
    name("+", &mut difference.added.iter(), counts.added);
    let paths = |files: &[(String, functions::Tag)]| -> Vec<String> {
        files.iter().map(|(path, _)| path.clone()).collect()
    };
    let (changed, removed) = (paths(&difference.changed), paths(&difference.removed));
    name("~", &mut changed.iter(), counts.changed);
    name("-", &mut removed.iter(), counts.removed);
    lines.push(if difference.is_empty() {
        say("publish.nothing", &args(place, counts, files))
    } else {
        say("publish.would", &args(place, counts, files))
    });
    published(lines.join("\n"), counts)
}

/// What was done, and how many paths the distribution was told.
pub(super) fn done(place: &str, counts: Counts, files: usize, told: Option<usize>) -> Published {
    let key = if counts == Counts::default() {
        "publish.nothing"
    } else {
        "publish.done"
    };
    let mut lines = vec![say(key, &args(place, counts, files))];
    if let Some(told) = told.filter(|told| *told > 0) {
        lines.push(count("publish.told", told));
    }
    published(lines.join("\n"), counts)
}

/// What is left to do, if anything is.
pub(super) fn more(ends: Ends, untold: Option<BucketError>) -> Option<String> {
    let moving = (ends == Ends::Moving).then(|| say("publish.moving", &[]));
    let untold = untold.map(|error| say("publish.untold", &[("error", error.to_string())]));
    let lines: Vec<String> = moving.into_iter().chain(untold).collect();
    (!lines.is_empty()).then(|| lines.join("\n"))
}

/// Why nothing could be read or written.
pub(crate) fn failed(place: &BucketPlace, error: &BucketError) -> Stopped {
    let mut args = vec![("place", place.to_string())];
    let key = match error {
        BucketError::Credentials(_) => "publish-credentials",
        BucketError::Region => "publish-region",
        BucketError::Missing(name) => {
            args.push(("name", name.clone()));
            "publish-missing"
        }
        BucketError::Elsewhere { name, region } => {
            args.extend([("name", name.clone()), ("region", region.clone())]);
            "publish-elsewhere"
        }
        BucketError::Refused { action, code } => {
            args.extend([("action", (*action).to_owned()), ("code", code.clone())]);
            "publish-refused"
        }
        BucketError::Unreachable(error) => {
            args.push(("error", error.clone()));
            "publish-unreachable"
        }
        BucketError::Failed { .. } => {
            args.push(("error", error.to_string()));
            "publish-failed"
        }
    };
    Stopped::because(key, &args)
}

/// Why a publication stopped on its way, and that the next one goes on.
pub(super) fn stopped(place: &BucketPlace, error: &Failed, before: Counts) -> Stopped {
    let why = match error {
        Failed::Bucket(error) => failed(place, error),
        Failed::Site(error) => error.clone(),
    };
    let again = say("publish.again", &args(&place.to_string(), before, 0));
    Stopped::saying(format!("{why}\n{again}"))
}

fn args(place: &str, counts: Counts, files: usize) -> [(&'static str, String); 5] {
    [
        ("place", place.to_owned()),
        ("files", count("publish.n-files", files)),
        ("added", count("publish.n-added", counts.added)),
        ("changed", count("publish.n-changed", counts.changed)),
        ("removed", count("publish.n-removed", counts.removed)),
    ]
}

fn published(said: String, counts: Counts) -> Published {
    Published {
        said,
        added: counts.added,
        changed: counts.changed,
        removed: counts.removed,
    }
}
