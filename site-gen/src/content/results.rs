//! Results and what became of campaigns, as editors write them.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use domain::{
    Campaign, Chart, Commitment, ContributionId, Correction, Figure, Figures, Finding, OutcomeNews,
    Refusal, Results, Slug, Verbatim,
};

use super::File;
use super::campaigns::one_of;
use crate::departments;
use crate::front_matter::Keys;

#[derive(Clone, Copy)]
enum Kind {
    Bars,
    Stacked,
    Departments,
}

pub(super) fn results(
    file: File,
    keys: &mut Keys<'_, '_>,
    campaigns: &BTreeMap<Slug, Campaign>,
) -> Option<Results> {
    if !campaigns.contains_key(&file.slug) {
        let known: Vec<&str> = campaigns.keys().map(Slug::as_str).collect();
        let args = [("name", file.slug.to_string()), ("known", known.join(", "))];
        keys.problem(&(0..0), "content.results-campaign", &args);
    }
    let title = keys.text("title");
    let summary = keys.text("summary");
    let published = keys.date("published");
    let mut corrections = keys.tables("corrections", |keys| {
        let date = keys.date("date");
        let text = keys.text("text");
        if let (Some(date), Some(published)) = (date, published)
            && date < published
        {
            let span = keys.span_of("date");
            keys.problem(&span, "content.correction-early", &[]);
        }
        Some(Correction {
            date: date?,
            text: text?,
        })
    });
    corrections.sort_by_key(|correction| Reverse(correction.date));
    let figures = keys.tables("figures", |keys| {
        let value = keys.count("value");
        let label = keys.text("label");
        let note = keys.optional_text("note");
        Some(Figure {
            value: value?,
            label: label?,
            note,
        })
    });
    let mut ids: Vec<Slug> = Vec::new();
    let charts = keys.tables("charts", |keys| {
        let chart = chart(keys)?;
        if ids.contains(&chart.id) {
            let span = keys.span_of("id");
            let args = [("name", chart.id.to_string())];
            keys.problem(&span, "content.chart-twice", &args);
        }
        ids.push(chart.id.clone());
        Some(chart)
    });
    let findings = keys.tables("findings", |keys| finding(keys, &ids));
    let commitments = keys.tables("commitments", |keys| {
        let text = keys.text("text");
        let when = keys.text("when");
        Some(Commitment {
            text: text?,
            when: when?,
        })
    });
    let declined = keys.tables("declined", |keys| {
        let text = keys.text("text");
        let why = keys.text("why");
        Some(Refusal {
            text: text?,
            why: why?,
        })
    });
    Some(Results {
        campaign: file.slug,
        title: title?,
        summary: summary?,
        published: published?,
        figures,
        findings,
        charts,
        commitments,
        declined,
        body: file.body,
        corrections,
    })
}

fn finding(keys: &mut Keys<'_, '_>, charts: &[Slug]) -> Option<Finding> {
    let title = keys.text("title");
    let body = keys.markdown("body");
    let mut contributions = Vec::new();
    for (id, span) in keys.texts("contributions") {
        contributions.extend(ContributionId::parse(&id).ok());
        keys.cite(id, None, &span);
    }
    let verbatims = keys.tables("verbatims", |keys| {
        let contribution = keys.text("contribution")?;
        let text = keys.text("text")?;
        let span = keys.span_of("text");
        let parsed = ContributionId::parse(&contribution).ok();
        keys.cite(contribution, Some(text.clone()), &span);
        Some(Verbatim {
            contribution: parsed?,
            text,
        })
    });
    let chart = keys.optional_parsed("chart", "front-matter.slug", Slug::parse);
    if let Some(chart) = chart.as_ref().filter(|chart| !charts.contains(chart)) {
        let known: Vec<&str> = charts.iter().map(Slug::as_str).collect();
        let args = [("name", chart.to_string()), ("known", known.join(", "))];
        let span = keys.span_of("chart");
        keys.problem(&span, "content.chart-unknown", &args);
    }
    Some(Finding {
        title: title?,
        body: body?,
        contributions,
        verbatims,
        chart,
    })
}

fn chart(keys: &mut Keys<'_, '_>) -> Option<Chart> {
    let id = keys.parsed("id", "front-matter.slug", Slug::parse);
    let kind = keys.choice(
        "kind",
        &[
            ("bars", Kind::Bars),
            ("stacked", Kind::Stacked),
            ("departments", Kind::Departments),
        ],
    );
    let title = keys.text("title");
    let description = keys.text("description");
    let unit = keys.text("unit");
    let source = keys.optional_text("source");
    let rows = keys.rows("rows");
    let figures = match kind.unwrap_or(Kind::Bars) {
        Kind::Bars => {
            let base = keys.optional_count("base");
            Figures::Bars {
                rows: singles(keys, rows, |keys, _, count, span| {
                    if base.is_some_and(|base| count > base) {
                        keys.problem(span, "content.chart-over-base", &[]);
                    }
                }),
                base,
            }
        }
        Kind::Departments => Figures::Departments {
            rows: singles(keys, rows, |keys, code, _, span| {
                if departments::named(code).is_none() {
                    let args = [("code", code.to_owned())];
                    keys.problem(span, "content.chart-department", &args);
                }
            }),
        },
        Kind::Stacked => {
            let series: Vec<String> = keys
                .texts("series")
                .into_iter()
                .map(|(name, _)| name)
                .collect();
            for (_, counts, span) in &rows {
                if counts.len() != series.len() {
                    let args = [("count", series.len().to_string())];
                    keys.problem(span, "content.chart-series", &args);
                }
            }
            Figures::Stacked {
                series,
                rows: rows
                    .into_iter()
                    .map(|(label, counts, _)| (label, counts))
                    .collect(),
            }
        }
    };
    Some(Chart {
        id: id?,
        title: title?,
        description: description?,
        unit: unit?,
        source,
        figures,
    })
}

/// Rows of one count each.
fn singles(
    keys: &mut Keys<'_, '_>,
    rows: Vec<(String, Vec<u64>, Range<usize>)>,
    check: impl Fn(&mut Keys<'_, '_>, &str, u64, &Range<usize>),
) -> Vec<(String, u64)> {
    rows.into_iter()
        .filter_map(|(label, counts, span)| match counts[..] {
            [count] => {
                check(keys, &label, count, &span);
                Some((label, count))
            }
            _ => {
                keys.problem(&span, "content.chart-single", &[]);
                None
            }
        })
        .collect()
}

pub(super) fn outcome_news(
    file: File,
    keys: &mut Keys<'_, '_>,
    campaigns: &BTreeMap<Slug, Campaign>,
    all_results: &BTreeMap<Slug, Results>,
) -> Option<OutcomeNews> {
    let campaign = one_of(keys, "campaign", "content.campaign-unknown", campaigns);
    let findings = keys.numbers("findings");
    if let Some(campaign) = &campaign {
        for (number, span) in &findings {
            let found = all_results.get(campaign);
            if let Some((key, args)) = unknown_finding(campaign, *number, found) {
                keys.problem(span, key, &args);
            }
        }
    }
    let date = keys.date("date");
    let title = keys.text("title");
    let summary = keys.text("summary");
    Some(OutcomeNews {
        slug: file.slug,
        campaign: campaign?,
        date: date?,
        title: title?,
        summary: summary?,
        body: file.body,
        findings: in_order(findings.into_iter().map(|(number, _)| number)),
    })
}

/// Why there is no finding of that number (from 1) in the results of a campaign; none where
/// there is one.
pub(super) fn unknown_finding(
    campaign: &Slug,
    number: usize,
    results: Option<&Results>,
) -> Option<(&'static str, Vec<(&'static str, String)>)> {
    let count = results.map_or(0, |results| results.findings.len());
    let key = match count {
        _ if (1..=count).contains(&number) => return None,
        0 => "content.finding-none",
        _ => "content.finding-unknown",
    };
    let args = vec![
        ("campaign", campaign.to_string()),
        ("number", number.to_string()),
        ("count", count.to_string()),
    ];
    Some((key, args))
}

/// Numbers of findings in their order, each once.
pub(super) fn in_order(numbers: impl Iterator<Item = usize>) -> Vec<usize> {
    numbers.collect::<BTreeSet<usize>>().into_iter().collect()
}
