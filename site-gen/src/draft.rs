//! A results page begun from what an analysis found: figures, a finding for each of the most
//! salient themes with the contributions that it rests on, a chart, and the method with its limits.
//! An editor rewrites it: a theme is what people wrote about, and not yet what was learnt.

use std::collections::BTreeMap;

use domain::{ContributionId, Slug};
use jiff::civil::Date;
use serde::Deserialize;
use toml::Value;

use crate::problem::{counted, said};

/// How many findings a draft begins with at most: a page of more is not read to its end.
const FINDINGS: usize = 8;

/// How many verbatims a finding begins with at most.
const VERBATIMS: usize = 2;

/// How many bars the chart of themes has at most.
const BARS: usize = 15;

/// How long a verbatim is at most, in characters: what was written may be cut after a sentence.
const VERBATIM: usize = 240;

/// How many references of contributions stand on a line.
const A_LINE: usize = 5;

/// What an analysis found, as `ecoute analyse` writes it.
#[derive(Debug, Clone, Deserialize)]
pub struct AnalysisFile {
    #[serde(default)]
    campaign: Option<Slug>,
    engine: Engine,
    coverage: Coverage,
    stability: f32,
    themes: Vec<Theme>,
    salient: Vec<Salient>,
    assignments: BTreeMap<String, Option<usize>>,
    #[serde(default)]
    texts: BTreeMap<String, Text>,
}

#[derive(Debug, Clone, Deserialize)]
struct Engine {
    kind: String,
}

#[derive(Debug, Clone, Deserialize)]
struct Coverage {
    contributions: u64,
    authors: u64,
    likes: u64,
    classified: u64,
    undecided: u64,
    isolated: u64,
}

#[derive(Debug, Clone, Deserialize)]
struct Theme {
    label: String,
    terms: Vec<Term>,
    size: u64,
    likes: u64,
    stability: f32,
    verbatims: Vec<Chosen>,
}

#[derive(Debug, Clone, Deserialize)]
struct Term {
    written: String,
}

#[derive(Debug, Clone, Deserialize)]
struct Chosen {
    id: String,
}

#[derive(Debug, Clone, Deserialize)]
struct Salient {
    theme: usize,
}

#[derive(Debug, Clone, Deserialize)]
struct Text {
    text: String,
}

/// Why a file is not what a draft is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotAnAnalysis {
    /// It is no analysis; the line (from 1) and the column (from 1) where that shows.
    Malformed(usize, usize),
    /// It is of another campaign.
    OfAnother(Slug),
    /// It is of a file, and this is not the identifier of a contribution of the site.
    NotOfTheSite(String),
}

impl AnalysisFile {
    /// Reads what was found of a campaign, or of a file of its contributions.
    ///
    /// # Errors
    /// [`NotAnAnalysis`].
    pub fn read(json: &str, campaign: &Slug) -> Result<Self, NotAnAnalysis> {
        let analysed: Self = serde_json::from_str(json)
            .map_err(|error| NotAnAnalysis::Malformed(error.line(), error.column()))?;
        if let Some(other) = analysed.campaign.clone().filter(|it| it != campaign) {
            return Err(NotAnAnalysis::OfAnother(other));
        }
        let foreign = analysed.assignments.keys();
        let foreign = foreign.filter(|id| ContributionId::parse(id).is_err());
        match foreign.min() {
            Some(id) => Err(NotAnAnalysis::NotOfTheSite(id.clone())),
            None => Ok(analysed),
        }
    }

    /// The draft: front matter and text of a file of `results/`.
    #[must_use]
    pub fn draft(&self, today: Date) -> String {
        let mut file = String::from("+++\n");
        let mut line = |line: &str| {
            file.push_str(line);
            file.push('\n');
        };
        let comment = |key: &str| format!("# {}", said(&format!("draft.{key}"), &[]));
        line(&format!("title = {}", quoted(&said("draft.title", &[]))));
        line(&format!(
            "summary = {}",
            quoted(&said("draft.summary", &[]))
        ));
        line(&format!("published = {today}"));
        line("");
        line(&comment("figures"));
        for (value, label, note) in self.figures() {
            line("[[figures]]");
            line(&format!("value = {value}"));
            line(&format!("label = {}", quoted(&label)));
            line(&format!("note = {}", quoted(&note)));
            line("");
        }
        line(&comment("findings"));
        let findings: Vec<(usize, &Theme)> = self.salient().take(FINDINGS).collect();
        for (place, (number, theme)) in findings.iter().enumerate() {
            line("[[findings]]");
            for said in self.about(theme) {
                line(&format!("# {said}"));
            }
            line(&format!("title = {}", quoted(&theme.label)));
            let args = [
                (
                    "contributions",
                    counted("draft.n-contributions", theme.size),
                ),
                ("all", self.coverage.contributions.to_string()),
            ];
            line(&format!("body = {}", quoted(&said("draft.body", &args))));
            line("contributions = [");
            for ids in self.of(*number).chunks(A_LINE) {
                let ids: Vec<String> = ids.iter().map(|id| quoted(id)).collect();
                line(&format!("  {},", ids.join(", ")));
            }
            line("]");
            line("verbatims = [");
            for (id, words) in self.verbatims(theme) {
                line(&format!(
                    "  {{ contribution = {}, text = {} }},",
                    quoted(id),
                    quoted(&words)
                ));
            }
            line("]");
            if place == 0 {
                line("chart = \"themes\"");
            }
            line("");
        }
        self.chart(&mut line, &comment("chart"));
        line(&comment("next"));
        for (table, keys) in [
            ("commitments", ["text", "when"]),
            ("declined", ["text", "why"]),
        ] {
            line(&format!("# [[{table}]]"));
            for key in keys {
                let words = said(&format!("draft.{table}-{key}"), &[]);
                line(&format!("# {key} = {}", quoted(&words)));
            }
        }
        line("+++");
        line("");
        line(&self.method());
        file
    }

    /// The big figures: of what, and out of what.
    fn figures(&self) -> Vec<(u64, String, String)> {
        let coverage = &self.coverage;
        let figure = |value: u64, key: &str, args: &[(&str, String)]| {
            let label = counted(&format!("draft.figure.{key}"), value);
            let note = said(&format!("draft.figure.{key}-note"), args);
            (value, label, note)
        };
        let mut figures = vec![figure(coverage.contributions, "contributions", &[])];
        if coverage.authors < coverage.contributions {
            figures.push(figure(coverage.authors, "authors", &[]));
        }
        if coverage.likes > 0 {
            figures.push(figure(coverage.likes, "likes", &[]));
        }
        let all = [("all", coverage.contributions.to_string())];
        figures.push(figure(coverage.classified, "classified", &all));
        figures.truncate(3);
        figures
    }

    /// The themes with their number, the most salient first.
    fn salient(&self) -> impl Iterator<Item = (usize, &Theme)> {
        let themes = self.salient.iter().map(|point| point.theme);
        themes.filter_map(|number| Some((number, self.themes.get(number)?)))
    }

    /// What an editor is told of a theme, beside its finding.
    fn about(&self, theme: &Theme) -> Vec<String> {
        let terms: Vec<&str> = theme.terms.iter().map(|it| it.written.as_str()).collect();
        let percent = (theme.stability * 100.0).round();
        vec![
            said("draft.terms", &[("terms", terms.join(", "))]),
            said(
                "draft.about",
                &[
                    ("likes", counted("draft.n-likes", theme.likes)),
                    ("stability", format!("{percent:.0}\u{a0}%")),
                ],
            ),
        ]
    }

    /// The contributions of a theme.
    fn of(&self, number: usize) -> Vec<&str> {
        let assignments = self.assignments.iter();
        let of = assignments.filter(|(_, theme)| **theme == Some(number));
        of.map(|(id, _)| id.as_str()).collect()
    }

    fn verbatims<'t>(&self, theme: &'t Theme) -> Vec<(&'t str, String)> {
        let chosen = theme.verbatims.iter().filter_map(|chosen| {
            let text = self.texts.get(&chosen.id)?;
            let words = excerpt(&text.text);
            (!words.is_empty()).then_some((chosen.id.as_str(), words))
        });
        chosen.take(VERBATIMS).collect()
    }

    fn chart(&self, line: &mut impl FnMut(&str), comment: &str) {
        let mut themes: Vec<&Theme> = self.themes.iter().collect();
        themes.sort_by_key(|theme| std::cmp::Reverse(theme.size));
        themes.truncate(BARS);
        let Some(first) = themes.first() else {
            return;
        };
        line(comment);
        line("[[charts]]");
        line("id = \"themes\"");
        line("kind = \"bars\"");
        let text = |key: &str| quoted(&said(&format!("draft.chart-{key}"), &[]));
        line(&format!("title = {}", text("title")));
        let args = [
            ("label", first.label.clone()),
            (
                "contributions",
                counted("draft.n-contributions", first.size),
            ),
            ("all", self.coverage.contributions.to_string()),
        ];
        let description = quoted(&said("draft.chart-description", &args));
        line(&format!("description = {description}"));
        line(&format!("unit = {}", text("unit")));
        line(&format!("base = {}", self.coverage.contributions));
        line("rows = [");
        for theme in &themes {
            line(&format!("  [{}, {}],", quoted(&theme.label), theme.size));
        }
        line("]");
        line(&format!("source = {}", text("source")));
        line("");
    }

    /// Method and limits, in plain words.
    fn method(&self) -> String {
        let coverage = &self.coverage;
        let left = coverage.undecided + coverage.isolated;
        // Those of themes that people keep out of the page, and those that they took out of one.
        let aside = (coverage.contributions - coverage.classified).saturating_sub(left);
        let args = [
            (
                "contributions",
                counted("draft.n-contributions", coverage.contributions),
            ),
            (
                "themes",
                counted("draft.n-themes", self.themes.len() as u64),
            ),
            ("left", counted("draft.n-contributions", left)),
            ("undecided", coverage.undecided.to_string()),
            ("isolated", coverage.isolated.to_string()),
        ];
        let by = match self.engine.kind.as_str() {
            "semantic" => "method-sentences",
            _ => "method-words",
        };
        let steady = match self.stability {
            it if it >= 0.75 => "steady",
            it if it >= 0.5 => "rather-steady",
            _ => "unsteady",
        };
        let mut paragraphs = vec![
            said("draft.method-title", &[]),
            said(&format!("draft.{by}"), &args),
            said("draft.method-read", &args),
        ];
        if left > 0 {
            paragraphs.push(said("draft.method-left", &args));
        }
        if aside > 0 {
            let args = [("aside", counted("draft.n-contributions", aside))];
            paragraphs.push(said("draft.method-aside", &args));
        }
        if left + aside == 0 {
            paragraphs.push(said("draft.method-all", &[]));
        }
        paragraphs.push(said(&format!("draft.method-{steady}"), &args));
        paragraphs.push(said("draft.method-limits", &args));
        paragraphs.join("\n\n")
    }
}

/// The first sentences of a text, as many as a verbatim holds; where the first is longer, its first
/// words, cut before one.
fn excerpt(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let mut whole = String::new();
    let mut sentences = String::new();
    for word in words {
        let length = whole.chars().count() + 1 + word.chars().count();
        if length > VERBATIM {
            return if sentences.is_empty() {
                whole
            } else {
                sentences
            };
        }
        if !whole.is_empty() {
            whole.push(' ');
        }
        whole.push_str(word);
        if word.ends_with(['.', '!', '?', '…']) {
            sentences.clone_from(&whole);
        }
    }
    whole
}

/// A text as TOML writes it.
fn quoted(text: &str) -> String {
    Value::String(text.to_owned()).to_string()
}
