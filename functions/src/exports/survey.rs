//! The answers to a survey, for those who analyse it: a row a participant, or a row a text. They are
//! no open data: the answers of one person tell who they are more often than one thinks.

use domain::paris;
use domain::survey::{Answer, Asks, Choices, Question, Survey, SurveyAnswer};
use site_gen::Messages;

use super::csv::table;

/// A row each participant, a column or several each question: for choices that may be several, for
/// rows and for ranks, one each.
#[must_use]
pub fn answers_csv(survey: &Survey, sent: &[SurveyAnswer], messages: &Messages) -> String {
    let says = |key: &str| messages.text(&format!("survey-file.{key}"), &[]);
    let asked = survey.questions().map(|(_, question)| question);
    let asked: Vec<&Question> = asked.filter(|question| question.is_asked()).collect();
    let mut names = vec![says("id"), says("received")];
    names.extend(asked.iter().flat_map(|question| columns(question)));
    let mut rows = vec![names];
    rows.extend(in_order(sent).into_iter().map(|sent| {
        let day = sent.received_at.to_zoned(paris()).date();
        let mut row = vec![sent.id.to_string(), day.to_string()];
        for question in &asked {
            row.extend(cells(question, sent.answers.get(&question.id)));
        }
        row
    }));
    table(&rows)
}

/// A row each text, under an identifier of its own: what the analysis of themes reads.
#[must_use]
pub fn texts_csv(survey: &Survey, sent: &[SurveyAnswer], messages: &Messages) -> String {
    let says = |key: &str| messages.text(&format!("survey-file.{key}"), &[]);
    let mut rows = vec![vec![
        says("id"),
        says("question"),
        says("label"),
        says("text"),
    ]];
    for sent in in_order(sent) {
        for (_, question) in survey.questions() {
            let text = match sent.answers.get(&question.id) {
                Some(Answer::Text(body)) => body.as_str(),
                Some(Answer::Chosen {
                    other: Some(own), ..
                }) => own.as_str(),
                _ => continue,
            };
            rows.push(vec![
                format!("{}-{}", sent.id, question.id),
                question.id.to_string(),
                question.label.clone(),
                text.to_owned(),
            ]);
        }
    }
    table(&rows)
}

/// As they were received; what came in the same millisecond, by its identifier.
fn in_order(sent: &[SurveyAnswer]) -> Vec<&SurveyAnswer> {
    let mut sent: Vec<&SurveyAnswer> = sent.iter().collect();
    sent.sort_by_key(|sent| (sent.received_at, sent.id.clone()));
    sent
}

fn columns(question: &Question) -> Vec<String> {
    let part = |part: &str| format!("{}.{part}", question.id);
    match &question.asks {
        Asks::Several { choices, .. } => {
            let offered = question.offered();
            let mut columns: Vec<String> = offered.iter().map(|it| part(it.as_str())).collect();
            columns.extend(choices.other.then(|| part("autre-texte")));
            columns
        }
        Asks::One(choices) | Asks::List(choices) => {
            let mut columns = vec![question.id.to_string()];
            columns.extend(choices.other.then(|| part("autre-texte")));
            columns
        }
        Asks::Matrix { rows, .. } => rows.iter().map(|row| part(row.id.as_str())).collect(),
        Asks::Ranking { choices, .. } => {
            let choices = choices.iter();
            choices.map(|choice| part(choice.id.as_str())).collect()
        }
        _ => vec![question.id.to_string()],
    }
}

/// The cells of an answer, as many as its question has columns; blank where there is none.
fn cells(question: &Question, answer: Option<&Answer>) -> Vec<String> {
    let Some(answer) = answer else {
        return vec![String::new(); columns(question).len()];
    };
    match (&question.asks, answer) {
        (Asks::Several { choices: all, .. }, Answer::Chosen { choices, other }) => {
            let offered = question.offered().into_iter();
            let chosen = offered.map(|it| u8::from(choices.contains(&it)).to_string());
            let own = other.as_ref().map(|own| own.as_str().to_owned());
            chosen
                .chain(all.other.then(|| own.unwrap_or_default()))
                .collect()
        }
        (Asks::One(all) | Asks::List(all), Answer::Chosen { choices, other }) => {
            let chosen = choices.first().map(ToString::to_string);
            let own = other.as_ref().map(|own| own.as_str().to_owned());
            let mut cells = vec![chosen.unwrap_or_default()];
            cells.extend(all.other.then(|| own.unwrap_or_default()));
            cells
        }
        (Asks::Matrix { rows, .. }, Answer::Rows(answered)) => rows
            .iter()
            .map(|row| {
                answered
                    .get(&row.id)
                    .map(ToString::to_string)
                    .unwrap_or_default()
            })
            .collect(),
        (Asks::Ranking { choices, .. }, Answer::Ranked(ranked)) => choices
            .iter()
            .map(|choice| {
                let place = ranked.iter().position(|it| *it == choice.id);
                place
                    .map(|place| (place + 1).to_string())
                    .unwrap_or_default()
            })
            .collect(),
        (_, Answer::Text(body)) => vec![body.as_str().to_owned()],
        (_, Answer::Number(number)) => vec![number.to_string()],
        (_, Answer::Department(code)) => {
            vec![code.clone().unwrap_or_else(|| Choices::other().to_string())]
        }
        // Editors changed the kind of the question since it was answered.
        _ => vec![String::new(); columns(question).len()],
    }
}
