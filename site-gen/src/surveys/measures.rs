//! What was answered to a survey as open data: a figure a row, as CSV and as JSON, and what the
//! names of questions and answers mean. A figure that is hidden has no value.

use domain::survey::{Asks, Choice, Condition, Found, Question, Section, Survey, SurveyResults};
use domain::{Campaign, Slug};
use serde::Serialize;

use crate::csv;
use crate::messages::Messages;

/// One figure.
#[derive(Debug, Default, Serialize)]
struct Measure {
    question: String,
    ligne: String,
    reponse: String,
    selon: String,
    groupe: String,
    mesure: &'static str,
    valeur: Option<String>,
    base: Option<u64>,
}

/// A question with what its answers are called.
#[derive(Serialize)]
struct Entry {
    question: String,
    sorte: String,
    intitule: String,
    page: String,
    facultative: bool,
    posee_si: String,
    /// What is answered about, where there are several.
    lignes: Vec<Named>,
    reponses: Vec<Named>,
}

#[derive(Serialize)]
struct Named {
    nom: String,
    libelle: String,
}

/// The figures as CSV, a row each.
pub(crate) fn csv(survey: &Survey, results: &SurveyResults, messages: &Messages) -> String {
    const COLUMNS: [&str; 9] = [
        "question", "row", "answer", "by", "group", "measure", "value", "base", "hidden",
    ];
    let column = |name| messages.text(&format!("survey-file.{name}"), &[]);
    let mut lines: Vec<Vec<String>> = vec![COLUMNS.into_iter().map(column).collect()];
    lines.extend(measures(survey, results).into_iter().map(|it| {
        let hidden = it.valeur.is_none();
        vec![
            it.question,
            it.ligne,
            it.reponse,
            it.selon,
            it.groupe,
            it.mesure.to_owned(),
            it.valeur.unwrap_or_default(),
            it.base.map(|base| base.to_string()).unwrap_or_default(),
            u8::from(hidden).to_string(),
        ]
    }));
    csv::table(&lines, csv::SEMICOLON)
}

/// The questions and their answers as CSV, a row each answer.
pub(crate) fn codebook(survey: &Survey, messages: &Messages) -> String {
    const COLUMNS: [&str; 9] = [
        "question", "kind", "label", "page", "optional", "when", "row", "answer", "words",
    ];
    let column = |name| messages.text(&format!("survey-file.{name}"), &[]);
    let mut lines: Vec<Vec<String>> = vec![COLUMNS.into_iter().map(column).collect()];
    for entry in entries(survey, messages) {
        let line = |row: &str, answer: &str, words: &str| {
            vec![
                entry.question.clone(),
                entry.sorte.clone(),
                entry.intitule.clone(),
                entry.page.clone(),
                u8::from(entry.facultative).to_string(),
                entry.posee_si.clone(),
                row.to_owned(),
                answer.to_owned(),
                words.to_owned(),
            ]
        };
        let before = lines.len();
        let rows = entry.lignes.iter();
        lines.extend(rows.map(|it| line(&it.nom, "", &it.libelle)));
        let answers = entry.reponses.iter();
        lines.extend(answers.map(|it| line("", &it.nom, &it.libelle)));
        if lines.len() == before {
            lines.push(line("", "", ""));
        }
    }
    csv::table(&lines, csv::SEMICOLON)
}

/// The figures and the questions as JSON.
pub(crate) fn json(
    campaign: &Campaign,
    survey: &Survey,
    results: &SurveyResults,
    messages: &Messages,
) -> String {
    #[derive(Serialize)]
    struct File<'a> {
        campagne: &'a Slug,
        titre: &'a str,
        participants: u64,
        seuil: u64,
        secret: String,
        questions: Vec<Entry>,
        mesures: Vec<Measure>,
    }
    let file = File {
        campagne: &campaign.slug,
        titre: &campaign.title,
        participants: results.participants,
        seuil: domain::survey::LEAST,
        secret: messages.text("survey-results.hidden", &[]),
        questions: entries(survey, messages),
        mesures: measures(survey, results),
    };
    let mut json = serde_json::to_string_pretty(&file).expect("it has only string keys");
    json.push('\n');
    json
}

fn measures(survey: &Survey, results: &SurveyResults) -> Vec<Measure> {
    let mut all = vec![Measure {
        mesure: "participants",
        valeur: Some(results.participants.to_string()),
        ..Measure::default()
    }];
    for result in &results.questions {
        let of = |mesure, valeur: Option<String>| Measure {
            question: result.question.to_string(),
            mesure,
            valeur,
            base: result.base,
            ..Measure::default()
        };
        let count = |count: Option<u64>| count.map(|count| count.to_string());
        all.push(of("reponses", count(result.base)));
        match &result.found {
            Found::Few | Found::Texts => {}
            Found::Choices(counts) => all.extend(counts.iter().map(|(choice, counted)| Measure {
                reponse: choice.to_string(),
                ..of("effectif", count(*counted))
            })),
            Found::Rows(rows) => {
                let columns = columns(survey, &result.question);
                for row in rows {
                    let cells = columns.iter().zip(&row.counts);
                    all.extend(cells.map(|(column, counted)| Measure {
                        ligne: row.row.to_string(),
                        reponse: column.id.to_string(),
                        base: Some(row.base),
                        ..of("effectif", count(*counted))
                    }));
                }
            }
            Found::Ranks(ranked) => {
                for it in ranked {
                    let of = |mesure, valeur| Measure {
                        reponse: it.choice.to_string(),
                        ..of(mesure, valeur)
                    };
                    all.push(of("classements", count(Some(it.ranked))));
                    all.push(of("premiers", count(Some(it.first))));
                    let mean = it.mean.map(|it| format!("{}.{:02}", it / 100, it % 100));
                    all.push(of("rang-moyen", mean));
                }
            }
            Found::Number {
                lower,
                median,
                upper,
            } => {
                for (mesure, value) in [
                    ("premier-quartile", lower),
                    ("mediane", median),
                    ("troisieme-quartile", upper),
                ] {
                    all.push(of(mesure, Some(value.to_string())));
                }
            }
            Found::Departments { rows, others } => {
                all.extend(rows.iter().map(|(code, counted)| Measure {
                    reponse: code.clone(),
                    ..of("effectif", count(Some(*counted)))
                }));
                all.push(Measure {
                    reponse: "autres".to_owned(),
                    ..of("effectif", count(Some(*others)))
                });
            }
        }
    }
    for cross in &results.crosses {
        let named = |slug: &Option<Slug>| {
            let name = slug.as_ref().map(ToString::to_string);
            name.unwrap_or_else(|| "sans-reponse".to_owned())
        };
        for (choice, cells) in &cross.rows {
            let cells = cross.groups.iter().zip(cells);
            all.extend(cells.map(|((group, size), counted)| Measure {
                question: cross.question.to_string(),
                reponse: named(choice),
                selon: cross.by.to_string(),
                groupe: named(group),
                mesure: "effectif",
                valeur: counted.map(|counted| counted.to_string()),
                base: Some(*size),
                ..Measure::default()
            }));
        }
    }
    all
}

fn columns<'s>(survey: &'s Survey, question: &Slug) -> &'s [Choice] {
    match survey.question(question).map(|it| &it.asks) {
        Some(Asks::Matrix { columns, .. }) => columns,
        _ => &[],
    }
}

fn entries(survey: &Survey, messages: &Messages) -> Vec<Entry> {
    let asked = survey.questions().filter(|(_, it)| it.is_asked());
    asked
        .map(|(section, question)| entry(section, question, messages))
        .collect()
}

fn entry(section: &Section, question: &Question, messages: &Messages) -> Entry {
    let named = |choices: &[Choice]| -> Vec<Named> {
        let choices = choices.iter();
        choices
            .map(|choice| Named {
                nom: choice.id.to_string(),
                libelle: choice.label.clone(),
            })
            .collect()
    };
    let (kind, lignes, reponses) = match &question.asks {
        Asks::Nothing(_) => ("text", Vec::new(), Vec::new()),
        Asks::Short(_) => ("short", Vec::new(), Vec::new()),
        Asks::Long(_) => ("long", Vec::new(), Vec::new()),
        Asks::One(choices) | Asks::List(choices) | Asks::Several { choices, .. } => {
            let mut all = named(&choices.all);
            if choices.other {
                all.push(Named {
                    nom: domain::survey::Choices::other().to_string(),
                    libelle: messages.text("survey-page.other", &[]),
                });
            }
            let kind = match &question.asks {
                Asks::Several { .. } => "several",
                _ => "one",
            };
            (kind, Vec::new(), all)
        }
        Asks::Scale {
            from,
            to,
            low,
            high,
        } => {
            let end = |number: &i64, words: &String| Named {
                nom: number.to_string(),
                libelle: words.clone(),
            };
            ("scale", Vec::new(), vec![end(from, low), end(to, high)])
        }
        Asks::Matrix { rows, columns, .. } => ("matrix", named(rows), named(columns)),
        Asks::Ranking { choices, .. } => ("ranking", Vec::new(), named(choices)),
        Asks::Number { .. } => ("number", Vec::new(), Vec::new()),
        Asks::Postcode => ("postcode", Vec::new(), Vec::new()),
    };
    let said = |when: &Option<Condition>| {
        when.as_ref().map(|when| {
            let is: Vec<&str> = when.is.iter().map(Slug::as_str).collect();
            format!("{} = {}", when.question, is.join(" | "))
        })
    };
    let conditions: Vec<String> = [said(&section.when), said(&question.when)]
        .into_iter()
        .flatten()
        .collect();
    Entry {
        question: question.id.to_string(),
        sorte: messages.text(&format!("survey-file.kind-{kind}"), &[]),
        intitule: question.label.clone(),
        page: section.title.clone(),
        facultative: question.optional,
        posee_si: conditions.join(" & "),
        lignes,
        reponses,
    }
}
