//! The views of surveys: the questions of a page, with what was typed and what is wrong, and answers
//! in words.

use domain::survey::{Answer, Answers, Asks, Choice, Choices, Order, PageRead, Question};

use super::Views;
use crate::markdown;
use crate::surveys::SurveyStep;
use crate::view::{AnswerWords, FormErrors, OtherView, QuestionView, RowView, SurveyChoice};

impl Views<'_> {
    /// The questions of a page of a survey.
    pub(crate) fn survey_questions(
        &self,
        page: &PageRead<'_>,
        step: &SurveyStep<'_>,
        errors: &FormErrors,
    ) -> Vec<QuestionView> {
        let questions = page.questions.iter();
        questions
            .map(|question| self.survey_question(question, step, errors))
            .collect()
    }

    fn survey_question(
        &self,
        question: &Question,
        step: &SurveyStep<'_>,
        errors: &FormErrors,
    ) -> QuestionView {
        let typed = step.typed;
        let name = question.field();
        let mut view = QuestionView {
            label: question.label.clone(),
            hint: question.hint.clone(),
            optional: question.optional,
            error: errors.by_field.get(&name).cloned(),
            value: typed.raw(&name).to_owned(),
            ..QuestionView::default()
        };
        let chosen: Vec<&str> = typed.all(&name).collect();
        let drawn = |choices: &[Choice], order: Order| -> Vec<SurveyChoice> {
            let shown = order.of(choices, step.seed, &question.id).into_iter();
            let of = |choice: &Choice| offered(&name, choice.id.as_str(), &choice.label, &chosen);
            shown.map(of).collect()
        };
        let mut choices = |choices: &Choices| {
            view.choices = drawn(&choices.all, choices.order);
            if !choices.other {
                return;
            }
            let other = Choices::other();
            let field = question.field_of(other.as_str());
            let own = typed.raw(&field).to_owned();
            let label = self.messages.text("survey-page.other", &[]);
            view.choices
                .push(offered(&name, other.as_str(), &label, &chosen));
            view.other = Some(OtherView {
                error: errors.by_field.get(&field).cloned(),
                name: field,
                value: own,
                limit: Question::OTHER,
            });
        };
        let row = |label: &str, part: &str, all: Vec<(String, String)>| {
            let field = question.field_of(part);
            let chosen: Vec<&str> = typed.all(&field).collect();
            RowView {
                choices: all
                    .iter()
                    .map(|(value, label)| offered(&field, value, label, &chosen))
                    .collect(),
                error: errors.by_field.get(&field).cloned(),
                label: label.to_owned(),
                name: field,
            }
        };
        view.kind = match &question.asks {
            Asks::Nothing(text) => {
                view.text = markdown::editors(text, &self.catalogue.images);
                "text"
            }
            Asks::Short(limit) => {
                view.limit = *limit;
                "short"
            }
            Asks::Long(limit) => {
                view.limit = *limit;
                "long"
            }
            Asks::One(all) => {
                choices(all);
                "one"
            }
            Asks::List(all) => {
                choices(all);
                "list"
            }
            Asks::Several {
                choices: all,
                min,
                max,
            } => {
                choices(all);
                let most = view.choices.len();
                view.hint = self.several_hint(view.hint, *min, *max, most);
                "several"
            }
            Asks::Scale {
                from,
                to,
                low,
                high,
            } => {
                view.choices = (*from..=*to)
                    .map(|number| {
                        let number = number.to_string();
                        offered(&name, &number, &number, &chosen)
                    })
                    .collect();
                view.ends = Some((low.clone(), high.clone()));
                "scale"
            }
            Asks::Matrix {
                rows,
                columns,
                order,
            } => {
                let columns = || -> Vec<(String, String)> {
                    let columns = columns.iter();
                    columns
                        .map(|it| (it.id.to_string(), it.label.clone()))
                        .collect()
                };
                let rows = order.of(rows, step.seed, &question.id).into_iter();
                view.rows = rows
                    .map(|it| row(&it.label, it.id.as_str(), columns()))
                    .collect();
                "matrix"
            }
            Asks::Ranking {
                choices,
                ranks,
                order,
            } => {
                let numbers = || -> Vec<(String, String)> {
                    let numbers = 1..=*ranks;
                    numbers.map(|it| (it.to_string(), self.rank(it))).collect()
                };
                let rows = order.of(choices, step.seed, &question.id).into_iter();
                view.rows = rows
                    .map(|it| row(&it.label, it.id.as_str(), numbers()))
                    .collect();
                if view.hint.is_none() {
                    let count = *ranks as u64;
                    let key = match choices.len() == *ranks {
                        true => "survey-page.rank-all",
                        false => "survey-page.rank-some",
                    };
                    view.hint = Some(self.messages.count(key, count));
                }
                "ranking"
            }
            Asks::Number { unit, .. } => {
                view.unit.clone_from(unit);
                "number"
            }
            Asks::Postcode => {
                view.department = typed
                    .department(question)
                    .map(|it| self.department_or_none(it.as_deref()));
                view.forget = question.field_of("retirer");
                "postcode"
            }
        };
        view.name = name;
        view
    }

    /// How many choices may be made, after what editors say.
    fn several_hint(
        &self,
        hint: Option<String>,
        min: usize,
        max: usize,
        most: usize,
    ) -> Option<String> {
        let args = [("min", min.to_string()), ("max", max.to_string())];
        let key = match (min > 1, max < most) {
            (false, false) => "survey-page.several",
            (true, false) => "survey-page.several-min",
            (false, true) => "survey-page.several-max",
            (true, true) if min == max => "survey-page.several-exactly",
            (true, true) => "survey-page.several-between",
        };
        let many = self.messages.text(key, &args);
        Some(match hint {
            Some(hint) => format!("{hint} {many}"),
            None => many,
        })
    }

    fn rank(&self, rank: usize) -> String {
        match rank {
            1 => self.messages.text("survey-page.rank-first", &[]),
            _ => {
                let args = [("rank", rank.to_string())];
                self.messages.text("survey-page.rank-nth", &args)
            }
        }
    }

    /// A department in words, which may be none.
    fn department_or_none(&self, code: Option<&str>) -> String {
        match code {
            Some(code) => self.department(code),
            None => self.messages.text("survey-page.elsewhere", &[]),
        }
    }

    /// What was answered to the questions of a page, in words.
    #[must_use]
    pub fn answers(&self, page: &PageRead<'_>, answers: &Answers) -> Vec<AnswerWords> {
        let asked = page.questions.iter().filter(|it| it.is_asked());
        asked
            .map(|question| AnswerWords {
                label: question.label.clone(),
                lines: answers
                    .get(&question.id)
                    .map_or_else(Vec::new, |answer| self.answer(question, answer)),
            })
            .collect()
    }

    fn answer(&self, question: &Question, answer: &Answer) -> Vec<String> {
        match (answer, &question.asks) {
            (Answer::Text(body), _) => vec![body.as_str().to_owned()],
            (
                Answer::Number(number),
                Asks::Scale {
                    from,
                    to,
                    low,
                    high,
                },
            ) => {
                let args = [
                    ("number", number.to_string()),
                    ("from", from.to_string()),
                    ("to", to.to_string()),
                    ("low", low.clone()),
                    ("high", high.clone()),
                ];
                vec![self.messages.text("survey-page.on-scale", &args)]
            }
            (Answer::Number(number), Asks::Number { unit, .. }) => vec![match unit {
                Some(unit) => format!("{number}\u{a0}{unit}"),
                None => number.to_string(),
            }],
            (
                Answer::Chosen { choices, other },
                Asks::One(all) | Asks::List(all) | Asks::Several { choices: all, .. },
            ) => {
                let labels = choices.iter().filter_map(|it| all.label(it));
                let other = other.as_ref().map(|own| {
                    let args = [("answer", own.as_str().to_owned())];
                    self.messages.text("survey-page.other-said", &args)
                });
                labels.map(str::to_owned).chain(other).collect()
            }
            (Answer::Rows(answered), Asks::Matrix { rows, columns, .. }) => rows
                .iter()
                .filter_map(|row| {
                    let chosen = answered.get(&row.id)?;
                    let column = columns.iter().find(|column| column.id == *chosen)?;
                    Some(format!("{}\u{a0}: {}", row.label, column.label))
                })
                .collect(),
            (Answer::Ranked(ranked), Asks::Ranking { choices, .. }) => ranked
                .iter()
                .enumerate()
                .filter_map(|(place, id)| {
                    let choice = choices.iter().find(|choice| choice.id == *id)?;
                    Some(format!("{}. {}", place + 1, choice.label))
                })
                .collect(),
            (Answer::Department(code), _) => vec![self.department_or_none(code.as_deref())],
            // Editors changed the kind of the question since it was answered.
            _ => Vec::new(),
        }
    }
}

fn offered(field: &str, value: &str, label: &str, chosen: &[&str]) -> SurveyChoice {
    SurveyChoice {
        id: format!("{field}-{value}"),
        value: value.to_owned(),
        label: label.to_owned(),
        chosen: chosen.contains(&value),
    }
}
