//! A theme's folder: its templates, messages and assets, as files.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use walkdir::WalkDir;

use crate::messages::Messages;
use crate::problem::{Problem, said, system_said};
use crate::stylesheet;

/// A theme's files, as they are carried to the functions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ThemeSource {
    /// Template texts by name, such as `moderation/queue.html`.
    pub templates: BTreeMap<String, String>,
    /// The words of `messages/fr.toml`.
    pub messages: Messages,
    /// Asset addresses by file name: `style.css` → `/assets/style.1a2b3c4d.css`.
    pub assets: BTreeMap<String, String>,
}

/// An asset to put in place: its path in the site, and its bytes.
#[derive(Debug, Clone)]
pub struct Asset {
    /// Its path, such as `assets/style.1a2b3c4d.css`.
    pub path: String,
    /// What is in it.
    pub bytes: Vec<u8>,
}

impl ThemeSource {
    /// Reads a theme's folder: `templates/`, `messages/fr.toml` and `assets/`.
    ///
    /// # Errors
    /// Every file that can't be read, and what is wrong with the messages.
    pub fn load(root: &Path) -> Result<(Self, Vec<Asset>), Vec<Problem>> {
        let mut problems = Vec::new();
        let mut templates = BTreeMap::new();
        for (name, path) in files(&root.join("templates"), &mut problems) {
            match fs::read_to_string(&path) {
                Ok(text) => {
                    templates.insert(name, text);
                }
                Err(error) => problems.push(unreadable(&path, &error)),
            }
        }
        let mut assets = BTreeMap::new();
        let mut bytes = Vec::new();
        for (name, path) in files(&root.join("assets"), &mut problems) {
            match stylesheet::read(&path) {
                Ok(content) => {
                    let hashed = hashed_name(&name, &content);
                    assets.insert(name, format!("/assets/{hashed}"));
                    bytes.push(Asset {
                        path: format!("assets/{hashed}"),
                        bytes: content,
                    });
                }
                Err(problem) => problems.push(problem),
            }
        }
        let messages_path = root.join("messages/fr.toml");
        let messages = match fs::read_to_string(&messages_path) {
            Ok(source) => Messages::parse(&source).map_err(|error| {
                let what = said("theme.messages", &[("error", error.message().to_owned())]);
                let at = error.span().unwrap_or_default();
                Problem::at(&messages_path, &source, at, what)
            }),
            Err(error) => Err(unreadable(&messages_path, &error)),
        };
        match messages {
            Ok(messages) if problems.is_empty() => Ok((
                Self {
                    templates,
                    messages,
                    assets,
                },
                bytes,
            )),
            Ok(_) => Err(problems),
            Err(problem) => {
                problems.push(problem);
                Err(problems)
            }
        }
    }
}

/// The files under a folder by their path in it with `/`, in order; a missing folder is a problem.
fn files(folder: &Path, problems: &mut Vec<Problem>) -> Vec<(String, std::path::PathBuf)> {
    let mut found = Vec::new();
    for entry in WalkDir::new(folder).sort_by_file_name() {
        match entry {
            Ok(entry) if entry.file_type().is_file() => {
                let name = entry
                    .path()
                    .strip_prefix(folder)
                    .unwrap_or(entry.path())
                    .to_string_lossy()
                    .replace('\\', "/");
                let hidden = name.starts_with('.') || name.ends_with('~');
                if !hidden {
                    found.push((name, entry.into_path()));
                }
            }
            Ok(_) => {}
            Err(error) => {
                let what = said("file.folder", &[("error", system_said(&error.into()))]);
                problems.push(Problem::of(folder, what));
            }
        }
    }
    found
}

pub(crate) fn unreadable(path: &Path, error: &std::io::Error) -> Problem {
    Problem::of(
        path,
        said("file.unreadable", &[("error", system_said(error))]),
    )
}

/// `style.css` → `style.1a2b3c4d.css`: a name that changes with the content, to be cached for ever.
pub(crate) fn hashed_name(name: &str, content: &[u8]) -> String {
    let digest = Sha256::digest(content);
    let hash: String = digest[..4]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    match name.rsplit_once('.') {
        Some((stem, extension)) => format!("{stem}.{hash}.{extension}"),
        None => format!("{name}.{hash}"),
    }
}

/// Adds to an asset, whose name then changes.
pub(crate) fn append(theme: &mut ThemeSource, assets: &mut [Asset], name: &str, more: &str) {
    if more.is_empty() {
        return;
    }
    let Some(address) = theme.assets.get_mut(name) else {
        return;
    };
    let path = address.trim_start_matches('/').to_owned();
    if let Some(asset) = assets.iter_mut().find(|asset| asset.path == path) {
        asset.bytes.extend_from_slice(more.as_bytes());
        asset.path = format!("assets/{}", hashed_name(name, &asset.bytes));
        *address = format!("/{}", asset.path);
    }
}
