//! `ecoute publish`: builds the site, and puts what changed where readers find it: a bucket, or a
//! folder.
//!
//! A bucket has no step in which a whole site takes another's place, and the publisher writes to
//! it meanwhile. Two rules keep every reader on a whole site. What is put leads only to what is
//! there: assets first, then new pages, then those that changed, which lead to them, and only then
//! is taken away what nothing leads to any more. And nothing is put or taken away over what
//! somebody else put since: the bucket is listed *before* contributions are read, and each step
//! is on the condition that what was listed still stands. What was overtaken, and what the
//! publisher made meanwhile of older content, is found by looking again, until nothing differs.

mod bucket;
mod difference;
mod folder;
mod last_step;
mod mark;
mod said;
pub(crate) mod site;
mod source;
mod standing;

use std::path::PathBuf;
use std::time::Duration;

use functions::{Bucket, Clock, Distribution};

use crate::error::Stopped;
use crate::import::Run;
use crate::serve;

pub(crate) use said::failed;
pub use source::Source;
pub(crate) use standing::{Standing, standing};

/// How long functions may work with the content of before, and a little more: they look every
/// 10 s whether there is another.
pub const UNTIL_FUNCTIONS_LOOK: Duration = Duration::from_secs(12);

/// What to publish, and where to.
pub struct Options {
    /// Where readers find it.
    pub to: Destination,
    /// The content.
    pub content: PathBuf,
    /// The theme.
    pub theme: PathBuf,
    /// The public address of the site.
    pub site_url: String,
    /// Where contributions are.
    pub source: Source,
    /// The folder in which the site is built before it leaves: the next time, only what changed
    /// is.
    pub work: PathBuf,
    /// Whether anything is put.
    pub run: Run,
    /// How long is waited, after new content was given to functions, until none works with the
    /// old.
    pub settle: Duration,
    /// What tells the time.
    pub clock: Clock,
}

/// Where the site goes.
pub enum Destination {
    /// A folder, which is put in place whole.
    Folder(PathBuf),
    /// A bucket, and what is in front of it.
    Bucket(Bucket, Option<Distribution>),
}

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// What to say of it.
    pub said: String,
    /// Files that were not there.
    pub added: usize,
    /// Files that were put in place of others.
    pub changed: usize,
    /// Files that were taken away.
    pub removed: usize,
}

/// Builds the site, and puts what changed in its place.
///
/// # Errors
/// One clear sentence, or the problems of the content and the theme, a line each. What was put
/// until then is whole, and running it again finishes.
pub async fn publish(options: Options) -> Result<Published, Stopped> {
    let site_url = serve::site_url(&options.site_url)?;
    let (bundle, material) = serve::load(&options.content, &options.theme, &site_url)?;
    let source = options.source.open().await?;
    let site = site::Site::open(&options.work, &options.theme, bundle, material)?;
    let run = options.run;
    match options.to {
        Destination::Folder(folder) => {
            folder::publish(&folder, site, &source, run, &options.clock).await
        }
        Destination::Bucket(bucket, distribution) => {
            let publication = bucket::Publication {
                bucket,
                distribution,
                site,
                source,
                settle: options.settle,
                clock: options.clock,
            };
            publication.publish(run).await
        }
    }
}
