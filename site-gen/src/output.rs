//! Where pages go: a folder, in which each file, or the whole, is put in place at once.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crate::state::State;

/// A folder of the site's files. Readers see the old file or the new one, never a part.
#[derive(Debug)]
pub struct Directory {
    root: PathBuf,
    parts: AtomicU64,
    touched: AtomicBool,
    state: Mutex<Option<State>>,
}

/// What a `put` did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Put {
    /// The file is new or has changed.
    Written,
    /// The file held these bytes already, and was not touched.
    Unchanged,
}

/// How a build takes the old one's place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Placement {
    /// The whole folder in one step: readers see the old site or the new one.
    Whole,
    /// Each file that changed, one after the other: quicker where few of many files change.
    Each,
}

/// Whether the mark of a folder holds a state already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Written {
    /// It does.
    Already,
    /// It is written.
    Anew,
    /// It is written by a later build: until then the folder is one that was touched.
    Later,
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
    /// The generator's mark, in which it keeps what its pages are made of.
    pub(crate) const MARK: &'static str = ".site-gen";
    /// Says that files were put in place since the last build.
    const TOUCHED: &'static str = ".site-gen-touched";

    /// Opens a folder for a site, and makes it where it is missing.
    ///
    /// # Errors
    /// [`OutputError::Foreign`] where it holds files and no mark of the generator, since what
    /// is not of the plan is removed from it.
    pub fn open(root: &Path) -> Result<Self, OutputError> {
        fs::create_dir_all(root)?;
        let root = fs::canonicalize(root)?;
        let mark = root.join(Self::MARK);
        if !mark.exists() {
            if fs::read_dir(&root)?.next().is_some() {
                return Err(OutputError::Foreign(root));
            }
            fs::write(&mark, "")?;
        }
        let directory = Self {
            touched: AtomicBool::new(root.join(Self::TOUCHED).exists()),
            state: Mutex::new(Some(State::read(&root.join(Self::MARK)))),
            root,
            parts: AtomicU64::new(0),
        };
        // What a build that was interrupted left.
        remove_tree(&directory.stage_root())?;
        Ok(directory)
    }

    /// The folder.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// What is known of the last build; it is kept again by [`Directory::keep_state`].
    pub(crate) fn take_state(&self) -> State {
        let held = self.state.lock().ok().and_then(|mut state| state.take());
        held.unwrap_or_else(|| State::read(&self.root.join(Self::MARK)))
    }

    /// Keeps what is known of a build for the next one here, and, where `written`, for later.
    pub(crate) fn keep_state(&self, state: State, written: Written) -> io::Result<()> {
        match written {
            Written::Already => {}
            Written::Anew => state.write(&self.root.join(Self::MARK))?,
            Written::Later => fs::write(self.root.join(Self::TOUCHED), "")?,
        }
        if let Ok(mut held) = self.state.lock() {
            *held = Some(state);
        }
        Ok(())
    }

    /// Whether files were put in place one by one since the last build, so that what the build
    /// knows of the folder is no longer all that is in it.
    pub(crate) fn is_touched(&self) -> bool {
        self.touched.load(Ordering::SeqCst)
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
        self.touch()?;
        let folder = target.parent().unwrap_or(&self.root);
        fs::create_dir_all(folder)?;
        let turn = self.parts.fetch_add(1, Ordering::Relaxed);
        let part = folder.join(format!(".part-{}-{turn}", std::process::id()));
        let put = write(&part, bytes).and_then(|()| fs::rename(&part, &target));
        if put.is_err() {
            // The error is what matters; a part that can't be removed goes with the next build.
            let _ = fs::remove_file(&part);
        }
        put.map(|()| Put::Written)
    }

    /// Whether a file is in place.
    #[must_use]
    pub fn has(&self, path: &str) -> bool {
        self.root.join(path).is_file()
    }

    /// Takes a file away, and the folders that it leaves empty. Says whether it was there.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn remove(&self, path: &str) -> io::Result<bool> {
        self.touch()?;
        self.take_away(path)
    }

    fn take_away(&self, path: &str) -> io::Result<bool> {
        let target = self.root.join(path);
        match fs::remove_file(&target) {
            Ok(()) => {}
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
                ) =>
            {
                return Ok(false);
            }
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

    /// Notes, before the first file is put in place, that the last build is no longer all.
    fn touch(&self) -> io::Result<()> {
        if !self.touched.swap(true, Ordering::SeqCst) {
            fs::write(self.root.join(Self::TOUCHED), "")?;
        }
        Ok(())
    }

    /// A place beside the folder where a build is prepared.
    pub(crate) fn stage(&self) -> Stage<'_> {
        Stage {
            output: self,
            root: self.stage_root(),
        }
    }

    fn stage_root(&self) -> PathBuf {
        let name = self.root.file_name().unwrap_or_default().to_string_lossy();
        self.root.with_file_name(format!(".{name}.site-gen"))
    }
}

/// A build that is being prepared. Where it is not committed, nothing of it is left.
pub(crate) struct Stage<'o> {
    output: &'o Directory,
    root: PathBuf,
}

impl Stage<'_> {
    /// Prepares a file, under a path with `/`, and answers its stamp.
    pub(crate) fn put(&self, path: &str, bytes: &[u8]) -> io::Result<(u64, u64)> {
        let target = self.root.join(path);
        if let Some(folder) = target.parent() {
            fs::create_dir_all(folder)?;
        }
        let mut file = fs::File::create(&target)?;
        file.write_all(bytes)?;
        Ok((crate::content::stamp(&file.metadata()?), bytes.len() as u64))
    }

    /// A file that was prepared.
    pub(crate) fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        fs::read(self.root.join(path))
    }

    /// Puts the whole in place in one step: what was prepared, and of the old files those that
    /// are `kept`.
    pub(crate) fn swap(self, kept: &[&str]) -> io::Result<()> {
        use rayon::prelude::*;
        fs::create_dir_all(&self.root)?;
        let old = &self.output.root;
        kept.par_iter().with_min_len(64).try_for_each(|path| {
            let target = self.root.join(path);
            if let Some(folder) = target.parent() {
                fs::create_dir_all(folder)?;
            }
            fs::hard_link(old.join(path), &target)
                .or_else(|_| fs::copy(old.join(path), &target).map(|_| ()))
        })?;
        exchange(&self.root, old)?;
        self.output.touched.store(false, Ordering::SeqCst);
        Ok(())
    }

    /// Puts what was prepared in place, file by file, then takes away what is `removed`.
    pub(crate) fn move_each(self, prepared: &[&str], removed: &[String]) -> io::Result<()> {
        let root = &self.output.root;
        for path in prepared {
            let target = root.join(path);
            if let Some(folder) = target.parent() {
                fs::create_dir_all(folder)?;
            }
            fs::rename(self.root.join(path), &target)?;
        }
        for path in removed {
            self.output.take_away(path)?;
        }
        Ok(())
    }
}

impl Drop for Stage<'_> {
    fn drop(&mut self) {
        // What can't be removed now is removed when the folder is next opened.
        let _ = remove_tree(&self.root);
    }
}

fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    fs::File::create(path).and_then(|mut file| file.write_all(bytes))
}

fn remove_tree(root: &Path) -> io::Result<()> {
    match fs::remove_dir_all(root) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Two folders take each other's name, in one step where the system can.
#[cfg(target_os = "linux")]
fn exchange(new: &Path, old: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    renameat_with(CWD, new, CWD, old, RenameFlags::EXCHANGE).or_else(|_| replace(new, old))
}

#[cfg(not(target_os = "linux"))]
fn exchange(new: &Path, old: &Path) -> io::Result<()> {
    replace(new, old)
}

/// The same in two steps, for file systems that can't exchange.
fn replace(new: &Path, old: &Path) -> io::Result<()> {
    let aside = new.with_extension("old");
    remove_tree(&aside)?;
    fs::rename(old, &aside)?;
    fs::rename(new, old)?;
    remove_tree(&aside)
}
