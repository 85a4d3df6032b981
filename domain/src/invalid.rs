//! What is wrong with a form: all of it at once, as message keys.

use crate::text::TextProblem;

/// One problem of one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// The field's name in the form.
    pub field: &'static str,
    /// The key of the message that says what is wrong and what to do.
    pub key: String,
    /// What the message names, such as a limit.
    pub args: Vec<(&'static str, String)>,
}

/// The problems of a form, in the order of its fields; never empty when returned as an error.
#[derive(Debug, Clone, Default, PartialEq, Eq, thiserror::Error)]
#[error("{} field(s) to correct", errors.len())]
pub struct Invalid {
    /// The problems.
    pub errors: Vec<FieldError>,
}

impl Invalid {
    /// Notes the problem `error.{field}.{problem}`.
    pub fn add(&mut self, field: &'static str, problem: &str) {
        self.errors.push(FieldError {
            field,
            key: format!("error.{field}.{problem}"),
            args: Vec::new(),
        });
    }

    /// Takes a parsed value, or notes why there is none.
    pub fn take<T>(&mut self, field: &'static str, parsed: Result<T, TextProblem>) -> Option<T> {
        match parsed {
            Ok(value) => Some(value),
            Err(TextProblem::Empty) => {
                self.add(field, "empty");
                None
            }
            Err(TextProblem::Malformed) => {
                self.add(field, "malformed");
                None
            }
            Err(TextProblem::TooLong { length, limit }) => {
                self.errors.push(FieldError {
                    field,
                    key: format!("error.{field}.too-long"),
                    args: vec![
                        ("limit", limit.to_string()),
                        ("length", length.to_string()),
                        ("over", (length - limit).to_string()),
                    ],
                });
                None
            }
        }
    }

    /// Takes a value that may be left out: blank is `None`, anything else is parsed.
    pub fn take_optional<T>(
        &mut self,
        field: &'static str,
        raw: &str,
        parse: impl FnOnce(&str) -> Result<T, TextProblem>,
    ) -> Option<T> {
        if raw.trim().is_empty() {
            None
        } else {
            self.take(field, parse(raw))
        }
    }
}
