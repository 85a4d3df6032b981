//! The files of a build: each made again where what it is made of has changed, and prepared
//! where its bytes have.

use std::path::Path;
use std::time::SystemTime;

use jiff::Timestamp;

use crate::content::NewsFile;
use crate::contributions::Contributions;
use crate::encoding::Encoding;
use crate::links;
use crate::output::{Directory, Stage};
use crate::plan::Page;
use crate::problem::{Problem, said, system_said};
use crate::render::Renderer;
use crate::state::{Kept, KeptNews, State, hash_of, stamp_of};

/// A file of a build.
pub(super) struct FileMade {
    pub(super) path: String,
    pub(super) fingerprint: u64,
    /// The stamp of the old file, which holds the same bytes; none where it is prepared anew.
    pub(super) same: Option<(u64, u64)>,
    /// The stamp of the file, old or prepared.
    pub(super) stamp: (u64, u64),
    pub(super) rendered: bool,
}

/// A page of the news, and what is known of its file.
pub(super) struct NewsMade {
    pub(super) slug: String,
    pub(super) kept: KeptNews,
    pub(super) file: FileMade,
    /// Whether the file was read by this build.
    pub(super) is_read: bool,
}

/// What files are compared with, and where they are prepared.
pub(super) struct Files<'s> {
    pub(super) state: &'s State,
    pub(super) root: &'s Path,
    pub(super) stage: Option<&'s Stage<'s>>,
    pub(super) templates: &'s Path,
    /// Whether there is no old site to compare with.
    pub(super) is_new: bool,
}

impl Files<'_> {
    /// A page of the plan; none where what it is made of is not there.
    pub(super) fn page(
        &self,
        page: &Page,
        renderer: &Renderer,
        contributions: &Contributions,
        now: Timestamp,
    ) -> Option<Result<FileMade, Vec<Problem>>> {
        let path = page.file();
        let intact = self.state.intact(self.root, &path);
        let known = intact.map(|kept| kept.fingerprint);
        let made = match renderer.make(page, contributions, now, known) {
            Ok(made) => made?,
            Err(error) => return Some(Err(vec![error.problem(self.templates)])),
        };
        Some(match (made.html, intact) {
            (Some(html), _) => self.changed(path, made.fingerprint, html.as_bytes()),
            (None, kept) => Ok(FileMade {
                path,
                fingerprint: made.fingerprint,
                same: kept.map(|kept| kept.stamp),
                stamp: kept.map(|kept| kept.stamp).unwrap_or_default(),
                rendered: false,
            }),
        })
    }

    /// A file of the news: read again and rendered where it, or the theme, has changed.
    pub(super) fn news(
        &self,
        file: &NewsFile,
        renderer: &Renderer,
    ) -> Result<NewsMade, Vec<Problem>> {
        let path = Page::News(file.slug.clone()).file();
        let known = self.state.news.get(file.slug.as_str());
        if let Some(known) = known
            && stamp_of(&file.path) == Some(known.stamp)
            && known.page.fingerprint == hash_of(&(known.stamp, renderer.news_fingerprint()))
            && let Some(page) = known.page.intact(self.root, &path)
        {
            return Ok(NewsMade {
                slug: file.slug.to_string(),
                kept: known.clone(),
                file: FileMade {
                    path,
                    fingerprint: page.fingerprint,
                    same: Some(page.stamp),
                    stamp: page.stamp,
                    rendered: false,
                },
                is_read: false,
            });
        }
        let text = file.read(&renderer.catalogue().images)?;
        let html = renderer
            .news(&text.card, &text.html)
            .map_err(|error| vec![error.problem(self.templates)])?;
        let mut links = String::new();
        for (target, _) in &text.links {
            if !links::is_elsewhere(target) {
                if !links.is_empty() {
                    links.push('\n');
                }
                if target.starts_with('#') {
                    links.push_str(&crate::address::news(&file.slug));
                }
                links.push_str(target);
            }
        }
        let stamp = settled(text.stamp);
        let fingerprint = hash_of(&(stamp, renderer.news_fingerprint()));
        let made = self.changed(path, fingerprint, html.as_bytes())?;
        let page = Kept {
            fingerprint,
            stamp: made.stamp,
        };
        Ok(NewsMade {
            slug: file.slug.to_string(),
            kept: KeptNews {
                stamp,
                card: text.card,
                links,
                page,
            },
            file: made,
            is_read: true,
        })
    }

    pub(super) fn file(
        &self,
        path: String,
        fingerprint: u64,
        bytes: impl FnOnce() -> Result<Vec<u8>, Vec<Problem>>,
    ) -> Result<FileMade, Vec<Problem>> {
        match self.state.intact(self.root, &path) {
            Some(kept) if kept.fingerprint == fingerprint => Ok(FileMade {
                path,
                fingerprint,
                same: Some(kept.stamp),
                stamp: kept.stamp,
                rendered: false,
            }),
            _ => self.changed(path, fingerprint, &bytes()?),
        }
    }

    /// The compressed copy of a file that is prepared, or that is the same.
    pub(super) fn copy(&self, of: &FileMade, encoding: Encoding) -> Result<FileMade, Vec<Problem>> {
        let path = format!("{}.{}", of.path, encoding.extension());
        let fingerprint = hash_of(&(of.fingerprint, encoding));
        let copy = self.file(path, fingerprint, || {
            let prepared = self.stage.filter(|_| of.same.is_none());
            let bytes = match prepared {
                Some(stage) => stage.read(&of.path),
                None => std::fs::read(self.root.join(&of.path)),
            };
            bytes
                .and_then(|bytes| encoding.encode(&bytes))
                .map_err(|error| {
                    let what = said("output.failed", &[("error", system_said(&error))]);
                    vec![Problem::of(Path::new(&of.path), what)]
                })
        })?;
        Ok(FileMade {
            rendered: false,
            ..copy
        })
    }

    /// A file whose makings changed: prepared, unless the old one holds the same bytes.
    fn changed(
        &self,
        path: String,
        fingerprint: u64,
        bytes: &[u8],
    ) -> Result<FileMade, Vec<Problem>> {
        let mut made = FileMade {
            path,
            fingerprint,
            same: None,
            stamp: (0, 0),
            rendered: true,
        };
        let Some(stage) = self.stage else {
            return Ok(made);
        };
        if !self.is_new {
            let old = self.root.join(&made.path);
            if let Some(stamp) = stamp_of(&old).filter(|(_, length)| *length == bytes.len() as u64)
                && std::fs::read(&old).is_ok_and(|old| old == bytes)
            {
                made.same = Some(stamp);
                made.stamp = stamp;
                return Ok(made);
            }
        }
        made.stamp = stage.put(&made.path, bytes).map_err(|error| {
            let what = said("output.failed", &[("error", system_said(&error))]);
            vec![Problem::of(&self.root.join(&made.path), what)]
        })?;
        Ok(made)
    }
}

/// Whether a folder holds nothing but the generator's mark.
pub(super) fn is_new(root: &Path) -> bool {
    std::fs::read_dir(root).map_or(true, |mut entries| {
        entries.all(|entry| entry.is_ok_and(|entry| entry.file_name() == Directory::MARK))
    })
}

/// A stamp that will tell a change: a file that was changed this very moment may be changed
/// again without its date saying so, and is read again by the next build.
fn settled(stamp: (u64, u64)) -> (u64, u64) {
    const GRAIN_NANOSECONDS: u64 = 50_000_000;
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let now = now.map_or(0, |since| {
        u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
    });
    if now.saturating_sub(stamp.0) < GRAIN_NANOSECONDS {
        (0, stamp.1)
    } else {
        stamp
    }
}
