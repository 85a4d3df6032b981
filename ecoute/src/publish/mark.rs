//! What a publication leaves in a bucket for the next one: that the files there are Écoute's, with
//! which headers they were put, and since when an asset is of no page.

use std::collections::BTreeMap;

use functions::HEADERS;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// Where it is: no page has an address there.
pub(super) const PATH: &str = ".ecoute/publication.json";
/// How long an asset stays once no page asks for it: a page that a reader opened before, or that
/// the CDN still shows, finds it.
const ASSETS_STAY: SignedDuration = SignedDuration::from_hours(24);

/// The mark.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Mark {
    /// The version of the headers with which all files were put.
    pub(super) headers: u32,
    /// Assets that no page asks for, and since when.
    #[serde(default)]
    pub(super) retired: BTreeMap<String, Timestamp>,
}

impl Mark {
    /// Reads it; one that can't be read says nothing but that it is there.
    pub(super) fn read(bytes: &[u8]) -> Self {
        serde_json::from_slice(bytes).unwrap_or_default()
    }

    pub(super) fn written(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("a mark has only string keys")
    }

    /// Whether files stand with the headers that they would be put with now.
    pub(super) fn has_headers(&self) -> bool {
        self.headers == HEADERS
    }

    /// Since when an asset is of no page: now, unless that was noted before.
    pub(super) fn retire(&mut self, asset: &str, now: Timestamp) -> Rest {
        let since = *self.retired.entry(asset.to_owned()).or_insert(now);
        if now >= since + ASSETS_STAY {
            Rest::Over
        } else {
            Rest::Stays
        }
    }
}

/// Whether an asset of no page stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rest {
    Stays,
    Over,
}
