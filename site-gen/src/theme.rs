//! The theme: templates, messages and assets. The only file that knows Tera.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tera::{Context, Kwargs, State, Tera, Value};
use walkdir::WalkDir;

use crate::messages::{Messages, number};
use crate::problem::{Problem, said, system_said};

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

/// A theme that is ready to render.
#[derive(Debug, Clone)]
pub struct Theme {
    tera: Tera,
    messages: Arc<Messages>,
}

/// A page that a template could not make.
#[derive(Debug, thiserror::Error)]
#[error("{template}: {source}")]
pub struct RenderError {
    template: String,
    source: tera::Error,
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
            match fs::read(&path) {
                Ok(content) => {
                    let hashed = hashed_name(&name, &content);
                    assets.insert(name, format!("/assets/{hashed}"));
                    bytes.push(Asset {
                        path: format!("assets/{hashed}"),
                        bytes: content,
                    });
                }
                Err(error) => problems.push(unreadable(&path, &error)),
            }
        }
        let messages_path = root.join("messages/fr.toml");
        let messages = match fs::read_to_string(&messages_path) {
            Ok(source) => Messages::parse(&source).map_err(|error| {
                let what = said("theme.messages", &[("error", error.message().to_owned())]);
                let at = error.span().map_or(0, |span| span.start);
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

impl Theme {
    /// Compiles the templates. `common` is what every page is given beside its own context.
    ///
    /// # Errors
    /// What Tera says of the templates, with its place.
    pub fn compile<T: Serialize>(source: &ThemeSource, common: &T) -> Result<Self, Problem> {
        let messages = Arc::new(source.messages.clone());
        let mut tera = Tera::new();
        let words = Arc::clone(&messages);
        tera.register_function("t", move |kwargs: Kwargs, _: &State| {
            translate(&words, &kwargs)
        });
        let failed = |error: tera::Error| {
            let what = said("theme.template", &[("error", error.to_string())]);
            Problem::of(Path::new("templates"), what)
        };
        tera.add_raw_templates(&source.templates).map_err(failed)?;
        let common = Context::from_serialize(common).map_err(failed)?;
        tera.global_context().extend(common);
        Ok(Self { tera, messages })
    }

    /// Renders a template with a context.
    ///
    /// # Errors
    /// [`RenderError`], a fault of the theme.
    pub fn render<T: Serialize>(&self, template: &str, context: &T) -> Result<String, RenderError> {
        Context::from_serialize(context)
            .and_then(|context| self.tera.render(template, &context))
            .map_err(|source| RenderError {
                template: template.to_owned(),
                source,
            })
    }

    /// The theme's words.
    #[must_use]
    pub fn messages(&self) -> &Messages {
        &self.messages
    }
}

/// `t(key="…", n=3, name="…")`: a message, in its plural where there is an `n`.
fn translate(messages: &Messages, kwargs: &Kwargs) -> tera::TeraResult<Value> {
    let key: &str = kwargs.must_get("key")?;
    if !messages.has(key) {
        return Err(tera::Error::message(said(
            "theme.key",
            &[("key", key.to_owned())],
        )));
    }
    let args: Vec<(String, String)> = kwargs
        .iter()
        .map(|(name, value)| {
            let written = value.as_u64().map_or_else(|| value.to_string(), number);
            (name.to_string(), written)
        })
        .collect();
    let args: Vec<(&str, String)> = args
        .iter()
        .filter(|(name, _)| name != "key" && name != "n")
        .map(|(name, value)| (name.as_str(), value.clone()))
        .collect();
    let text = match kwargs.get::<u64>("n")? {
        Some(n) => messages.count_with(key, n, &args),
        None => messages.text(key, &args),
    };
    Ok(Value::from(text))
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

fn unreadable(path: &Path, error: &std::io::Error) -> Problem {
    Problem::of(
        path,
        said("file.unreadable", &[("error", system_said(error))]),
    )
}

/// `style.css` → `style.1a2b3c4d.css`: a name that changes with the content, to be cached for ever.
fn hashed_name(name: &str, content: &[u8]) -> String {
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
