//! What the pages of the last build were made of, kept beside them: a page whose makings are the
//! same is not made again.

use std::collections::HashMap;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, BufWriter, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::catalogue::NewsCard;

/// What is known of the last build.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct State {
    /// The program that built: another one may make other pages of the same.
    pub(crate) made_by: String,
    /// The addresses of all pages, as a number that changes with them.
    pub(crate) addresses: u64,
    /// The files but the pages of the news, by their paths.
    pub(crate) files: HashMap<String, Kept>,
    /// The news, by their names in addresses.
    pub(crate) news: HashMap<String, KeptNews>,
}

/// A file as it was left.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Kept {
    /// What it was made of.
    #[serde(rename = "f")]
    pub(crate) fingerprint: u64,
    /// When it was written, and how long it is.
    #[serde(rename = "s")]
    pub(crate) stamp: (u64, u64),
}

/// A file of the news as it was read.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct KeptNews {
    #[serde(rename = "s")]
    pub(crate) stamp: (u64, u64),
    #[serde(rename = "c")]
    pub(crate) card: NewsCard,
    /// Where its links lead in the site, one a line.
    #[serde(rename = "l")]
    pub(crate) links: String,
    /// Its page.
    #[serde(rename = "p")]
    pub(crate) page: Kept,
}

impl State {
    /// What the folder's mark tells; nothing where there was no build by this very program.
    pub(crate) fn read(mark: &Path) -> Self {
        let state = fs::read(mark).ok();
        let state = state.and_then(|bytes| serde_json::from_slice::<Self>(&bytes).ok());
        let program = program();
        state
            .filter(|state| state.made_by == program)
            .unwrap_or_else(|| Self {
                made_by: program,
                ..Self::default()
            })
    }

    /// Writes the mark.
    pub(crate) fn write(&self, mark: &Path) -> io::Result<()> {
        let mut file = BufWriter::new(fs::File::create(mark)?);
        serde_json::to_writer(&mut file, self)?;
        file.flush()
    }

    /// What is known of a file, where it stands in `root` as it was left.
    pub(crate) fn intact(&self, root: &Path, file: &str) -> Option<Kept> {
        self.files.get(file)?.intact(root, file)
    }
}

impl Kept {
    /// The same, where the file stands in `root` as it was left.
    pub(crate) fn intact(self, root: &Path, file: &str) -> Option<Self> {
        (stamp_of(&root.join(file))? == self.stamp).then_some(self)
    }
}

/// When a file was last changed, and how long it is.
pub(crate) fn stamp_of(path: &Path) -> Option<(u64, u64)> {
    let held = fs::metadata(path).ok()?;
    Some((crate::content::stamp(&held), held.len()))
}

/// A hash of a value, the same for the life of a program.
pub(crate) fn hash_of<T: Hash>(value: &T) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// A hash of what a value is written as.
pub(crate) fn hash_written<T: Serialize>(value: &T) -> u64 {
    struct Sink(DefaultHasher);
    impl Write for Sink {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.write(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let mut sink = BufWriter::with_capacity(4096, Sink(DefaultHasher::new()));
    serde_json::to_writer(&mut sink, value).expect("views have only string keys");
    match sink.into_inner() {
        Ok(sink) => sink.0.finish(),
        Err(_) => unreachable!("a hash takes every byte"),
    }
}

/// This program: its version, and its file's size and date.
fn program() -> String {
    let file = std::env::current_exe().ok();
    let (changed, length) = file.and_then(|file| stamp_of(&file)).unwrap_or_default();
    format!("{} {changed} {length}", env!("CARGO_PKG_VERSION"))
}
