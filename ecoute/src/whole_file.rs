//! Files that are whole or not there: written beside their place, then put in it.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// Who may read a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Legible {
    /// Whom the system lets.
    ToAll,
    /// Its owner alone.
    ToOwner,
}

/// A file that is being written, and removed again unless it is put in its place.
pub(crate) struct WholeFile {
    place: PathBuf,
    part: PathBuf,
    file: Option<BufWriter<File>>,
}

impl WholeFile {
    /// Begins a file.
    pub(crate) fn begin(place: &Path, legible: Legible) -> io::Result<Self> {
        let mut name = place.file_name().unwrap_or_default().to_owned();
        name.push(".part");
        let part = place.with_file_name(name);
        // What was left there may be legible to others.
        match fs::remove_file(&part) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        if legible == Legible::ToOwner {
            use std::os::unix::fs::OpenOptionsExt;
            options.mode(0o600);
        }
        Ok(Self {
            file: Some(BufWriter::new(options.open(&part)?)),
            place: place.to_owned(),
            part,
        })
    }

    /// Puts it in its place once it is on the disk.
    pub(crate) fn finish(mut self) -> io::Result<()> {
        if let Some(file) = self.file.take() {
            file.into_inner()
                .map_err(io::IntoInnerError::into_error)?
                .sync_all()?;
        }
        fs::rename(&self.part, &self.place)
    }

    /// Writes a whole file at once.
    pub(crate) fn write(place: &Path, legible: Legible, text: &str) -> io::Result<()> {
        let mut file = Self::begin(place, legible)?;
        file.write_all(text.as_bytes())?;
        file.finish()
    }
}

impl Write for WholeFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.file {
            Some(file) => file.write(bytes),
            None => Ok(0),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.as_mut().map_or(Ok(()), Write::flush)
    }
}

impl Drop for WholeFile {
    fn drop(&mut self) {
        // In its place already, or not to be kept.
        let _ = fs::remove_file(&self.part);
    }
}
