//! What editors wrote and the theme: whether a site is made of it.

use std::collections::BTreeMap;

use functions::store::bundle_hash;
use functions::{Store, Tag};
use site_gen::{Bundle, Contributions};

use super::report::Report;
use super::{Options, Subject};
use crate::error::Stopped;
use crate::publish::site::Site;
use crate::serve;
use crate::words::count;

/// The site that was built.
pub(super) struct Made {
    /// What functions are given.
    pub(super) bundle: Bundle,
    /// The same, as it is kept.
    pub(super) bytes: Vec<u8>,
    /// Its files.
    pub(super) files: BTreeMap<String, Tag>,
}

impl Made {
    /// The hash by which the bundle is known.
    pub(super) fn hash(&self) -> String {
        bundle_hash(&self.bytes)
    }
}

/// Builds the site of what is published, where that can be read; none where it is not to be made.
pub(super) async fn check(
    report: &mut Report,
    options: &Options,
    store: Option<&Store>,
) -> Option<Made> {
    let args = [("path", options.content.display().to_string())];
    report.section("content", &args);
    match make(options, store).await {
        Ok(made) => {
            let args = [
                ("files", count("publish.n-files", made.files.len())),
                ("size", megabytes(made.bytes.len() as u64)),
            ];
            report.well("content.made", &args);
            Some(made)
        }
        Err(problems) => {
            report.wrong_said(&problems.to_string());
            None
        }
    }
}

async fn make(options: &Options, store: Option<&Store>) -> Result<Made, Stopped> {
    let site_url = match (&options.site_url, store) {
        (Some(given), _) => serve::site_url(given)?,
        // What functions have says for which address.
        (None, Some(store)) => published_url(store).await?.unwrap_or_default(),
        (None, None) => String::new(),
    };
    let (bundle, material) = serve::load(&options.content, &options.theme, &site_url)?;
    let mut site = Site::open(&options.work, &options.theme, bundle, material)?;
    let now = (options.clock)();
    let contributions = match (store, &options.of) {
        (Some(store), Subject::Deployment(_)) => {
            let catalogue = &site.bundle.catalogue;
            store.published_with_surveys(catalogue, now).await?
        }
        _ => Contributions::default(),
    };
    let files = site.build(&contributions, now)?;
    let bytes = serde_json::to_vec(&site.bundle).expect("a bundle has only string keys");
    Ok(Made {
        bundle: site.bundle,
        bytes,
        files,
    })
}

async fn published_url(store: &Store) -> Result<Option<String>, Stopped> {
    let kept = store.bundle().await?;
    let bundle = kept.and_then(|kept| serde_json::from_slice::<Bundle>(&kept.bytes).ok());
    Ok(bundle.map(|bundle| bundle.site_url))
}

/// Megabytes of 10^6 bytes, with a tenth.
pub(super) fn megabytes(bytes: u64) -> String {
    const TENTH: u64 = 100_000;
    let tenths = bytes.div_ceil(TENTH);
    format!("{},{}\u{a0}Mo", tenths / 10, tenths % 10)
}
