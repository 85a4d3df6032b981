//! Why a command stops: one clear sentence, and an exit code.

use std::fmt;
use std::io;
use std::path::Path;

use functions::store::StoreError;
use site_gen::system_said;

use crate::words::say;

/// What went wrong, in the words of who runs the command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stopped(String);

impl Stopped {
    /// A sentence of the message file.
    pub(crate) fn because(key: &str, args: &[(&str, String)]) -> Self {
        Self(say(&format!("error.{key}"), args))
    }

    /// The same, of a path and what the system said of it.
    pub(crate) fn at(key: &str, path: &Path, error: &dyn fmt::Display) -> Self {
        Self::because(
            key,
            &[
                ("path", path.display().to_string()),
                ("error", error.to_string()),
            ],
        )
    }

    /// The same, of a path and an error of the system.
    pub(crate) fn io(key: &str, path: &Path, error: &io::Error) -> Self {
        Self::at(key, path, &system_said(error))
    }

    /// Lines that say it all.
    pub(crate) fn saying(lines: String) -> Self {
        Self(lines)
    }
}

impl fmt::Display for Stopped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Stopped {}

impl From<StoreError> for Stopped {
    fn from(error: StoreError) -> Self {
        Self::because("engine", &[("error", error.to_string())])
    }
}
