//! To a bucket: step by step, and again until nothing differs.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use functions::{AT_ONCE, Bucket, BucketError, Clock, Distribution, Outcome, Tag, When};
use futures_util::{StreamExt, TryStreamExt, stream};
use indicatif::ProgressBar;

use super::difference::{Counts, Difference, Step};
use super::last_step::{self, Content};
use super::mark::{self, Mark};
use super::said;
use super::site::Site;
use super::source::Opened;
use super::{Published, difference};
use crate::error::Stopped;
use crate::import::Run;
use crate::progress;

/// How often it is looked again whether something differs, at most.
const LOOKS: usize = 6;

/// What is published, and where to.
pub(super) struct Publication {
    pub(super) bucket: Bucket,
    pub(super) distribution: Option<Distribution>,
    pub(super) site: Site,
    pub(super) source: Opened,
    pub(super) settle: Duration,
    pub(super) clock: Clock,
}

/// What one look found, and what was done of it.
struct Look {
    difference: Difference,
    files: usize,
    mark: Mark,
    mark_before: Option<Vec<u8>>,
}

/// What became of a look's steps.
#[derive(Default)]
struct Mended {
    counts: Counts,
    overtaken: usize,
    /// Files that readers may have seen otherwise before.
    seen: BTreeSet<String>,
}

impl Publication {
    pub(super) async fn publish(mut self, run: Run) -> Result<Published, Stopped> {
        let place = self.bucket.place().to_string();
        if run == Run::Dry {
            let look = self.look().await?;
            return Ok(said::dry(&place, &look.difference, look.files));
        }
        let mut all = Mended::default();
        let mut ends = said::Ends::Moving;
        let mut files = 0;
        for turn in 0..LOOKS {
            let look = self.look().await?;
            files = look.files;
            let mended = self.mend(&look).await?;
            let was_whole = look.difference.is_empty();
            let overtaken = mended.overtaken > 0;
            all.add(mended);
            // Functions work meanwhile: what the publisher made of the content of before is put
            // after this, and looked for.
            let mut content = Content::Same;
            if turn == 0 {
                content = last_step::give(self.source.of_functions(), &self.site.bundle).await?;
                if content == Content::Other && !self.settle.is_zero() {
                    let waiting = progress::waiting("publish.settling");
                    tokio::time::sleep(self.settle).await;
                    waiting.finish_and_clear();
                }
            }
            let works_alone = self.source.of_functions().is_none() && !overtaken;
            if works_alone || was_whole && content == Content::Same {
                ends = said::Ends::Whole;
                break;
            }
        }
        let told = self.tell(&all.seen).await;
        let (counts, ends) = (all.counts, ends);
        let mut published = said::done(&place, counts, files, told.as_ref().ok().copied());
        if let Some(more) = said::more(ends, told.err()) {
            published.said = format!("{}\n{more}", published.said);
        }
        Ok(published)
    }

    /// Lists the bucket, then reads contributions and builds: what differs is what nobody else
    /// put since.
    async fn look(&mut self) -> Result<Look, Stopped> {
        let place = self.bucket.place().clone();
        let failed = |error| said::failed(&place, &error);
        let listing = progress::waiting("publish.listing");
        let standing = self.bucket.list("").await.map_err(failed)?;
        let mark_before = match standing.contains_key(mark::PATH) {
            true => self.bucket.get(mark::PATH).await.map_err(failed)?,
            false => None,
        };
        listing.finish_and_clear();
        let building = progress::waiting("publish.building");
        let now = (self.clock)();
        let contributions = self.source.read(&self.site.bundle.catalogue, now).await?;
        let built = self.site.build(&contributions, now)?;
        building.finish_and_clear();
        let mut mark = match &mark_before {
            Some(bytes) => Mark::read(bytes),
            None => {
                self.refuse_foreign(&standing, &built)?;
                Mark::default()
            }
        };
        let difference = Difference::between(&built, &standing, &mut mark, now);
        Ok(Look {
            difference,
            files: built.len(),
            mark,
            mark_before,
        })
    }

    /// What a bucket without a mark holds must be of the site: the rest would be taken away.
    fn refuse_foreign(
        &self,
        standing: &BTreeMap<String, Tag>,
        built: &BTreeMap<String, Tag>,
    ) -> Result<(), Stopped> {
        let foreign = standing.keys().find(|path| !built.contains_key(*path));
        match foreign {
            None => Ok(()),
            Some(path) => {
                let args = [
                    ("place", self.bucket.place().to_string()),
                    ("path", path.clone()),
                ];
                Err(Stopped::because("publish-foreign", &args))
            }
        }
    }

    /// Puts what is to be put, step after step, then takes away what is of no page; the mark first
    /// where there is none, so that what is put next is known for Écoute's, and last.
    async fn mend(&self, look: &Look) -> Result<Mended, Stopped> {
        let place = self.bucket.place();
        let mut mended = Mended::default();
        let difference = &look.difference;
        if look.mark_before.is_none() {
            self.put_mark(&Mark::default()).await?;
        }
        let length = difference.added.len() + difference.changed.len() + difference.removed.len();
        let bar = progress::bar(length, "publish.sending");
        let mut before = Counts::default();
        for step in difference.steps() {
            let done = self.put_all(step, &bar, &mut mended).await;
            done.map_err(|error| said::stopped(place, &error, mended.counts))?;
            before = mended.counts;
        }
        // What somebody else put in place of a page may be made of what was published before, and
        // lead to what is to go: the next look takes that away.
        if mended.overtaken > 0 {
            bar.finish_and_clear();
            return Ok(mended);
        }
        // Pages before assets: one that is still there finds its own.
        let (assets, pages): (Vec<_>, Vec<_>) = difference
            .removed
            .iter()
            .partition(|(path, _)| functions::is_asset(path));
        for step in [pages, assets] {
            let done = self.remove_all(step, &bar, &mut mended).await;
            done.map_err(|error| said::stopped(place, &error, before))?;
        }
        bar.finish_and_clear();
        let mut mark = look.mark.clone();
        for (path, _) in &difference.removed {
            mark.retired.remove(path);
        }
        if mended.overtaken == 0 {
            mark.headers = functions::HEADERS;
        }
        if look.mark_before.as_deref() != Some(&mark.written()) {
            self.put_mark(&mark).await?;
        }
        Ok(mended)
    }

    async fn put_mark(&self, mark: &Mark) -> Result<(), Stopped> {
        let put = self
            .bucket
            .put_when(mark::PATH, &mark.written(), &When::Always)
            .await;
        match put {
            Ok(_) => Ok(()),
            Err(error) => Err(said::failed(self.bucket.place(), &error)),
        }
    }

    async fn put_all(
        &self,
        step: Vec<Step>,
        bar: &ProgressBar,
        mended: &mut Mended,
    ) -> Result<(), Failed> {
        let put = stream::iter(step).map(|(path, stands)| async move {
            let bytes = self.site.read(&path)?;
            let when = stands.clone().map_or(When::Absent, When::Still);
            let outcome = self.bucket.put_when(&path, &bytes, &when).await?;
            Ok::<_, Failed>((path, stands, outcome))
        });
        let mut put = put.buffer_unordered(AT_ONCE);
        while let Some((path, stands, outcome)) = put.try_next().await? {
            bar.inc(1);
            match (outcome, stands) {
                (Outcome::Overtaken, _) => mended.overtaken += 1,
                (Outcome::Done, None) => mended.counts.added += 1,
                (Outcome::Done, Some(_)) => {
                    mended.counts.changed += 1;
                    mended.seen.insert(path);
                }
            }
        }
        Ok(())
    }

    async fn remove_all(
        &self,
        step: Vec<&(String, Tag)>,
        bar: &ProgressBar,
        mended: &mut Mended,
    ) -> Result<(), Failed> {
        let removed = stream::iter(step).map(|(path, stands)| async move {
            let outcome = self.bucket.remove_when(path, stands).await?;
            Ok::<_, Failed>((path, outcome))
        });
        let mut removed = removed.buffer_unordered(AT_ONCE);
        while let Some((path, outcome)) = removed.try_next().await? {
            bar.inc(1);
            match outcome {
                Outcome::Overtaken => mended.overtaken += 1,
                Outcome::Done => {
                    mended.counts.removed += 1;
                    mended.seen.insert(path.clone());
                }
            }
        }
        Ok(())
    }

    /// Tells the distribution, where there is one, what readers may have seen otherwise, and
    /// answers how many paths that were.
    async fn tell(&self, seen: &BTreeSet<String>) -> Result<usize, BucketError> {
        let Some(distribution) = &self.distribution else {
            return Ok(0);
        };
        let files: Vec<String> = seen.iter().cloned().collect();
        Ok(distribution.forget(&files).await?)
    }
}

/// Why a step stopped.
pub(super) enum Failed {
    /// The bucket.
    Bucket(BucketError),
    /// A file that was built can't be read.
    Site(Stopped),
}

impl From<BucketError> for Failed {
    fn from(error: BucketError) -> Self {
        Self::Bucket(error)
    }
}

impl From<Stopped> for Failed {
    fn from(error: Stopped) -> Self {
        Self::Site(error)
    }
}

impl Mended {
    fn add(&mut self, other: Self) {
        self.counts = self.counts + other.counts;
        self.overtaken += other.overtaken;
        self.seen.extend(other.seen);
    }
}

impl std::ops::Add for difference::Counts {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            added: self.added + other.added,
            changed: self.changed + other.changed,
            removed: self.removed + other.removed,
        }
    }
}
