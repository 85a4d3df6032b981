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
use crate::state::{hash_of, hash_written};
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

/// A theme that is ready to render.
#[derive(Debug, Clone)]
pub struct Theme {
    tera: Tera,
    messages: Arc<Messages>,
    /// What each template is made of: itself, those that it uses, their messages, and what
    /// every page is given.
    fingerprints: BTreeMap<String, u64>,
}

/// A page that a template could not make.
#[derive(Debug, thiserror::Error)]
#[error("{template}: {source}")]
pub struct RenderError {
    template: String,
    source: Box<tera::Error>,
}

impl RenderError {
    /// The fault, at its place in a file of the folder of templates.
    pub(crate) fn problem(&self, templates: &Path) -> Problem {
        template_problem(&self.source, &self.template, templates)
    }
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

impl Theme {
    /// Compiles the templates, which stand in a folder. `common` is what every page is given
    /// beside its own context.
    ///
    /// # Errors
    /// What Tera says of the templates, at its place.
    pub fn compile<T: Serialize>(
        source: &ThemeSource,
        common: &T,
        templates: &Path,
    ) -> Result<Self, Problem> {
        let messages = Arc::new(source.messages.clone());
        let mut tera = Tera::new();
        tera.autoescape_on(vec![".html", ".htm", ".xml", ".svg"]);
        let words = Arc::clone(&messages);
        tera.register_function("t", move |kwargs: Kwargs, _: &State| {
            translate(&words, &kwargs)
        });
        let failed = |error: tera::Error| template_problem(&error, "", templates);
        tera.add_raw_templates(&source.templates).map_err(failed)?;
        if let Some(problem) = missing_message(source, templates) {
            return Err(problem);
        }
        let fingerprints = fingerprints(source, hash_written(common));
        let common = Context::from_serialize(common).map_err(failed)?;
        tera.global_context().extend(common);
        Ok(Self {
            tera,
            messages,
            fingerprints,
        })
    }

    /// Compiles the templates for what is wrong with them.
    ///
    /// # Errors
    /// As [`Theme::compile`].
    pub(crate) fn check(source: &ThemeSource, templates: &Path) -> Result<(), Problem> {
        let nothing: BTreeMap<String, String> = BTreeMap::new();
        Self::compile(source, &nothing, templates).map(|_| ())
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
                source: Box::new(source),
            })
    }

    /// What a template is made of, as a number that changes with it.
    pub(crate) fn fingerprint(&self, template: &str) -> u64 {
        self.fingerprints.get(template).copied().unwrap_or_default()
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

/// What Tera says, at its place in a file of `templates`.
fn template_problem(error: &tera::Error, template: &str, templates: &Path) -> Problem {
    // What a function of a template says is the cause of the fault at its call.
    let mut said_by: Option<&dyn std::error::Error> = std::error::Error::source(error);
    let mut deepest = None;
    while let Some(cause) = said_by {
        deepest = Some(cause.to_string());
        said_by = cause.source();
    }
    match error.kind() {
        tera::ErrorKind::SyntaxError(report) | tera::ErrorKind::RenderingError(report) => {
            let path = templates.join(report.filename());
            let detail = deepest.unwrap_or_else(|| report.message().to_owned());
            let what = said("theme.template", &[("error", detail)]);
            match fs::read_to_string(&path) {
                Ok(text) => Problem::at(&path, &text, report.span().range.clone(), what),
                Err(_) => Problem::of(&path, what),
            }
        }
        _ => {
            let what = said("theme.template", &[("error", error.to_string())]);
            Problem::of(&templates.join(template), what)
        }
    }
}

/// What each template is made of. A message is a part of every template that names it.
fn fingerprints(source: &ThemeSource, common: u64) -> BTreeMap<String, u64> {
    let components: Vec<(&str, &str)> = source
        .templates
        .iter()
        .flat_map(|(name, text)| {
            let defined = text.split("{% component ").skip(1);
            defined.filter_map(move |after| Some((after.split(['(', ' ']).next()?, name.as_str())))
        })
        .collect();
    let keys = source.messages.iter().map(|(key, _)| key.len());
    let longest = keys.max().unwrap_or_default();
    let own: BTreeMap<&str, (u64, Vec<&str>)> = source
        .templates
        .iter()
        .map(|(name, text)| {
            let words = named_messages(text, &source.messages, longest);
            let words: Vec<(&String, &String)> = words.into_iter().collect();
            let mut uses: Vec<&str> = Vec::new();
            for opening in ["extends ", "include "] {
                let named = text.split(opening).skip(1);
                let names = named.filter_map(|after| after.get(1..)?.split(['"', '\'']).next());
                uses.extend(names);
            }
            for (component, holder) in &components {
                let called = text
                    .match_indices(&format!("<{component}"))
                    .any(|(at, found)| {
                        !text[at + found.len()..]
                            .starts_with(|c: char| c.is_alphanumeric() || c == '_')
                    });
                if called {
                    uses.push(holder);
                }
            }
            (name.as_str(), (hash_of(&(text, words)), uses))
        })
        .collect();
    own.keys()
        .map(|name| {
            let mut used = std::collections::BTreeSet::new();
            let mut left = vec![*name];
            while let Some(next) = left.pop() {
                if used.insert(next)
                    && let Some((_, uses)) = own.get(next)
                {
                    left.extend(uses);
                }
            }
            let parts: Vec<u64> = used
                .into_iter()
                .filter_map(|name| own.get(name).map(|(hash, _)| *hash))
                .collect();
            ((*name).to_owned(), hash_of(&(common, parts)))
        })
        .collect()
}

/// The first message that a template names and that is not there: it would be found missing only
/// when somebody asks for the page, and some are asked for by moderators alone.
fn missing_message(source: &ThemeSource, templates: &Path) -> Option<Problem> {
    const CALL: &str = "t(key=\"";
    source.templates.iter().find_map(|(name, text)| {
        text.match_indices(CALL).find_map(|(at, _)| {
            let key = text[at + CALL.len()..].split('"').next()?;
            if source.messages.has(key) {
                return None;
            }
            let missing = said("theme.key", &[("key", key.to_owned())]);
            let what = said("theme.template", &[("error", missing)]);
            let length = text[at..].find(')').map_or(CALL.len(), |end| end + 1);
            let path = templates.join(name);
            Some(Problem::at(&path, text, at..at + length, what))
        })
    })
}

/// The messages that a template names, whole or without their plural form: keys are literals, so
/// each stands between two quotes of a kind. `longest` is the length of the longest key, in bytes.
fn named_messages<'s>(
    text: &str,
    messages: &'s Messages,
    longest: usize,
) -> BTreeMap<&'s String, &'s String> {
    let mut named = BTreeMap::new();
    for quote in ['"', '\''] {
        // What is between two quotes is mostly markup, and longer.
        for key in text.split(quote).filter(|piece| piece.len() <= longest) {
            named.extend(messages.get(key));
            for form in [".one", ".other"] {
                named.extend(messages.get(&format!("{key}{form}")));
            }
        }
    }
    named
}
