//! Where pages go: a folder, in which each file is put in place whole.

use std::collections::HashSet;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use walkdir::WalkDir;

/// A folder of the site's files. Readers see the old file or the new one, never a part.
#[derive(Debug)]
pub struct Directory {
    root: PathBuf,
    written: AtomicU64,
}

/// What a `put` did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Put {
    /// The file is new or has changed.
    Written,
    /// The file held these bytes already, and was not touched.
    Unchanged,
}

/// Why a folder is not taken for the site's.
#[derive(Debug, thiserror::Error)]
pub enum OutputError {
    /// It holds files that the generator did not put there.
    #[error("{0} holds files that are not the generator's")]
    Foreign(PathBuf),
    /// It can't be read or written.
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl Directory {
    const MARK: &'static str = ".site-gen";

    /// Opens a folder for a site, and makes it where it is missing.
    ///
    /// # Errors
    /// [`OutputError::Foreign`] where it holds files and no mark of the generator, since what
    /// is not of the plan is removed from it.
    pub fn open(root: &Path) -> Result<Self, OutputError> {
        fs::create_dir_all(root)?;
        let mark = root.join(Self::MARK);
        if !mark.exists() {
            if fs::read_dir(root)?.next().is_some() {
                return Err(OutputError::Foreign(root.to_owned()));
            }
            fs::write(&mark, "")?;
        }
        Ok(Self {
            root: root.to_owned(),
            written: AtomicU64::new(0),
        })
    }

    /// The folder.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Puts a file in place, under a path with `/`.
    ///
    /// # Errors
    /// Those of the file system; the old file is then still there.
    pub fn put(&self, path: &str, bytes: &[u8]) -> io::Result<Put> {
        let target = self.root.join(path);
        if fs::read(&target).is_ok_and(|old| old == bytes) {
            return Ok(Put::Unchanged);
        }
        let folder = target.parent().unwrap_or(&self.root);
        fs::create_dir_all(folder)?;
        let turn = self.written.fetch_add(1, Ordering::Relaxed);
        let part = folder.join(format!(".part-{}-{turn}", std::process::id()));
        let put = fs::File::create(&part)
            .and_then(|mut file| file.write_all(bytes))
            .and_then(|()| fs::rename(&part, &target));
        if put.is_err() {
            // The error is what matters; a part that can't be removed is removed by the next full build.
            let _ = fs::remove_file(&part);
        }
        put.map(|()| Put::Written)
    }

    /// Takes a file away, and the folders that it leaves empty. Says whether it was there.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn remove(&self, path: &str) -> io::Result<bool> {
        let target = self.root.join(path);
        match fs::remove_file(&target) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
            Err(error) => return Err(error),
        }
        let mut folder = target.parent();
        while let Some(empty) = folder.filter(|folder| *folder != self.root) {
            if fs::remove_dir(empty).is_err() {
                break;
            }
            folder = empty.parent();
        }
        Ok(true)
    }

    /// Takes away every file that is not among `kept`, and says how many there were.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn retain(&self, kept: &HashSet<String>) -> io::Result<usize> {
        let mut removed = 0;
        for entry in WalkDir::new(&self.root).min_depth(1) {
            let entry = entry.map_err(io::Error::from)?;
            if !entry.file_type().is_file() {
                continue;
            }
            let path = entry
                .path()
                .strip_prefix(&self.root)
                .unwrap_or(entry.path())
                .to_string_lossy()
                .replace('\\', "/");
            if path != Self::MARK && !kept.contains(&path) && self.remove(&path)? {
                removed += 1;
            }
        }
        Ok(removed)
    }
}
