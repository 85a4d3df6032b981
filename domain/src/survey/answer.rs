//! What somebody answers: each answer parsed from what was typed, or what is wrong with it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Asks, Choice, Choices, Question, Section, Survey, Typed};
use crate::text::{Body, ContributionId, Postcode, Slug, TextProblem, Title};

/// An answer to one question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Answer {
    /// In one's own words.
    Text(Body),
    /// One choice or several, in the order of the question.
    Chosen {
        /// The choices; [`Choices::other`] among them where there is `other`.
        choices: Vec<Slug>,
        /// What was answered beside them.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        other: Option<Title>,
    },
    /// A number, or a place on a scale.
    Number(i64),
    /// The column chosen for each row.
    Rows(BTreeMap<Slug, Slug>),
    /// What was ranked, from the first.
    Ranked(Vec<Slug>),
    /// The INSEE code of a department; none where the postcode is in none.
    Department(Option<String>),
}

/// The answers of one participant, by question.
pub type Answers = BTreeMap<Slug, Answer>;

/// What one participant sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SurveyAnswer {
    /// Its identifier.
    pub id: ContributionId,
    /// The campaign of the survey.
    pub campaign: Slug,
    /// When it was received.
    pub received_at: Timestamp,
    /// The answers.
    pub answers: Answers,
}

/// What is wrong with an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    /// The field to go to.
    pub field: String,
    /// The key of the message that says what is wrong and what to do.
    pub key: String,
    /// What the message names.
    pub args: Vec<(&'static str, String)>,
}

/// All pages of a survey that somebody is shown, read from what was typed so far.
#[derive(Debug, Clone)]
pub struct Read<'s> {
    /// The pages, in order.
    pub pages: Vec<PageRead<'s>>,
    /// The answers that hold.
    pub answers: Answers,
}

/// One page that somebody is shown.
#[derive(Debug, Clone)]
pub struct PageRead<'s> {
    /// Its place among all sections, from 1.
    pub number: usize,
    /// The section.
    pub section: &'s Section,
    /// Those of its questions that are shown.
    pub questions: Vec<&'s Question>,
    /// What is wrong with what was typed, in the order of the fields.
    pub wrong: Vec<Wrong>,
}

impl Survey {
    /// Reads what was typed: which pages and questions are shown, what was answered, and what is
    /// wrong. A question that is not shown has no answer, whatever was typed before.
    #[must_use]
    pub fn read(&self, typed: &Typed) -> Read<'_> {
        let mut answers = Answers::new();
        let mut pages = Vec::new();
        for (place, section) in self.sections.iter().enumerate() {
            let is_shown = |when: &Option<super::Condition>, answers: &Answers| {
                when.as_ref().is_none_or(|when| when.holds(answers))
            };
            if !is_shown(&section.when, &answers) {
                continue;
            }
            let shown = section.questions.iter();
            let shown = shown.filter(|question| is_shown(&question.when, &answers));
            let questions: Vec<&Question> = shown.collect();
            if questions.is_empty() {
                continue;
            }
            let mut wrong = Vec::new();
            for question in &questions {
                match question.parse(typed) {
                    Ok(Some(answer)) => {
                        answers.insert(question.id.clone(), answer);
                    }
                    Ok(None) => {}
                    Err(found) => wrong.extend(found),
                }
            }
            pages.push(PageRead {
                number: place + 1,
                section,
                questions,
                wrong,
            });
        }
        Read { pages, answers }
    }
}

impl Read<'_> {
    /// The page of that number, where it is shown.
    #[must_use]
    pub fn page(&self, number: usize) -> Option<&PageRead<'_>> {
        self.pages.iter().find(|page| page.number == number)
    }

    /// The number of the first page of which something is wrong or missing.
    #[must_use]
    pub fn first_wrong(&self) -> Option<usize> {
        let wrong = self.pages.iter().find(|page| !page.wrong.is_empty());
        wrong.map(|page| page.number)
    }

    /// The number of the page before this one.
    #[must_use]
    pub fn before(&self, number: usize) -> Option<usize> {
        let mut before = self.pages.iter().rev().map(|page| page.number);
        before.find(|other| *other < number)
    }

    /// The number of the page after this one.
    #[must_use]
    pub fn after(&self, number: usize) -> Option<usize> {
        let mut after = self.pages.iter().map(|page| page.number);
        after.find(|other| *other > number)
    }
}

/// An answer, none where the question may be left and was; or what is wrong with it.
type Parsed = Result<Option<Answer>, Vec<Wrong>>;

impl Question {
    /// Parses what was typed.
    ///
    /// # Errors
    /// Everything that is wrong, each for a field of the question.
    pub fn parse(&self, typed: &Typed) -> Parsed {
        let field = self.field();
        match &self.asks {
            Asks::Nothing(_) => Ok(None),
            Asks::Short(limit) => {
                // One line: what is pasted with line breaks loses them.
                let line = typed.raw(&field);
                let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
                self.text(Body::parse(&line, *limit))
            }
            Asks::Long(limit) => self.text(Body::parse(typed.raw(&field), *limit)),
            Asks::One(choices) | Asks::List(choices) => self.chosen(typed, choices, 1..=1),
            Asks::Several { choices, min, max } => self.chosen(typed, choices, *min..=*max),
            Asks::Scale { from, to, .. } => match typed.first(&field) {
                "" => self.unanswered("choice"),
                raw => match raw.parse::<i64>() {
                    Ok(number) if (*from..=*to).contains(&number) => {
                        Ok(Some(Answer::Number(number)))
                    }
                    _ => Err(vec![self.wrong("unknown")]),
                },
            },
            Asks::Matrix { rows, columns, .. } => self.rows(typed, rows, columns),
            Asks::Ranking { choices, ranks, .. } => self.ranked(typed, choices, *ranks),
            Asks::Number { min, max, .. } => self.number(typed.first(&field), *min, *max),
            Asks::Postcode => match (typed.first(&field), typed.department(self)) {
                ("", Some(department)) => Ok(Some(Answer::Department(department))),
                ("", None) => self.unanswered("text"),
                (raw, _) => match Postcode::parse(raw) {
                    Ok(postcode) => Ok(Some(Answer::Department(postcode.department()))),
                    Err(_) => Err(vec![self.wrong("postcode")]),
                },
            },
        }
    }

    fn text(&self, parsed: Result<Body, TextProblem>) -> Parsed {
        match parsed {
            Ok(body) => Ok(Some(Answer::Text(body))),
            Err(TextProblem::TooLong { length, limit }) => {
                Err(vec![self.too_long(self.field(), length, limit)])
            }
            Err(TextProblem::Empty | TextProblem::Malformed) => self.unanswered("text"),
        }
    }

    fn chosen(
        &self,
        typed: &Typed,
        choices: &Choices,
        many: std::ops::RangeInclusive<usize>,
    ) -> Parsed {
        let field = self.field();
        let mut chosen: BTreeSet<&str> = typed.all(&field).collect();
        let other = Choices::other();
        let other_field = self.field_of(other.as_str());
        let own = match choices.other {
            true => typed.raw(&other_field),
            false => "",
        };
        let is_written = !own.trim().is_empty();
        // Who writes another answer and chooses none has chosen that one; among several, it is one
        // more. Beside one that is chosen, nobody knows which is meant.
        if is_written && (chosen.is_empty() || *many.end() > 1) {
            chosen.insert(other.as_str());
        }
        if chosen.is_empty() {
            return self.unanswered("choice");
        }
        let offered = self.offered();
        let known: Vec<Slug> = offered
            .into_iter()
            .filter(|it| chosen.contains(it.as_str()))
            .collect();
        if known.len() < chosen.len() {
            return Err(vec![self.wrong("unknown")]);
        }
        let mut wrong = Vec::new();
        if known.len() < *many.start() {
            let args = vec![("min", many.start().to_string())];
            wrong.push(self.wrong_with("few", args));
        } else if known.len() > *many.end() {
            let args = vec![("max", many.end().to_string())];
            wrong.push(self.wrong_with("many", args));
        }
        let mut answered = None;
        if known.contains(&other) && choices.other {
            match Title::parse(own, Self::OTHER) {
                Ok(title) => answered = Some(title),
                Err(TextProblem::TooLong { length, limit }) => {
                    wrong.push(self.too_long(other_field, length, limit));
                }
                Err(_) => wrong.push(Wrong {
                    field: other_field,
                    ..self.wrong("other")
                }),
            }
        } else if is_written {
            wrong.push(Wrong {
                field: other_field,
                ..self.wrong("other-unchosen")
            });
        }
        if wrong.is_empty() {
            Ok(Some(Answer::Chosen {
                choices: known,
                other: answered,
            }))
        } else {
            Err(wrong)
        }
    }

    fn rows(&self, typed: &Typed, rows: &[Choice], columns: &[Choice]) -> Parsed {
        let mut answered = BTreeMap::new();
        let mut wrong = Vec::new();
        for row in rows {
            let field = self.field_of(row.id.as_str());
            let args = || vec![("row", row.label.clone())];
            match typed.first(&field) {
                "" if self.optional => {}
                "" => wrong.push(Wrong {
                    field,
                    ..self.wrong_with("row", args())
                }),
                raw => match columns.iter().find(|column| column.id.as_str() == raw) {
                    Some(column) => {
                        answered.insert(row.id.clone(), column.id.clone());
                    }
                    None => wrong.push(Wrong {
                        field,
                        ..self.wrong("unknown")
                    }),
                },
            }
        }
        if wrong.is_empty() {
            Ok((!answered.is_empty()).then_some(Answer::Rows(answered)))
        } else {
            Err(wrong)
        }
    }

    fn ranked(&self, typed: &Typed, choices: &[Choice], ranks: usize) -> Parsed {
        let mut places: BTreeMap<usize, &Choice> = BTreeMap::new();
        let mut wrong = Vec::new();
        for choice in choices {
            let field = self.field_of(choice.id.as_str());
            let raw = typed.first(&field);
            if raw.is_empty() {
                continue;
            }
            match raw.parse() {
                Ok(rank) if (1..=ranks).contains(&rank) => {
                    if let Some(other) = places.insert(rank, choice) {
                        let args = vec![
                            ("rank", rank.to_string()),
                            ("first", other.label.clone()),
                            ("second", choice.label.clone()),
                        ];
                        wrong.push(Wrong {
                            field,
                            ..self.wrong_with("rank-twice", args)
                        });
                    }
                }
                _ => wrong.push(Wrong {
                    field,
                    ..self.wrong("unknown")
                }),
            }
        }
        if !wrong.is_empty() {
            return Err(wrong);
        }
        let first = || {
            let first = choices.first();
            first.map_or_else(|| self.field(), |it| self.field_of(it.id.as_str()))
        };
        if places.is_empty() && self.optional {
            return Ok(None);
        }
        let missing = (1..=ranks).find(|rank| !places.contains_key(rank));
        if let Some(rank) = missing {
            let args = vec![("rank", rank.to_string()), ("ranks", ranks.to_string())];
            return Err(vec![Wrong {
                field: first(),
                ..self.wrong_with("rank-missing", args)
            }]);
        }
        let ranked = places.into_values().map(|choice| choice.id.clone());
        Ok(Some(Answer::Ranked(ranked.collect())))
    }

    fn number(&self, raw: &str, min: Option<i64>, max: Option<i64>) -> Parsed {
        let digits: String = raw.chars().filter(|c| !c.is_whitespace()).collect();
        if digits.is_empty() {
            return self.unanswered("text");
        }
        let Ok(number) = digits.parse::<i64>() else {
            return Err(vec![self.wrong("number")]);
        };
        if let Some(min) = min.filter(|min| number < *min) {
            return Err(vec![
                self.wrong_with("number-low", vec![("min", min.to_string())]),
            ]);
        }
        if let Some(max) = max.filter(|max| number > *max) {
            return Err(vec![
                self.wrong_with("number-high", vec![("max", max.to_string())]),
            ]);
        }
        Ok(Some(Answer::Number(number)))
    }

    /// No answer, which is one that is missing unless the question may be left.
    fn unanswered(&self, what: &str) -> Parsed {
        if self.optional {
            Ok(None)
        } else {
            Err(vec![self.wrong(&format!("empty-{what}"))])
        }
    }

    fn wrong(&self, problem: &str) -> Wrong {
        self.wrong_with(problem, Vec::new())
    }

    fn wrong_with(&self, problem: &str, mut args: Vec<(&'static str, String)>) -> Wrong {
        args.push(("question", self.label.clone()));
        Wrong {
            field: self.field(),
            key: format!("error.survey.{problem}"),
            args,
        }
    }

    fn too_long(&self, field: String, length: usize, limit: usize) -> Wrong {
        let args = vec![
            ("limit", limit.to_string()),
            ("length", length.to_string()),
            ("over", (length - limit).to_string()),
        ];
        Wrong {
            field,
            ..self.wrong_with("too-long", args)
        }
    }
}
