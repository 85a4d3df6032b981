//! What was typed in the pages of a survey, as it was typed.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Asks, Question, Section};
use crate::text::Postcode;

/// Values by field, in the order in which they came.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Typed(BTreeMap<String, Vec<String>>);

/// The part of a postcode's field that holds its department.
const DEPARTMENT: &str = "departement";
/// The part by which one takes a department back.
const FORGET: &str = "retirer";
/// What stands for a postcode that is in no department.
const ELSEWHERE: &str = "hors";

impl Typed {
    /// Fields as a form sends them: several may have the same name.
    #[must_use]
    pub fn of(fields: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut typed = Self::default();
        for (name, value) in fields {
            typed.0.entry(name).or_default().push(value);
        }
        typed
    }

    /// The first value of a field, without the blanks around it; nothing where there is none.
    #[must_use]
    pub fn first(&self, field: &str) -> &str {
        let first = self.0.get(field).and_then(|values| values.first());
        first.map_or("", |value| value.trim())
    }

    /// The value of a field as it was typed.
    #[must_use]
    pub fn raw(&self, field: &str) -> &str {
        let first = self.0.get(field).and_then(|values| values.first());
        first.map_or("", String::as_str)
    }

    /// All values of a field that are not blank.
    pub fn all(&self, field: &str) -> impl Iterator<Item = &str> {
        let values = self.0.get(field).map_or(&[][..], Vec::as_slice);
        let values = values.iter().map(|value| value.trim());
        values.filter(|value| !value.is_empty())
    }

    /// All fields and their values.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().flat_map(|(name, values)| {
            let values = values.iter().map(String::as_str);
            values.map(move |value| (name.as_str(), value))
        })
    }

    /// The same with other fields; of those that both have, those of the other.
    #[must_use]
    pub fn with(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    /// What may be kept: no value of which `refused` says that it must never be stored, and of a
    /// postcode nothing but its department.
    #[must_use]
    pub fn kept(mut self, section: &Section, refused: impl Fn(&str) -> bool) -> Self {
        for question in postcodes(section) {
            let field = question.field();
            if let Ok(postcode) = Postcode::parse(self.first(&field)) {
                let department = postcode.department();
                let department = department.unwrap_or_else(|| ELSEWHERE.to_owned());
                self.0
                    .insert(question.field_of(DEPARTMENT), vec![department]);
            }
            self.0.remove(&field);
        }
        for values in self.0.values_mut() {
            values.retain(|value| !refused(value));
        }
        self.0.retain(|_, values| !values.is_empty());
        self
    }

    /// The department that a postcode was of, which may be none; nothing where none was given.
    #[must_use]
    pub fn department(&self, question: &Question) -> Option<Option<String>> {
        match self.first(&question.field_of(DEPARTMENT)) {
            "" => None,
            ELSEWHERE => Some(None),
            code => Some(Some(code.to_owned())),
        }
    }
}

impl Section {
    /// What was typed of this page's own fields. A department that was given before stays, unless
    /// another postcode is typed or it is taken back.
    #[must_use]
    pub fn own(&self, typed: &Typed, before: &Typed) -> Typed {
        let is_of = |question: &Question, name: &str| {
            let rest = name.strip_prefix(question.field().as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        let mut own = typed.0.clone();
        own.retain(|name, _| self.questions.iter().any(|question| is_of(question, name)));
        for question in postcodes(self) {
            let (department, forget) = (question.field_of(DEPARTMENT), question.field_of(FORGET));
            // It is never what a form says.
            own.remove(&department);
            let forgets = own.remove(&forget).is_some();
            let is_typed = own
                .get(&question.field())
                .is_some_and(|values| values.iter().any(|value| !value.trim().is_empty()));
            if let (false, false, Some(known)) = (forgets, is_typed, before.0.get(&department)) {
                own.insert(department, known.clone());
            }
        }
        Typed(own)
    }
}

fn postcodes(section: &Section) -> impl Iterator<Item = &Question> {
    let questions = section.questions.iter();
    questions.filter(|question| matches!(question.asks, Asks::Postcode))
}
