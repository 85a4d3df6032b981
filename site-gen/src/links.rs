//! Links of the content: where each leads must be a page of the site, and its anchor on it.

use std::collections::HashSet;
use std::fs;
use std::ops::Range;
use std::path::PathBuf;

use jiff::Timestamp;
use rayon::prelude::*;

use crate::address;
use crate::content::NewsFile;
use crate::contributions::Contributions;
use crate::load::Material;
use crate::plan::Page;
use crate::problem::{Problem, said};
use crate::render::Renderer;
use crate::state::hash_of;

/// A link as an editor wrote it.
#[derive(Debug, Clone)]
pub(crate) struct Reference {
    /// The file that holds it.
    pub(crate) path: PathBuf,
    /// Where in the file, where it is known.
    pub(crate) at: Range<usize>,
    /// Where it leads.
    pub(crate) target: String,
}

/// The links of the site, and where they may lead.
pub(crate) struct Links<'l> {
    pages: &'l [Page],
    addresses: HashSet<String>,
    material: &'l Material,
    renderer: &'l Renderer,
    contributions: &'l Contributions,
    now: Timestamp,
}

impl<'l> Links<'l> {
    pub(crate) fn new(
        pages: &'l [Page],
        material: &'l Material,
        renderer: &'l Renderer,
        contributions: &'l Contributions,
        now: Timestamp,
    ) -> Self {
        let mut addresses = HashSet::with_capacity(pages.len() + material.news.len());
        addresses.extend(pages.iter().map(Page::address));
        addresses.extend(material.news.iter().map(|file| address::news(&file.slug)));
        addresses.extend(renderer.catalogue().images.keys().cloned());
        Self {
            pages,
            addresses,
            material,
            renderer,
            contributions,
            now,
        }
    }

    /// The addresses as a number that changes with them, whatever their order.
    pub(crate) fn fingerprint(&self) -> u64 {
        let hashes = self.addresses.par_iter().map(hash_of);
        hashes.reduce(|| 0, u64::wrapping_add)
    }

    /// Every link that leads nowhere. Of the news: the file, where it leads, one a line, and
    /// whether that must be looked up; else it is known to lead where it led, but for anchors.
    pub(crate) fn broken(&self, news: &[(&NewsFile, &str, bool)]) -> Vec<Problem> {
        let has_anchor = |address: &str, anchor: &str| self.has_anchor(address, anchor);
        let mut problems = broken(&self.material.references, &self.addresses, has_anchor);
        let of_news: Vec<Vec<Problem>> = news
            .par_iter()
            .with_min_len(64)
            .map(|(file, targets, is_new)| {
                let targets = targets
                    .lines()
                    .filter(|target| *is_new || target.contains('#'))
                    .filter(|target| leads_nowhere(target, &self.addresses, has_anchor));
                let references: Vec<Reference> = targets
                    .map(|target| Reference {
                        path: file.path.clone(),
                        at: 0..0,
                        target: target.to_owned(),
                    })
                    .collect();
                broken(&references, &self.addresses, has_anchor)
            })
            .collect();
        problems.extend(of_news.into_iter().flatten());
        problems
    }

    /// Whether the page at an address holds an anchor: it is made, and looked at.
    fn has_anchor(&self, address: &str, anchor: &str) -> bool {
        let page = self.pages.iter().find(|page| page.address() == address);
        let html = match page {
            Some(page) => self
                .renderer
                .make(page, self.contributions, self.now, None)
                .ok()
                .flatten()
                .and_then(|made| made.html),
            None => self
                .material
                .news
                .iter()
                .find(|file| address::news(&file.slug) == address)
                .and_then(|file| file.read(&self.renderer.catalogue().images).ok())
                .map(|text| text.html),
        };
        html.is_some_and(|html| html.contains(&format!("id=\"{anchor}\"")))
    }
}

/// Every link that leads nowhere. `addresses` holds every page's; `has_anchor` says whether the
/// page at an address holds an anchor.
fn broken(
    references: &[Reference],
    addresses: &HashSet<String>,
    has_anchor: impl Fn(&str, &str) -> bool,
) -> Vec<Problem> {
    references
        .iter()
        .filter_map(|reference| {
            let (key, args) = fault(&reference.target, addresses, &has_anchor)?;
            Some(problem(reference, key, &args))
        })
        .collect()
}

/// Whether a link leads nowhere.
fn leads_nowhere(
    target: &str,
    addresses: &HashSet<String>,
    has_anchor: impl Fn(&str, &str) -> bool,
) -> bool {
    !addresses.contains(target) && fault(target, addresses, &has_anchor).is_some()
}

type Fault = (&'static str, Vec<(&'static str, String)>);

fn fault(
    target: &str,
    addresses: &HashSet<String>,
    has_anchor: &impl Fn(&str, &str) -> bool,
) -> Option<Fault> {
    if is_elsewhere(target) || target.starts_with('#') {
        return None;
    }
    let named = vec![("target", target.to_owned())];
    if !target.starts_with('/') {
        return Some(("link.relative", named));
    }
    let (path, anchor) = target.split_once('#').unwrap_or((target, ""));
    let path = path.split('?').next().unwrap_or(path);
    let first = path.split('/').nth(1).unwrap_or_default();
    if address::OF_FUNCTIONS.contains(&first) {
        return None;
    }
    if !addresses.contains(path) {
        let with_slash = format!("{path}/");
        if addresses.contains(&with_slash) {
            return Some(("link.slash", vec![("target", with_slash)]));
        }
        return Some(match nearest(path, addresses) {
            Some(other) => {
                let mut args = named;
                args.push(("other", other));
                ("link.did-you-mean", args)
            }
            None => ("link.broken", named),
        });
    }
    if !anchor.is_empty() && !has_anchor(path, anchor) {
        let args = vec![("page", path.to_owned()), ("anchor", anchor.to_owned())];
        return Some(("link.anchor", args));
    }
    None
}

/// Whether a link leads out of the site; such links are not followed.
pub(crate) fn is_elsewhere(target: &str) -> bool {
    ["https:", "http:", "mailto:", "tel:", "sms:"]
        .iter()
        .any(|scheme| target.starts_with(scheme))
}

/// The address that differs by a letter or two.
fn nearest(path: &str, addresses: &HashSet<String>) -> Option<String> {
    const TOO_MANY: usize = 5_000;
    if addresses.len() > TOO_MANY {
        return None;
    }
    addresses
        .iter()
        .map(|other| (crate::front_matter::distance(path, other), other))
        .filter(|(distance, _)| *distance <= 2)
        .min()
        .map(|(_, other)| other.clone())
}

fn problem(reference: &Reference, key: &str, args: &[(&str, String)]) -> Problem {
    let what = said(key, args);
    let Ok(source) = fs::read_to_string(&reference.path) else {
        return Problem::of(&reference.path, what);
    };
    let source = source.replace("\r\n", "\n");
    let at = if reference.at.is_empty() {
        // A link to an anchor of its own page was given the page's address.
        let anchor = reference.target.find('#').map(|at| &reference.target[at..]);
        let spelt = std::iter::once(reference.target.as_str()).chain(anchor);
        let found = spelt
            .filter_map(|target| Some((source.find(&format!("({target}"))?, target.len())))
            .next();
        found.map_or(0..0, |(at, length)| at + 1..at + 1 + length)
    } else {
        reference.at.clone()
    };
    Problem::at(&reference.path, &source, at, what)
}
