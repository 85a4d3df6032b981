//! A problem that an editor can mend: where, what is wrong, what to do.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use crate::messages::Messages;

/// One problem of the content or the theme.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// The file.
    pub path: PathBuf,
    /// The line, from 1; 0 where the whole file is meant.
    pub line: usize,
    /// The column, from 1, in characters; 0 where the whole line is meant.
    pub column: usize,
    /// What is wrong, and what to do.
    pub what: String,
}

impl Problem {
    /// A problem of a whole file or folder.
    #[must_use]
    pub fn of(path: &Path, what: impl Into<String>) -> Self {
        Self {
            path: path.to_owned(),
            line: 0,
            column: 0,
            what: what.into(),
        }
    }

    /// A problem at a byte of `source`, the text of the file.
    #[must_use]
    pub fn at(path: &Path, source: &str, byte: usize, what: impl Into<String>) -> Self {
        let before = &source[..source.floor_char_boundary(byte)];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Self {
            path: path.to_owned(),
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            what: what.into(),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.path.display())?;
        if self.line > 0 {
            write!(f, ":{}", self.line)?;
            if self.column > 0 {
                write!(f, ":{}", self.column)?;
            }
        }
        write!(f, ": {}", self.what)
    }
}

/// What the system said of a file, in the words of who reads the message.
#[must_use]
pub fn system_said(error: &io::Error) -> String {
    let key = match error.kind() {
        io::ErrorKind::NotFound => "not-found",
        io::ErrorKind::PermissionDenied => "denied",
        io::ErrorKind::AlreadyExists | io::ErrorKind::NotADirectory => "not-a-folder",
        io::ErrorKind::IsADirectory => "not-a-file",
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "full",
        io::ErrorKind::ReadOnlyFilesystem => "read-only",
        io::ErrorKind::InvalidData => "not-utf-8",
        io::ErrorKind::AddrInUse => "address-in-use",
        io::ErrorKind::AddrNotAvailable => "address-not-available",
        _ => return error.to_string(),
    };
    said(&format!("system.{key}"), &[])
}

/// The words of the generator's own messages to editors, by key.
pub(crate) fn said(key: &str, args: &[(&str, String)]) -> String {
    static WORDS: LazyLock<Messages> = LazyLock::new(|| {
        Messages::parse(include_str!("../messages/fr.toml"))
            .expect("the generator's own message file is tested with it")
    });
    WORDS.text(key, args)
}
