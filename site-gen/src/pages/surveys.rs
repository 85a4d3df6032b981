//! Pages of surveys: the first of the questions, and what was answered.

use domain::survey::{
    Asks, Choice, Choices, CrossResult, Found, Question, QuestionResult, Survey, SurveyResults,
    Typed,
};
use domain::{Campaign, Chart, Figures, Slug};

use super::{Paging, Rendered};
use crate::address;
use crate::charts::{self, share};
use crate::dates;
use crate::messages::number;
use crate::plan::SurveyFile;
use crate::render::Made;
use crate::surveys::{self, SurveyStep};
use crate::view::{AnsweredView, CrossView, Link, RankView, TableView};

impl Paging<'_> {
    /// A campaign that has a survey.
    pub(super) fn with_survey(&self, slug: &Slug) -> Option<(&Campaign, &Survey)> {
        let campaign = self.campaign_of(slug)?;
        Some((campaign, campaign.survey.as_ref()?))
    }

    pub(super) fn survey(&self, campaign: &Campaign, survey: &Survey) -> Rendered {
        let now = self.views.now;
        let nothing = Typed::default();
        let read = survey.read(&nothing);
        let first = read.pages.first().filter(|_| campaign.offers_survey(now));
        let Some(first) = first else {
            return Ok(self.text(self.renderer.closed(campaign, &[], now)?));
        };
        let step = SurveyStep {
            read: &read,
            number: first.number,
            typed: &nothing,
            wrong: &[],
            seed: "",
            from_review: false,
        };
        self.renderer
            .make_survey_page(self.known, campaign, survey, step, now)
    }

    pub(super) fn survey_results(&self, campaign: &Campaign, survey: &Survey) -> Rendered {
        let slug = &campaign.slug;
        let results = self.contributions.surveys.get(slug);
        let results = results.filter(|_| self.views.now >= campaign.closes_at());
        let participants = self.contributions.tally(slug).participants;
        let args = [("campaign", campaign.short.clone())];
        let head = self.head_of(
            campaign,
            self.said("head.survey-results.title", &args),
            self.said("head.survey-results.description", &args),
            self.renderer.trail(campaign),
        );
        let file = |file| address::survey_file(slug, file);
        let campaign_view = self
            .views
            .campaign(campaign, self.contributions.tally(slug));
        let view = serde_json::json!({
            "campaign": campaign_view,
            "participants": self.views.messages.count("survey-results.participants", participants),
            "closes": dates::day(campaign.closes, self.views.messages),
            "questions": results.map(|it| self.answered(campaign, survey, it)),
            "crosses_href": results
                .filter(|results| !results.crosses.is_empty())
                .map(|_| address::survey_crosses(slug)),
            "is_empty": participants == 0,
            "files": {
                "csv": file(SurveyFile::Csv),
                "json": file(SurveyFile::Json),
                "codebook": file(SurveyFile::Codebook),
            },
        });
        self.document("survey-results.html", &head, &view)
    }

    /// Questions by the answers to others; none where that is not told.
    pub(super) fn survey_crosses(&self, campaign: &Campaign, survey: &Survey) -> Option<Rendered> {
        let slug = &campaign.slug;
        let results = self.contributions.surveys.get(slug)?;
        let args = [("campaign", campaign.short.clone())];
        let all = Link::new(
            self.said("head.survey-results.title", &args),
            address::survey_results(slug),
        );
        let mut trail = self.renderer.trail(campaign);
        trail.push(all.clone());
        let head = self.head_of(
            campaign,
            self.said("head.survey-crosses.title", &args),
            self.said("head.survey-crosses.description", &args),
            trail,
        );
        let view = serde_json::json!({
            "campaign": self.views.campaign_card(campaign, self.contributions.tally(slug)),
            "all": all,
            "crosses": self.crossed(survey, results),
        });
        Some(self.document("survey-crosses.html", &head, &view))
    }

    pub(super) fn survey_file(
        &self,
        campaign: &Campaign,
        survey: &Survey,
        file: SurveyFile,
    ) -> Option<Made> {
        let results = self.contributions.surveys.get(&campaign.slug)?;
        let messages = self.views.messages;
        Some(self.text(match file {
            SurveyFile::Csv => surveys::csv(survey, results, messages),
            SurveyFile::Json => surveys::json(campaign, survey, results, messages),
            SurveyFile::Codebook => surveys::codebook(survey, messages),
        }))
    }

    fn answered(
        &self,
        campaign: &Campaign,
        survey: &Survey,
        results: &SurveyResults,
    ) -> Vec<AnsweredView> {
        let all = results.questions.iter();
        all.filter_map(|result| {
            let question = survey.question(&result.question)?;
            let is_conditional = survey.is_conditional(&question.id);
            let participants = results.participants;
            Some(self.answered_one(campaign, question, is_conditional, result, participants))
        })
        .collect()
    }

    fn answered_one(
        &self,
        campaign: &Campaign,
        question: &Question,
        is_conditional: bool,
        result: &QuestionResult,
        participants: u64,
    ) -> AnsweredView {
        let messages = self.views.messages;
        let base = result.base.unwrap_or_default();
        let of = [("participants", number(participants))];
        let mut view = AnsweredView {
            id: question.id.to_string(),
            label: question.label.clone(),
            base: match result.base {
                Some(base) => messages.count_with("survey-results.base", base, &of),
                None => self.said("survey-results.few", &[]),
            },
            notes: Vec::new(),
            chart: None,
            table: None,
            figures: Vec::new(),
            ranks: Vec::new(),
        };
        if is_conditional {
            view.notes
                .push(self.said("survey-results.conditional", &[]));
        }
        match &result.found {
            Found::Few => {}
            Found::Texts => view.notes.push(self.said("survey-results.texts", &[])),
            Found::Choices(counts) => {
                let mut rows = Vec::new();
                let mut hidden = Vec::new();
                for (choice, count) in counts {
                    let label = self.choice_label(question, choice);
                    match count {
                        Some(count) => rows.push((label, *count)),
                        None => hidden.push(label),
                    }
                }
                match &question.asks {
                    Asks::Scale {
                        from,
                        to,
                        low,
                        high,
                    } => {
                        let args = [
                            ("from", from.to_string()),
                            ("to", to.to_string()),
                            ("low", low.clone()),
                            ("high", high.clone()),
                        ];
                        view.notes.push(self.said("survey-results.scale", &args));
                    }
                    // The most frequent first; what is as frequent, as it was asked.
                    _ => rows.sort_by_key(|(_, count)| std::cmp::Reverse(*count)),
                }
                if matches!(question.asks, Asks::Several { .. }) {
                    view.notes.push(self.said("survey-results.several", &[]));
                }
                if !hidden.is_empty() {
                    let args = [("answers", hidden.join(", "))];
                    view.notes.push(self.said("survey-results.unseen", &args));
                }
                view.chart = Some(self.bars(campaign, question, rows, base));
            }
            Found::Rows(rows) => view.table = Some(self.grid(question, rows)),
            Found::Ranks(ranked) => {
                let mut ranked: Vec<_> = ranked.iter().collect();
                ranked.sort_by_key(|it| (it.mean.unwrap_or(u64::MAX), u64::MAX - it.ranked));
                view.ranks = ranked
                    .into_iter()
                    .map(|it| RankView {
                        label: self.choice_label(question, &it.choice),
                        mean: it.mean.map_or_else(hidden_cell, |mean| {
                            format!("{},{:02}", mean / 100, mean % 100)
                        }),
                        first: number(it.first),
                        ranked: number(it.ranked),
                    })
                    .collect();
            }
            Found::Number {
                lower,
                median,
                upper,
            } => {
                let unit = match &question.asks {
                    Asks::Number { unit, .. } => unit.as_deref(),
                    _ => None,
                };
                let figure = |key: &str, value: i64| {
                    let value = match unit {
                        Some(unit) => format!("{value}\u{a0}{unit}"),
                        None => value.to_string(),
                    };
                    Link::new(self.said(&format!("survey-results.{key}"), &[]), value)
                };
                view.figures = vec![
                    figure("lower", *lower),
                    figure("median", *median),
                    figure("upper", *upper),
                ];
            }
            Found::Departments { rows, others } => {
                let mut rows: Vec<(String, u64)> = rows
                    .iter()
                    .map(|(code, count)| (self.views.department(code), *count))
                    .collect();
                rows.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
                if *others > 0 {
                    rows.push((self.said("survey-results.other-departments", &[]), *others));
                }
                view.chart = Some(self.bars(campaign, question, rows, base));
            }
        }
        view
    }

    fn bars(
        &self,
        campaign: &Campaign,
        question: &Question,
        rows: Vec<(String, u64)>,
        base: u64,
    ) -> crate::view::ChartView {
        let chart = Chart {
            id: question.id.clone(),
            title: question.label.clone(),
            description: question.label.clone(),
            unit: self.said("survey-results.unit", &[]),
            source: None,
            figures: Figures::Bars {
                rows,
                base: Some(base),
            },
        };
        let file = address::survey_file(&campaign.slug, SurveyFile::Csv);
        charts::view(file, &chart, self.views.messages)
    }

    fn grid(&self, question: &Question, rows: &[domain::survey::GridRow]) -> TableView {
        let (all_rows, columns): (&[Choice], &[Choice]) = match &question.asks {
            Asks::Matrix { rows, columns, .. } => (rows, columns),
            _ => (&[], &[]),
        };
        let mut names = vec![self.said("survey-results.row", &[])];
        names.extend(columns.iter().map(|column| column.label.clone()));
        names.push(self.said("survey-results.answers", &[]));
        TableView {
            caption: question.label.clone(),
            columns: names,
            rows: rows
                .iter()
                .map(|row| {
                    let label = all_rows.iter().find(|it| it.id == row.row);
                    let label = label.map_or_else(|| row.row.to_string(), |it| it.label.clone());
                    let cells = row.counts.iter().map(|count| cell(*count, row.base));
                    std::iter::once(label)
                        .chain(cells)
                        .chain([number(row.base)])
                        .collect()
                })
                .collect(),
        }
    }

    fn crossed(&self, survey: &Survey, results: &SurveyResults) -> Vec<CrossView> {
        let all = results.crosses.iter();
        all.filter_map(|cross| self.crossed_one(survey, cross))
            .collect()
    }

    fn crossed_one(&self, survey: &Survey, cross: &CrossResult) -> Option<CrossView> {
        let question = survey.question(&cross.question)?;
        let by = survey.question(&cross.by)?;
        let label = |of: &Question, choice: &Option<Slug>| match choice {
            Some(choice) => self.choice_label(of, choice),
            None => self.said("survey-results.unanswered", &[]),
        };
        let args = [
            ("question", question.label.clone()),
            ("by", by.label.clone()),
        ];
        let title = self.said("survey-results.cross", &args);
        // A group or an answer of nobody has no place in a table.
        let kept: Vec<usize> = (0..cross.groups.len())
            .filter(|place| cross.groups[*place].1 > 0)
            .collect();
        let mut columns = vec![self.said("chart.answer", &[])];
        columns.extend(kept.iter().map(|place| {
            let (group, size) = &cross.groups[*place];
            let args = [("group", label(by, group)), ("size", number(*size))];
            self.said("survey-results.group", &args)
        }));
        let is_shown = |(_, cells): &&(Option<Slug>, Vec<Option<u64>>)| {
            kept.iter().any(|place| cells[*place].is_some())
        };
        // A row of which nothing is shown says nothing, but that it was offered.
        let rows = cross
            .rows
            .iter()
            .filter(|row| row.0.is_some() || is_shown(row));
        let is_empty = !cross.rows.iter().any(|row| is_shown(&row));
        let rows = rows.map(|(choice, cells)| {
            let cells = kept
                .iter()
                .map(|place| cell(cells[*place], cross.groups[*place].1));
            std::iter::once(label(question, choice))
                .chain(cells)
                .collect()
        });
        Some(CrossView {
            id: format!("{}-{}", cross.question, cross.by),
            table: (!is_empty).then(|| TableView {
                caption: title.clone(),
                columns,
                rows: rows.collect(),
            }),
            title,
        })
    }

    fn choice_label(&self, question: &Question, choice: &Slug) -> String {
        let label = match &question.asks {
            Asks::One(all) | Asks::List(all) | Asks::Several { choices: all, .. } => {
                match all.label(choice) {
                    None if *choice == Choices::other() => {
                        return self.said("survey-page.other", &[]);
                    }
                    label => label.map(str::to_owned),
                }
            }
            Asks::Ranking { choices, .. } => {
                let named = choices.iter().find(|it| it.id == *choice);
                named.map(|it| it.label.clone())
            }
            _ => None,
        };
        label.unwrap_or_else(|| choice.to_string())
    }
}

/// « 12 (30 %) », or a dash where it is hidden.
fn cell(count: Option<u64>, base: u64) -> String {
    match count {
        Some(count) => format!("{} ({})", number(count), share(count, base)),
        None => hidden_cell(),
    }
}

fn hidden_cell() -> String {
    "–".to_owned()
}
