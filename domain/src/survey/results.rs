//! What is told of the answers to a survey once it is closed: counts, of which none tells of fewer
//! than [`LEAST`] people among those of a group.
//!
//! The answers of one person are never shown together: a department, an age and a choice would
//! be enough to know who they are. What was answered in one's own words is only counted here.

use serde::{Deserialize, Serialize};

use super::cells::{self, Cell};
use super::{Answer, Answers, Asks, Choices, Cross, LEAST, Question, Survey, number_slug};
use crate::text::Slug;

/// The answers of all participants, counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SurveyResults {
    /// How many took part.
    pub participants: u64,
    /// Each question, in order.
    pub questions: Vec<QuestionResult>,
    /// Questions by the answers to others.
    pub crosses: Vec<CrossResult>,
}

/// The answers to one question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuestionResult {
    /// The question.
    pub question: Slug,
    /// How many answered it: what shares are of. None where it is under [`LEAST`].
    pub base: Option<u64>,
    /// What they answered.
    pub found: Found,
}

/// What was answered to a question, by its kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Found {
    /// Too few answered for anything to be told.
    Few,
    /// Texts, which are read and analysed.
    Texts,
    /// How many gave each answer, in the order of the question; none where it is hidden.
    Choices(Vec<(Slug, Option<u64>)>),
    /// The same for each row.
    Rows(Vec<GridRow>),
    /// Each choice with its ranks.
    Ranks(Vec<Ranked>),
    /// Half of the numbers are between the quartiles (nearest rank).
    Number {
        /// A quarter is not above it.
        lower: i64,
        /// Half are not above it.
        median: i64,
        /// Three quarters are not above it.
        upper: i64,
    },
    /// How many live in each department, those with at least [`LEAST`]; then all others together.
    Departments {
        /// By INSEE code.
        rows: Vec<(String, u64)>,
        /// In the others, and out of departments.
        others: u64,
    },
}

/// A row of a matrix.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GridRow {
    /// The row.
    pub row: Slug,
    /// How many answered it.
    pub base: u64,
    /// How many chose each column; none where it is hidden.
    pub counts: Vec<Option<u64>>,
}

/// A choice that was ranked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ranked {
    /// The choice.
    pub choice: Slug,
    /// How many gave it a rank.
    pub ranked: u64,
    /// How many put it first.
    pub first: u64,
    /// The mean of its ranks, in hundredths; none where fewer than [`LEAST`] ranked it.
    pub mean: Option<u64>,
}

/// Answers to a question by those to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CrossResult {
    /// The question of which the answers are counted.
    pub question: Slug,
    /// The question by which participants are grouped.
    pub by: Slug,
    /// The groups with how many are in each; the last is of those who gave no answer.
    pub groups: Vec<(Option<Slug>, u64)>,
    /// Each answer with how many of each group gave it; the last is of those who gave none, where
    /// one answer is given at most.
    pub rows: Vec<(Option<Slug>, Vec<Option<u64>>)>,
}

impl SurveyResults {
    /// Counts the answers of all participants.
    #[must_use]
    pub fn of(survey: &Survey, all: &[Answers]) -> Self {
        let asked = survey.questions().filter(|(_, it)| it.is_asked());
        let questions = asked.map(|(_, question)| {
            let is_conditional = survey.is_conditional(&question.id);
            counted(question, is_conditional, all)
        });
        let enough = all.len() as u64 >= LEAST;
        let crosses = survey.crosses.iter().filter(|_| enough);
        Self {
            participants: all.len() as u64,
            questions: questions.collect(),
            crosses: crosses
                .filter_map(|cross| crossed(survey, cross, all))
                .collect(),
        }
    }

    /// What was answered to a question.
    #[must_use]
    pub fn question(&self, id: &Slug) -> Option<&QuestionResult> {
        self.questions.iter().find(|it| it.question == *id)
    }
}

fn counted(question: &Question, is_conditional: bool, all: &[Answers]) -> QuestionResult {
    let given: Vec<&Answer> = all.iter().filter_map(|it| it.get(&question.id)).collect();
    let base = given.len() as u64;
    let found = if base < LEAST {
        Found::Few
    } else {
        found(question, is_conditional, &given)
    };
    QuestionResult {
        question: question.id.clone(),
        base: (base >= LEAST).then_some(base),
        found,
    }
}

fn found(question: &Question, is_conditional: bool, given: &[&Answer]) -> Found {
    // What everybody is asked tells of no group. What only some are asked tells of those who
    // answered another question so: their small counts are hidden as those of a table are.
    let shown = |counts: Vec<u64>, one_each: bool| -> Vec<Cell> {
        match (is_conditional, one_each) {
            (false, _) => counts.into_iter().map(Some).collect(),
            (true, true) => cells::of_parts(&counts),
            // Of several answers, those who did not give one are a group too.
            (true, false) => {
                let all = given.len() as u64;
                let hides = |count: u64| count < LEAST || all - count < LEAST;
                let cells = counts.into_iter().map(|it| (!hides(it)).then_some(it));
                cells.collect()
            }
        }
    };
    match &question.asks {
        Asks::Nothing(_) | Asks::Short(_) | Asks::Long(_) => Found::Texts,
        Asks::One(_) | Asks::List(_) | Asks::Several { .. } | Asks::Scale { .. } => {
            let offered = question.offered();
            let counts = offered.iter().map(|choice| {
                let of = given.iter().filter(|answer| chose(answer, choice));
                of.count() as u64
            });
            let counts = shown(counts.collect(), !takes_several(question));
            Found::Choices(offered.into_iter().zip(counts).collect())
        }
        Asks::Matrix { rows, columns, .. } => {
            let rows = rows.iter().map(|row| {
                let count = |column: &Slug| {
                    let of = given.iter().filter(|answer| {
                        matches!(answer, Answer::Rows(rows) if rows.get(&row.id) == Some(column))
                    });
                    of.count() as u64
                };
                let counts: Vec<u64> = columns.iter().map(|column| count(&column.id)).collect();
                GridRow {
                    row: row.id.clone(),
                    base: counts.iter().sum(),
                    counts: shown(counts, true),
                }
            });
            Found::Rows(rows.collect())
        }
        Asks::Ranking { choices, .. } => {
            let ranked = choices.iter().map(|choice| ranks(&choice.id, given));
            Found::Ranks(ranked.collect())
        }
        Asks::Number { .. } => {
            let mut numbers: Vec<i64> = given
                .iter()
                .filter_map(|answer| match answer {
                    Answer::Number(number) => Some(*number),
                    _ => None,
                })
                .collect();
            numbers.sort_unstable();
            let quartile = |quarters: usize| {
                let rank = (numbers.len() * quarters).div_ceil(4);
                rank.checked_sub(1).and_then(|place| numbers.get(place))
            };
            match (quartile(1), quartile(2), quartile(3)) {
                (Some(&lower), Some(&median), Some(&upper)) => Found::Number {
                    lower,
                    median,
                    upper,
                },
                _ => Found::Few,
            }
        }
        Asks::Postcode => departments(given),
    }
}

fn ranks(choice: &Slug, given: &[&Answer]) -> Ranked {
    let places: Vec<u64> = given
        .iter()
        .filter_map(|answer| match answer {
            Answer::Ranked(ranked) => ranked.iter().position(|it| it == choice),
            _ => None,
        })
        .map(|place| place as u64 + 1)
        .collect();
    let ranked = places.len() as u64;
    let sum: u64 = places.iter().sum();
    Ranked {
        choice: choice.clone(),
        ranked,
        first: places.iter().filter(|place| **place == 1).count() as u64,
        mean: (ranked >= LEAST).then(|| (sum * 100 + ranked / 2) / ranked),
    }
}

/// Departments with few answers are told together: which of them somebody lives in is not.
fn departments(given: &[&Answer]) -> Found {
    let mut counts = std::collections::BTreeMap::<&str, u64>::new();
    let mut nowhere = 0;
    for answer in given {
        match answer {
            Answer::Department(Some(code)) => *counts.entry(code).or_default() += 1,
            Answer::Department(None) => nowhere += 1,
            _ => {}
        }
    }
    let mut parts: Vec<(&str, u64)> = counts.into_iter().collect();
    let mut all: Vec<u64> = parts.iter().map(|(_, count)| *count).collect();
    if nowhere > 0 {
        all.push(nowhere);
    }
    let cells = cells::of_parts(&all);
    let mut others = 0;
    let mut rows = Vec::new();
    for ((code, count), cell) in parts.drain(..).zip(&cells) {
        match cell {
            Some(_) => rows.push((code.to_owned(), count)),
            None => others += count,
        }
    }
    Found::Departments {
        rows,
        others: others + nowhere,
    }
}

/// Answers to a question by those to another. Those who gave no answer are a group and a row too:
/// sums are then those of the questions themselves, and nothing is found by subtracting one from
/// the other.
fn crossed(survey: &Survey, cross: &Cross, all: &[Answers]) -> Option<CrossResult> {
    let (question, by) = (
        survey.question(&cross.question)?,
        survey.question(&cross.by)?,
    );
    let group_names: Vec<Option<Slug>> = by.offered().into_iter().map(Some).chain([None]).collect();
    let is_in = |answers: &Answers, question: &Question, choice: &Option<Slug>| match (
        answers.get(&question.id),
        choice,
    ) {
        (Some(answer), Some(choice)) => chose(answer, choice),
        (None, None) => true,
        _ => false,
    };
    let groups: Vec<Vec<&Answers>> = group_names
        .iter()
        .map(|group| all.iter().filter(|it| is_in(it, by, group)).collect())
        .collect();
    let counts = |choice: &Option<Slug>| -> Vec<u64> {
        let count = |group: &Vec<&Answers>| {
            let of = group.iter().filter(|it| is_in(it, question, choice));
            of.count() as u64
        };
        groups.iter().map(count).collect()
    };
    let sizes: Vec<u64> = groups.iter().map(|group| group.len() as u64).collect();
    let offered = question.offered().into_iter().map(Some);
    let rows = if takes_several(question) {
        // Each answer was given, or not: a table of its own.
        let rows = offered.map(|choice| {
            let gave = counts(&choice);
            let not = sizes.iter().zip(&gave).map(|(all, gave)| all - gave);
            let mut table = cells::of_table(&[gave.clone(), not.collect()]);
            (choice, table.swap_remove(0))
        });
        rows.collect()
    } else {
        let names: Vec<Option<Slug>> = offered.chain([None]).collect();
        let table: Vec<Vec<u64>> = names.iter().map(counts).collect();
        names.into_iter().zip(cells::of_table(&table)).collect()
    };
    Some(CrossResult {
        question: cross.question.clone(),
        by: cross.by.clone(),
        groups: group_names.into_iter().zip(sizes).collect(),
        rows,
    })
}

fn takes_several(question: &Question) -> bool {
    matches!(&question.asks, Asks::Several { .. })
}

fn chose(answer: &Answer, choice: &Slug) -> bool {
    match answer {
        Answer::Chosen { choices, .. } => choices.contains(choice),
        Answer::Number(number) => number_slug(*number).as_ref() == Some(choice),
        _ => false,
    }
}

impl Choices {
    /// The words of a choice that has some of its own.
    #[must_use]
    pub fn label(&self, id: &Slug) -> Option<&str> {
        let all = self.all.iter();
        let mut named = all.filter(|choice| choice.id == *id);
        named.next().map(|choice| choice.label.as_str())
    }
}
