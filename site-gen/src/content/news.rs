//! The news: dated pages, each read when its page is made, so that thousands of them are never
//! held at once.

use std::fs;
use std::io::{self, Read};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use domain::Slug;

use super::{markdown_files, plain};
use crate::catalogue::NewsCard;
use crate::front_matter::{Keys, split};
use crate::markdown::{self, Images};
use crate::problem::{Problem, said, system_said};

/// A file of the news, not yet read.
#[derive(Debug, Clone)]
pub(crate) struct NewsFile {
    /// Its name in addresses.
    pub(crate) slug: Slug,
    /// Where it is.
    pub(crate) path: PathBuf,
}

/// A file of the news, read.
pub(crate) struct NewsText {
    /// When the file was last changed, and how long it is: what says that it must be read again.
    pub(crate) stamp: (u64, u64),
    pub(crate) card: NewsCard,
    pub(crate) html: String,
    /// Where its links lead, and where in the file they stand.
    pub(crate) links: Vec<(String, Range<usize>)>,
}

/// The files of the news.
pub(super) fn files(folder: &Path, problems: &mut Vec<Problem>) -> Vec<NewsFile> {
    let mut news = Vec::new();
    for path in markdown_files(folder, problems) {
        match NewsFile::at(path) {
            Ok(file) => news.push(file),
            Err(problem) => problems.push(problem),
        }
    }
    news
}

impl NewsFile {
    fn at(path: PathBuf) -> Result<Self, Problem> {
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        let Ok(slug) = Slug::parse(&stem) else {
            return Err(Problem::of(&path, said("file.slug", &[])));
        };
        Ok(Self { slug, path })
    }

    /// Reads the file.
    ///
    /// # Errors
    /// Every problem in it.
    pub(crate) fn read(&self, images: &Images) -> Result<NewsText, Vec<Problem>> {
        let (source, stamp) = self.read_file().map_err(|error| {
            let what = said("file.unreadable", &[("error", system_said(&error))]);
            vec![Problem::of(&self.path, what)]
        })?;
        let source = plain(source);
        let (range, body) = split(&self.path, &source).map_err(|problem| vec![problem])?;
        let mut problems = Vec::new();
        let card = self.card(&source, range, &mut problems);
        let start = source.len() - body.len();
        let written = markdown::written(body, images);
        for (key, at) in written.faults {
            let at = start + at.start..start + at.end;
            problems.push(Problem::at(&self.path, &source, at, said(key, &[])));
        }
        match card {
            Some(card) if problems.is_empty() => Ok(NewsText {
                stamp,
                card,
                html: written.html,
                links: written
                    .links
                    .into_iter()
                    .map(|(target, at)| (target, start + at.start..start + at.end))
                    .collect(),
            }),
            _ => Err(problems),
        }
    }

    /// The file's text, and its stamp as it was before it was read.
    fn read_file(&self) -> io::Result<(String, (u64, u64))> {
        let mut file = fs::File::open(&self.path)?;
        let held = file.metadata()?;
        let length = usize::try_from(held.len()).unwrap_or(0);
        let mut bytes = Vec::with_capacity(length + 1);
        file.read_to_end(&mut bytes)?;
        let source = String::from_utf8(bytes)
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
        Ok((source, (stamp(&held), held.len())))
    }

    fn card(
        &self,
        source: &str,
        range: Range<usize>,
        problems: &mut Vec<Problem>,
    ) -> Option<NewsCard> {
        let mut keys = Keys::parse(&self.path, source, range, problems)?;
        let title = keys.text("title");
        let date = keys.date("date");
        let summary = keys.text("summary");
        keys.finish();
        Some(NewsCard {
            slug: self.slug.clone(),
            date: date?,
            title: title?,
            summary: summary?,
        })
    }
}

/// When a file was last changed, in nanoseconds since 1970.
pub(crate) fn stamp(held: &fs::Metadata) -> u64 {
    held.modified()
        .ok()
        .and_then(|at| at.duration_since(SystemTime::UNIX_EPOCH).ok())
        .and_then(|since| u64::try_from(since.as_nanos()).ok())
        .unwrap_or(0)
}
