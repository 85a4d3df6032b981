//! From what was typed to an answer, or all that is wrong with it.

use std::collections::{BTreeMap, BTreeSet};

use super::{Answer, Asks, Choice, Choices, Question, Typed, Wrong};
use crate::text::{Body, Postcode, Slug, TextProblem, Title};

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
