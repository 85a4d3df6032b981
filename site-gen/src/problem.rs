//! A problem that an editor can mend: where, what is wrong, what to do.

use std::fmt;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use crate::messages::Messages;

/// One problem of the content or the theme.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// The file.
    pub path: PathBuf,
    /// The line, from 1; 0 where the whole file is meant.
    pub line: usize,
    /// The column, from 1, in characters; 0 where the whole file is meant.
    pub column: usize,
    /// What is wrong, and what to do.
    pub what: String,
    /// The line, where one is meant, and which of its bytes.
    shown: Option<(String, usize, usize)>,
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
            shown: None,
        }
    }

    /// A problem at some bytes of `source`, the text of the file; the mark stands under those of
    /// the first line.
    #[must_use]
    pub fn at(path: &Path, source: &str, bytes: Range<usize>, what: impl Into<String>) -> Self {
        let start = source.floor_char_boundary(bytes.start);
        let before = &source[..start];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let line_end = source[start..]
            .find('\n')
            .map_or(source.len(), |newline| start + newline);
        let end = source
            .ceil_char_boundary(bytes.end)
            .clamp(start, line_end)
            .max((start + 1).min(line_end));
        let end = source.ceil_char_boundary(end);
        Self {
            path: path.to_owned(),
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            what: what.into(),
            shown: Some((
                source[line_start..line_end].to_owned(),
                start - line_start,
                end - line_start,
            )),
        }
    }

    /// The problem with its line and a mark under the place, in colours for a terminal.
    #[must_use]
    pub fn in_colours(&self) -> String {
        self.drawn(&Renderer::styled())
    }

    fn drawn(&self, renderer: &Renderer) -> String {
        let path = self.path.display().to_string();
        let name = said("problem.name", &[]);
        let title = Level::ERROR
            .with_name(name.as_str())
            .primary_title(self.what.as_str());
        let group: Group<'_> = match &self.shown {
            Some((line, start, end)) => title.element(
                Snippet::source(line.as_str())
                    .line_start(self.line)
                    .path(path.as_str())
                    .annotation(AnnotationKind::Primary.span(*start..*end)),
            ),
            None => title.element(Origin::path(path.as_str())),
        };
        renderer.render(&[group])
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.drawn(&Renderer::plain()))
    }
}

/// Problems in the order of their places, each once.
#[must_use]
pub(crate) fn sorted(mut problems: Vec<Problem>) -> Vec<Problem> {
    problems.sort();
    problems.dedup();
    problems
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
    WORDS.text(key, args)
}

/// The generator's own words for a number of things.
pub(crate) fn counted(key: &str, n: u64) -> String {
    WORDS.count(key, n)
}

static WORDS: LazyLock<Messages> = LazyLock::new(|| {
    Messages::parse(include_str!("../messages/fr.toml"))
        .expect("the generator's own message file is tested with it")
});
