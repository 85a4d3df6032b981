//! What in a survey speaks of its other questions: conditions and cross-tables, checked once all
//! questions are known.

use std::ops::Range;

use domain::Slug;
use domain::survey::{Asks, Condition, Cross, Survey};

use crate::front_matter::Keys;

/// What is checked once all questions are known.
#[derive(Default)]
pub(super) struct Noted {
    pub(super) ids: Vec<Slug>,
    conditions: Vec<NotedCondition>,
}

struct NotedCondition {
    /// The section that it stands in, from 0.
    section: usize,
    question: String,
    /// Where the question is named.
    at: Range<usize>,
    /// The choices, each where it stands.
    is: Vec<(String, Range<usize>)>,
}

impl Noted {
    /// Notes each condition that cannot hold.
    pub(super) fn check(&self, keys: &mut Keys<'_, '_>, survey: &Survey) {
        // A question of which something else is wrong is there.
        let is_lost = |name: &str| {
            let is_noted = self.ids.iter().any(|id| id.as_str() == name);
            is_noted && !survey.questions().any(|(_, it)| it.id.as_str() == name)
        };
        for condition in &self.conditions {
            if !is_lost(&condition.question) {
                check(keys, survey, condition);
            }
        }
    }
}

/// A condition as it is written; whether it holds together is checked when all questions are known.
pub(super) fn condition(
    keys: &mut Keys<'_, '_>,
    section: usize,
    noted: &mut Noted,
) -> Option<Condition> {
    keys.table("when", |keys| {
        let question = keys.text("question");
        let at = keys.span_of("question");
        let is = keys.one_or_more("is");
        let question = question?;
        let slugs = is.iter().filter_map(|(label, _)| Slug::from_words(label));
        let condition = Slug::parse(&question).ok().map(|question| Condition {
            question,
            is: slugs.collect(),
        });
        noted.conditions.push(NotedCondition {
            section,
            question,
            at,
            is,
        });
        condition
    })
}

fn check(keys: &mut Keys<'_, '_>, survey: &Survey, condition: &NotedCondition) {
    let name = &condition.question;
    let sections = survey.sections.iter().enumerate();
    let found = sections
        .flat_map(|(number, section)| section.questions.iter().map(move |it| (number, it)))
        .find(|(_, question)| question.id.as_str() == name);
    let mut args = vec![("name", name.clone())];
    let Some((number, question)) = found else {
        let known: Vec<&str> = survey
            .questions()
            .filter(|(_, it)| !it.offered().is_empty())
            .map(|(_, it)| it.id.as_str())
            .collect();
        args.push(("known", known.join(", ")));
        return keys.problem(&condition.at, "survey.when-unknown", &args);
    };
    let offered = question.offered();
    let key = match number.cmp(&condition.section) {
        std::cmp::Ordering::Greater => Some("survey.when-later"),
        std::cmp::Ordering::Equal => Some("survey.when-same-page"),
        std::cmp::Ordering::Less => offered.is_empty().then_some("survey.when-open"),
    };
    if let Some(key) = key {
        return keys.problem(&condition.at, key, &args);
    }
    for (value, at) in &condition.is {
        let slug = Slug::from_words(value);
        if slug.is_none_or(|slug| !offered.contains(&slug)) {
            let known: Vec<String> = match &question.asks {
                Asks::One(choices) | Asks::List(choices) | Asks::Several { choices, .. } => {
                    let labels = choices.all.iter().map(|it| format!("« {} »", it.label));
                    let other = choices.other.then(|| "« autre »".to_owned());
                    labels.chain(other).collect()
                }
                _ => offered.iter().map(ToString::to_string).collect(),
            };
            let args = [
                ("name", name.clone()),
                ("value", value.clone()),
                ("known", known.join(", ")),
            ];
            keys.problem(at, "survey.when-choice", &args);
        }
    }
}

pub(super) fn cross(keys: &mut Keys<'_, '_>, survey: &Survey) -> Option<Cross> {
    let mut crossed = |key: &'static str| {
        let name = keys.text(key)?;
        let place = keys.span_of(key);
        let args = [("name", name.clone())];
        let slug = Slug::parse(&name).ok();
        let Some(question) = slug.and_then(|slug| survey.question(&slug)) else {
            let known: Vec<&str> = survey
                .questions()
                .filter(|(_, it)| !it.offered().is_empty())
                .map(|(_, it)| it.id.as_str())
                .collect();
            let args = [("name", name), ("known", known.join(", "))];
            keys.problem(&place, "survey.when-unknown", &args);
            return None;
        };
        let takes = match question.asks {
            Asks::One(_) | Asks::List(_) | Asks::Scale { .. } => true,
            Asks::Several { .. } => key == "question",
            _ => false,
        };
        if !takes {
            keys.problem(&place, "survey.cross-kind", &args);
        } else if survey.is_conditional(&question.id) {
            keys.problem(&place, "survey.cross-conditional", &args);
        }
        Some(question.id.clone())
    };
    let (question, by) = (crossed("question"), crossed("by"));
    let (question, by) = (question?, by?);
    if question == by {
        let place = keys.span_of("by");
        keys.problem(&place, "survey.cross-same", &[]);
    }
    Some(Cross { question, by })
}
