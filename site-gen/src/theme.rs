//! The theme: templates, messages and assets. The only room that knows Tera.

mod source;
mod uses;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use serde::Serialize;
use tera::{Context, Kwargs, State, Tera, Value};

use crate::messages::{Messages, number};
use crate::problem::{Problem, said};
use crate::state::hash_written;

pub use source::{Asset, ThemeSource};
pub(crate) use source::{append, hashed_name, unreadable};
use uses::{Templates, Uses, missing_message};

/// A theme that is ready to render.
#[derive(Debug, Clone)]
pub struct Theme {
    templates: Arc<Templates>,
    messages: Arc<Messages>,
    uses: Arc<OnceLock<Uses>>,
    compiled: Arc<RwLock<Compiled>>,
    /// What each template is made of: itself, those that it uses, their messages, and what
    /// every page is given.
    fingerprints: Arc<OnceLock<BTreeMap<String, u64>>>,
    common: u64,
}

/// The templates that Tera has read so far.
#[derive(Debug)]
struct Compiled {
    tera: Tera,
    names: BTreeSet<String>,
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

impl Theme {
    /// Compiles the templates, which stand in a folder. `common` is what every page is given
    /// beside its own context.
    ///
    /// # Errors
    /// What Tera says of the templates, at its place.
    pub fn compile<T: Serialize>(
        source: ThemeSource,
        common: &T,
        folder: &Path,
    ) -> Result<Self, Problem> {
        let failed = |error: tera::Error| template_problem(&error, "", folder);
        let theme = Self::opened(source, common);
        let all = theme.templates.keys().map(String::as_str).collect();
        theme.add(&all).map_err(failed)?;
        match missing_message(&theme.templates, &theme.messages, folder) {
            Some(problem) => Err(problem),
            None => Ok(theme),
        }
    }

    /// As [`Theme::compile`], of templates that were compiled before, and found good: each is
    /// compiled when a page is first made of it, which is all that a function waits for.
    pub(crate) fn opened<T: Serialize>(source: ThemeSource, common: &T) -> Self {
        let messages = Arc::new(source.messages);
        let mut tera = Tera::new();
        tera.autoescape_on(vec![".html", ".htm", ".xml", ".svg"]);
        let words = Arc::clone(&messages);
        tera.register_function("t", move |kwargs: Kwargs, _: &State| {
            translate(&words, &kwargs)
        });
        let given =
            Context::from_serialize(common).expect("what pages are given has only string keys");
        tera.global_context().extend(given);
        Self {
            templates: Arc::new(source.templates),
            messages,
            uses: Arc::default(),
            compiled: Arc::new(RwLock::new(Compiled {
                tera,
                names: BTreeSet::new(),
            })),
            fingerprints: Arc::default(),
            common: hash_written(common),
        }
    }

    /// Compiles the templates for what is wrong with them.
    ///
    /// # Errors
    /// As [`Theme::compile`].
    pub(crate) fn check(source: ThemeSource, folder: &Path) -> Result<(), Problem> {
        let nothing: BTreeMap<String, String> = BTreeMap::new();
        Self::compile(source, &nothing, folder).map(|_| ())
    }

    /// Renders a template with a context.
    ///
    /// # Errors
    /// [`RenderError`], a fault of the theme.
    pub fn render<T: Serialize>(&self, template: &str, context: &T) -> Result<String, RenderError> {
        self.rendered(template, context)
            .map_err(|source| RenderError {
                template: template.to_owned(),
                source: Box::new(source),
            })
    }

    fn rendered<T: Serialize>(&self, template: &str, context: &T) -> tera::TeraResult<String> {
        let context = Context::from_serialize(context)?;
        let ready = self.compiled.read().unwrap_or_else(PoisonError::into_inner);
        if ready.names.contains(template) {
            return ready.tera.render(template, &context);
        }
        drop(ready);
        // What a template uses is found by how it is written; where it is written otherwise, all
        // templates are compiled.
        let whole = self.uses().whole(template);
        if self.add(&whole).is_err() {
            self.add(&self.templates.keys().map(String::as_str).collect())?;
        }
        let ready = self.compiled.read().unwrap_or_else(PoisonError::into_inner);
        ready.tera.render(template, &context)
    }

    /// Compiles those of these templates that aren't compiled yet.
    fn add(&self, names: &BTreeSet<&str>) -> tera::TeraResult<()> {
        let compiled = self.compiled.write();
        let mut compiled = compiled.unwrap_or_else(PoisonError::into_inner);
        let Compiled { tera, names: known } = &mut *compiled;
        let missing = names.iter().filter(|name| !known.contains(**name));
        let texts = missing.filter_map(|name| self.templates.get_key_value(*name));
        let texts: Vec<(&String, &String)> = texts.collect();
        tera.add_raw_templates(texts.iter().copied())?;
        known.extend(texts.into_iter().map(|(name, _)| name.clone()));
        Ok(())
    }

    fn uses(&self) -> &Uses {
        self.uses.get_or_init(|| Uses::of(&self.templates))
    }

    /// What a template is made of, as a number that changes with it.
    pub(crate) fn fingerprint(&self, template: &str) -> u64 {
        let all = self.fingerprints.get_or_init(|| {
            let uses = self.uses();
            uses.fingerprints(&self.templates, &self.messages, self.common)
        });
        all.get(template).copied().unwrap_or_default()
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
