//! Where the publisher's pages go: a folder, or a bucket (`bucket.rs`).

use std::collections::BTreeSet;
use std::io;

use site_gen::{Directory, Put};

/// A place of the site's files, each put whole: readers see the old file or the new one. Paths
/// have `/`, and none at their beginning.
pub trait Output: Send + Sync {
    /// Puts files in place, in any order, and answers how many are new or have changed: one that
    /// holds the same bytes already is not touched.
    ///
    /// # Errors
    /// Those of the place: some of the files may be there, each of them whole.
    fn put(&self, files: Vec<File>) -> impl Future<Output = io::Result<usize>> + Send;

    /// Of these paths, those at which a file stands.
    ///
    /// # Errors
    /// Those of the place.
    fn standing(
        &self,
        paths: BTreeSet<String>,
    ) -> impl Future<Output = io::Result<BTreeSet<String>>> + Send;

    /// Takes a file away. Says whether it was there.
    ///
    /// # Errors
    /// Those of the place.
    fn remove(&self, path: &str) -> impl Future<Output = io::Result<bool>> + Send;
}

/// A file to put in place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Its path.
    pub path: String,
    /// What it holds.
    pub bytes: Vec<u8>,
}

impl Output for Directory {
    async fn put(&self, files: Vec<File>) -> io::Result<usize> {
        let mut written = 0;
        for file in files {
            if Self::put(self, &file.path, &file.bytes)? == Put::Written {
                written += 1;
            }
        }
        Ok(written)
    }

    async fn standing(&self, mut paths: BTreeSet<String>) -> io::Result<BTreeSet<String>> {
        paths.retain(|path| self.has(path));
        Ok(paths)
    }

    async fn remove(&self, path: &str) -> io::Result<bool> {
        Self::remove(self, path)
    }
}
