//! What templates are given of forms: fields, choices and errors.

use std::collections::BTreeMap;

use domain::{CommentForm, IdeaForm, Invalid};
use serde::Serialize;

use crate::messages::{Messages, number};

/// A field's error, for the summary and the field.
#[derive(Debug, Clone, Serialize)]
pub struct FieldMessage {
    /// The field's name, which is its `id` too.
    pub field: String,
    /// What is wrong and what to do.
    pub message: String,
}

/// The errors of a form: the context's `errors`.
#[derive(Debug, Clone, Default, Serialize)]
pub struct FormErrors {
    /// All of them, in the order of the fields; empty when there is none.
    pub summary: Vec<FieldMessage>,
    /// The first of each field.
    pub by_field: BTreeMap<String, String>,
}

impl FormErrors {
    /// The errors in words.
    #[must_use]
    pub fn of(invalid: &Invalid, messages: &Messages) -> Self {
        let summary: Vec<FieldMessage> = invalid
            .errors
            .iter()
            .map(|error| FieldMessage {
                field: error.field.to_owned(),
                message: messages.text(&error.key, &written(&error.args)),
            })
            .collect();
        Self::of_messages(summary)
    }

    /// Errors that are in words.
    #[must_use]
    pub fn of_messages(summary: Vec<FieldMessage>) -> Self {
        let mut by_field = BTreeMap::new();
        for error in &summary {
            by_field
                .entry(error.field.clone())
                .or_insert_with(|| error.message.clone());
        }
        Self { summary, by_field }
    }
}

/// Arguments with numbers as they are written.
fn written(args: &[(&'static str, String)]) -> Vec<(&'static str, String)> {
    args.iter()
        .map(|(name, value)| {
            let value = value.parse().map_or_else(|_| value.clone(), number);
            (*name, value)
        })
        .collect()
}

/// An option of a choice.
#[derive(Debug, Clone, Serialize)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What is read.
    pub label: String,
    /// One more sentence; may be empty.
    pub hint: String,
}

/// What was typed in a form; blank by default.
#[derive(Debug, Clone, Default)]
pub struct Filled<T> {
    /// In the fields that everybody sees.
    pub values: T,
    /// In the one that nobody sees: blank, unless a program filled it.
    pub trap: String,
}

/// The form of an idea, blank or with what was typed: the context's `form`.
#[derive(Debug, Clone, Serialize)]
pub struct IdeaFormView {
    /// Where it is sent.
    pub action: String,
    /// What was typed.
    pub values: IdeaForm,
    /// What is in the field that nobody sees.
    pub trap: String,
    /// The kinds.
    pub kinds: Vec<Choice>,
    /// The categories; empty where authors don't choose.
    pub categories: Vec<String>,
    /// The guiding questions.
    pub questions: Vec<String>,
    /// The longest title, in graphemes.
    pub title_limit: usize,
    /// The longest text, in graphemes.
    pub text_limit: usize,
}

/// The form of a comment, blank or with what was typed: the context's `form`.
#[derive(Debug, Clone, Serialize)]
pub struct CommentFormView {
    /// Where it is sent.
    pub action: String,
    /// What was typed.
    pub values: CommentForm,
    /// What is in the field that nobody sees.
    pub trap: String,
    /// The longest name, in graphemes.
    pub name_limit: usize,
    /// The longest text, in graphemes.
    pub text_limit: usize,
}
