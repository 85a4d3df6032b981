//! The statistics of testimonials as data: every figure under its name with what it means, as CSV
//! and as JSON; and, for who would count again, what became of each testimonial.

mod facts;

use domain::{
    Channel, Counted, Delay, ImprovementStage, RejectionReason, Sentiment, Statistics,
    StatisticsOf, paris,
};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use crate::csv;
use crate::messages::Messages;

pub(crate) use facts::csv as facts_csv;

/// What holds for all figures, by its key in the same messages.
pub(crate) const GENERAL: [&str; 4] = ["percentile", "months", "scope", "date"];

/// Figures that have one definition.
pub(crate) struct Family {
    /// Its key in messages: `statistics.term.{key}` and `statistics.defined.{key}`.
    pub(crate) key: &'static str,
    /// The figures, each under its name in files; none where there is nothing to count.
    pub(crate) figures: Vec<(String, Option<u64>)>,
}

/// The reasons that are published.
pub(crate) fn public_reasons() -> impl Iterator<Item = RejectionReason> {
    let all = RejectionReason::ALL.into_iter();
    all.filter(|reason| reason.public() == *reason)
}

/// All figures, in the order of files.
pub(crate) fn families(counted: &Counted, messages: &Messages) -> Vec<Family> {
    let words = Words(messages);
    let one = |key: &'static str, count: u64| Family {
        key,
        figures: vec![(words.column(key), Some(count))],
    };
    let several = |key: &'static str, figures: Vec<(String, u64)>| Family {
        key,
        figures: figures
            .into_iter()
            .map(|(name, count)| (name, Some(count)))
            .collect(),
    };
    let by_reason = |key: &'static str, all: u64, of: &dyn Fn(RejectionReason) -> u64| {
        let reasons = public_reasons().map(|reason| {
            let args = [("reason", words.value("reason", reason.key()))];
            (words.with(&format!("{key}-for"), &args), of(reason))
        });
        let all = std::iter::once((words.column(key), all));
        several(key, all.chain(reasons).collect())
    };
    let count = |held: Option<&u64>| held.copied().unwrap_or_default();
    let sentiments = Sentiment::ALL.into_iter().flat_map(|sentiment| {
        let share = counted
            .sentiments
            .get(&sentiment)
            .copied()
            .unwrap_or_default();
        let args = [("sentiment", words.value("sentiment", sentiment.key()))];
        [
            (words.with("felt-received", &args), share.of),
            (words.with("felt-published", &args), share.part),
        ]
    });
    let channels = Channel::ALL.into_iter().map(|channel| {
        let args = [("channel", words.value("channel", channel.key()))];
        let name = words.with("channel", &args);
        (name, count(counted.channels.get(&channel)))
    });
    let improvements = ImprovementStage::ALL.into_iter().map(|stage| {
        let args = [("stage", words.value("improvement", stage.key()))];
        let name = words.with("improvements", &args);
        (name, count(counted.improvements.get(&stage)))
    });
    vec![
        one("received", counted.received),
        one("imported", counted.imported),
        one("published", counted.published),
        by_reason("refused", counted.all_refused(), &|reason| {
            count(counted.refused.get(&reason))
        }),
        by_reason("hidden", counted.all_hidden(), &|reason| {
            count(counted.hidden.get(&reason))
        }),
        one("withdrawn", counted.withdrawn),
        one("lapsed", counted.lapsed),
        one("consent", counted.awaiting_consent),
        one("waiting", counted.waiting),
        several(
            "answered",
            vec![
                (words.column("answered"), counted.answered),
                (words.column("unanswered"), counted.unanswered()),
            ],
        ),
        several(
            "in-time",
            vec![
                (words.column("in-time"), counted.in_time.part),
                (words.column("in-time-of"), counted.in_time.of),
                (words.column("still-in-time"), counted.still_in_time),
            ],
        ),
        words.delay("reading", counted.reading),
        words.delay("answering", counted.answering),
        several(
            "helpful",
            vec![
                (words.column("helpful"), counted.helpful.part),
                (words.column("helpful-of"), counted.helpful.of),
            ],
        ),
        several("improvements", improvements.collect()),
        several("felt", sentiments.collect()),
        several("channels", channels.collect()),
    ]
}

/// A row for each month, and one of the total.
pub(crate) fn csv(of: &StatisticsOf, statistics: &Statistics, messages: &Messages) -> String {
    let words = Words(messages);
    let as_of = iso_date(statistics).unwrap_or_default();
    let mut header = vec![
        words.column("scope"),
        words.column("date"),
        words.column("month"),
    ];
    let total = families(&statistics.total, messages);
    let names = total.iter().flat_map(|family| &family.figures);
    header.extend(names.map(|(name, _)| name.clone()));
    let row = |month: String, families: Vec<Family>| {
        let figures = families.into_iter().flat_map(|family| family.figures);
        let figures = figures.map(|(_, value)| value.map_or_else(String::new, |it| it.to_string()));
        [words.scope(of), as_of.clone(), month]
            .into_iter()
            .chain(figures)
            .collect()
    };
    let mut rows: Vec<Vec<String>> = vec![header];
    for (month, counted) in &statistics.months {
        rows.push(row(iso_month(*month), families(counted, messages)));
    }
    rows.push(row(words.value("month", "total"), total));
    csv::table(&rows, csv::SEMICOLON)
}

/// The same as JSON, with what each figure means.
pub(crate) fn json(
    of: &StatisticsOf,
    name: &str,
    statistics: &Statistics,
    messages: &Messages,
) -> String {
    let document = Document {
        of,
        name,
        statistics,
        words: Words(messages),
    };
    let mut json = serde_json::to_string_pretty(&document)
        .expect("a document of texts and numbers has only string keys");
    json.push('\n');
    json
}

/// What the statistics of something are, as JSON: its names are messages, in the order of the
/// table.
struct Document<'a> {
    of: &'a StatisticsOf,
    name: &'a str,
    statistics: &'a Statistics,
    words: Words<'a>,
}

impl Serialize for Document<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let words = &self.words;
        let total = families(&self.statistics.total, words.0);
        let defined = total.iter().map(|family| {
            let names = family.figures.iter().map(|(name, _)| name.as_str());
            (family.key, names.collect())
        });
        let general = GENERAL.into_iter().map(|key| (key, Vec::new()));
        let definitions = defined.chain(general).map(|(key, names): (_, Vec<&str>)| {
            Named(vec![
                (words.column("term"), words.term(key)),
                (words.column("definition"), words.defined(key)),
                (words.column("figures"), names.join(", ")),
            ])
        });
        let definitions: Vec<Named<String>> = definitions.collect();
        let months: Vec<Month> = self
            .statistics
            .months
            .iter()
            .map(|(month, counted)| Month {
                name: words.column("month"),
                month: iso_month(*month),
                figures: figures(families(counted, words.0)),
            })
            .collect();
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry(&words.column("scope"), &words.scope(self.of))?;
        map.serialize_entry(&words.column("name"), self.name)?;
        map.serialize_entry(&words.column("date"), &iso_date(self.statistics))?;
        map.serialize_entry(&words.column("total"), &Named(figures(total)))?;
        map.serialize_entry(&words.column("months"), &months)?;
        map.serialize_entry(&words.column("definitions"), &definitions)?;
        map.end()
    }
}

/// The figures of a month, with its name before them.
struct Month {
    name: String,
    month: String,
    figures: Vec<(String, Option<u64>)>,
}

impl Serialize for Month {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry(&self.name, &self.month)?;
        for (name, value) in &self.figures {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

/// Values under their names, in their order.
struct Named<T>(Vec<(String, T)>);

impl<T: Serialize> Serialize for Named<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

fn figures(families: Vec<Family>) -> Vec<(String, Option<u64>)> {
    let figures = families.into_iter().flat_map(|family| family.figures);
    figures.collect()
}

/// The names that files bear, and the words that define them.
struct Words<'m>(&'m Messages);

impl Words<'_> {
    fn column(&self, key: &str) -> String {
        self.with(key, &[])
    }

    fn with(&self, key: &str, args: &[(&str, String)]) -> String {
        self.0.text(&format!("statistics.column.{key}"), args)
    }

    fn value(&self, of: &str, key: &str) -> String {
        self.0.text(&format!("statistics.value.{of}.{key}"), &[])
    }

    fn term(&self, key: &str) -> String {
        self.0.text(&format!("statistics.term.{key}"), &[])
    }

    fn defined(&self, key: &str) -> String {
        self.0.text(&format!("statistics.defined.{key}"), &[])
    }

    fn scope(&self, of: &StatisticsOf) -> String {
        match of {
            StatisticsOf::All => self.value("scope", "all"),
            StatisticsOf::Space(slug) => {
                format!("{}:{slug}", self.value("scope", "space"))
            }
            StatisticsOf::Structure(slug) => {
                format!("{}:{slug}", self.value("scope", "structure"))
            }
        }
    }

    fn delay(&self, key: &'static str, delay: Delay) -> Family {
        let column = |part: &str| self.column(&format!("{key}-{part}"));
        Family {
            key,
            figures: vec![
                (column("over"), Some(delay.over)),
                (column("median"), delay.median),
                (column("ninth"), delay.ninth_decile),
            ],
        }
    }
}

/// The day that figures are of, as files write it.
pub(crate) fn iso_date(statistics: &Statistics) -> Option<String> {
    statistics.as_of.map(iso_day)
}

/// `2026-03`.
fn iso_month(month: Date) -> String {
    month.strftime("%Y-%m").to_string()
}

/// The day of an instant in Paris: `2026-03-14`.
fn iso_day(at: Timestamp) -> String {
    at.to_zoned(paris()).date().to_string()
}
