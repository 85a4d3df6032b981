//! From the statistics of testimonials to what is shown of them.

use domain::{
    Channel, Chart, Counted, Delay, Figures, ImprovementStage, RejectionReason, Sentiment, Share,
    Slug,
};

use super::Views;
use crate::charts;
use crate::messages::number;
use crate::view::{ChartView, FigureView, MeasureView};

/// Under how many no percentage is said: one more or less would change it by five points.
const FEW: u64 = 20;

impl Views<'_> {
    fn stat(&self, key: &str, args: &[(&str, String)]) -> String {
        self.messages.text(&format!("statistics.{key}"), args)
    }

    /// « 95 % », or « 3 sur 7 » where there are few, or that there is none.
    #[must_use]
    pub fn rate(&self, share: Share) -> String {
        match share.of {
            0 => self.stat("none-yet", &[]),
            1..FEW => self.out_of(share),
            _ => percent(share),
        }
    }

    /// « 78 sur 82 (95 %) », or « 3 sur 7 » where there are few, or a dash where there is none.
    #[must_use]
    pub fn part_of(&self, share: Share) -> String {
        match share.of {
            0 => self.stat("dash", &[]),
            1..FEW => self.out_of(share),
            _ => {
                let args = [("part", self.out_of(share)), ("rate", percent(share))];
                self.stat("share", &args)
            }
        }
    }

    fn out_of(&self, share: Share) -> String {
        let args = [("part", number(share.part)), ("of", number(share.of))];
        self.stat("out-of", &args)
    }

    /// Minutes in words, to the next hour from one hour on, and to the next day from two days on:
    /// what is said to be the most is never less than what it is.
    #[must_use]
    pub fn duration(&self, minutes: u64) -> String {
        const HOUR: u64 = 60;
        const DAY: u64 = 24 * HOUR;
        let count = |key: &str, n| self.messages.count(&format!("statistics.delay.{key}"), n);
        if minutes <= HOUR {
            count("minutes", minutes)
        } else if minutes < 2 * DAY {
            count("hours", minutes.div_ceil(HOUR))
        } else {
            count("days", minutes.div_ceil(DAY))
        }
    }

    /// The big figures.
    pub(crate) fn big_figures(&self, counted: &Counted) -> Vec<FigureView> {
        let figure = |value: String, key: &str, note: Option<String>| FigureView {
            value,
            label: self.stat(&format!("big.{key}"), &[]),
            note,
        };
        let published = Share {
            part: counted.published,
            of: counted.received,
        };
        let response = counted.response();
        let of = |key: &str, share: Share| {
            let args = [("part", number(share.part)), ("of", number(share.of))];
            Some(self.stat(&format!("big.{key}-of"), &args))
        };
        vec![
            figure(number(counted.received), "received", None),
            figure(
                number(counted.published),
                "published",
                of("published", published),
            ),
            figure(self.rate(response), "answered", of("answered", response)),
        ]
    }

    /// Where those received stand.
    pub(crate) fn standing(&self, counted: &Counted) -> ChartView {
        let rows = self.standings(counted);
        self.bars("situation", rows, counted.received)
    }

    /// « 82 + 18 + 7 = 107 ».
    pub(crate) fn sum(&self, counted: &Counted) -> String {
        let rows = sorted(self.standings(counted)).into_iter();
        let parts = rows.filter_map(|(_, count)| (count > 0).then(|| number(count)));
        let parts: Vec<String> = parts.collect();
        let args = [
            ("parts", parts.join("\u{a0}+ ")),
            ("received", number(counted.received)),
        ];
        self.stat("sum", &args)
    }

    fn standings(&self, counted: &Counted) -> Vec<(String, u64)> {
        let term = |key: &str| self.stat(&format!("standing.{key}"), &[]);
        vec![
            (term("published"), counted.published),
            (term("refused"), counted.all_refused()),
            (term("hidden"), counted.all_hidden()),
            (term("withdrawn"), counted.withdrawn),
            (term("lapsed"), counted.lapsed),
            (term("consent"), counted.awaiting_consent),
            (term("waiting"), counted.waiting),
        ]
    }

    /// Why some were refused, or hidden; none where none was.
    pub(crate) fn reasons<'r>(
        &self,
        key: &str,
        reasons: impl Iterator<Item = (&'r RejectionReason, &'r u64)>,
        all: u64,
    ) -> Option<ChartView> {
        let rows = reasons.map(|(reason, count)| {
            let label = self
                .messages
                .text(&format!("reason.{}.label", reason.key()), &[]);
            (label, *count)
        });
        let rows: Vec<_> = rows.collect();
        (all > 0).then(|| self.bars(key, rows, all))
    }

    /// How the experiences of those received were felt.
    pub(crate) fn felt(&self, counted: &Counted) -> ChartView {
        let rows = Sentiment::ALL.map(|sentiment| {
            let share = counted.sentiments.get(&sentiment).copied();
            (self.sentiment(sentiment), share.unwrap_or_default().of)
        });
        self.bars("ressenti", rows.to_vec(), counted.received)
    }

    /// How many of each sentiment are published.
    pub(crate) fn felt_published(&self, counted: &Counted) -> String {
        let parts = Sentiment::ALL.map(|sentiment| {
            let share = counted
                .sentiments
                .get(&sentiment)
                .copied()
                .unwrap_or_default();
            let args = [
                ("sentiment", self.sentiment(sentiment).to_lowercase()),
                ("share", self.out_of(share)),
            ];
            self.stat("felt-one", &args)
        });
        self.stat("felt-published", &[("parts", parts.join(", "))])
    }

    /// By what people were in touch; none where nobody said so.
    pub(crate) fn channels(&self, counted: &Counted) -> Option<ChartView> {
        let rows = Channel::ALL.into_iter().filter_map(|channel| {
            let count = *counted.channels.get(&channel)?;
            Some((self.channel(channel), count))
        });
        let rows: Vec<_> = rows.collect();
        (!rows.is_empty()).then(|| self.bars("canaux", rows, counted.received))
    }

    /// Bars of a whole, the longest first. Where there are few, without percentages.
    fn bars(&self, id: &str, rows: Vec<(String, u64)>, whole: u64) -> ChartView {
        let said = |part: &str| self.stat(&format!("chart.{id}.{part}"), &[]);
        let chart = Chart {
            id: Slug::parse(id).expect("the name of a chart is a slug"),
            title: said("title"),
            description: said("description"),
            unit: self.stat("unit", &[]),
            source: None,
            figures: Figures::Bars {
                rows: sorted(rows),
                base: Some(whole),
            },
        };
        let mut view = charts::view(String::new(), &chart, self.messages);
        view.columns = vec![said("column"), self.stat("unit-column", &[])];
        for row in &mut view.rows {
            if let Some(rate) = row.pop().filter(|_| whole >= FEW)
                && let Some(count) = row.last_mut()
            {
                let args = [("part", std::mem::take(count)), ("rate", rate)];
                *count = self.stat("share", &args);
            }
        }
        if whole < FEW {
            view.base = Some(self.messages.count("statistics.few", whole));
        }
        view
    }

    /// What was answered, and within how long.
    pub(crate) fn measures(&self, counted: &Counted) -> Vec<MeasureView> {
        let label = |key: &str| self.stat(&format!("measure.{key}"), &[]);
        let base = |key: &str, n: u64| {
            (n > 0).then(|| self.messages.count(&format!("statistics.base.{key}"), n))
        };
        let share = |key: &str, of: &str, share: Share| MeasureView {
            label: label(key),
            value: match share.of {
                0 => self.stat("none-yet", &[]),
                _ => self.part_of(share),
            },
            base: base(of, share.of),
        };
        let delay = |key: &str, delay: Delay| MeasureView {
            label: label(key),
            value: match delay.median.zip(delay.ninth_decile) {
                None => self.stat("none-yet", &[]),
                Some((median, ninth)) => {
                    let args = [
                        ("median", self.duration(median)),
                        ("ninth", self.duration(ninth)),
                    ];
                    self.stat("at-most", &args)
                }
            },
            base: base(key, delay.over),
        };
        let with = |mut measure: MeasureView, key: &str, n: u64| {
            if n > 0 {
                let more = self.messages.count(&format!("statistics.{key}"), n);
                let bases = measure.base.into_iter().chain([more]);
                measure.base = Some(bases.collect::<Vec<_>>().join("\u{a0}; "));
            }
            measure
        };
        let improvements = ImprovementStage::ALL.map(|stage| {
            let count = counted
                .improvements
                .get(&stage)
                .copied()
                .unwrap_or_default();
            let key = format!("statistics.improvement.{}", stage.key());
            self.messages.count(&key, count)
        });
        let answered = share("answered", "published", counted.response());
        let in_time = share("in-time", "in-time", counted.in_time);
        vec![
            with(answered, "unanswered", counted.unanswered()),
            with(in_time, "still-in-time", counted.still_in_time),
            delay("answering", counted.answering),
            delay("reading", counted.reading),
            share("helpful", "helpful", counted.helpful),
            MeasureView {
                label: label("improvements"),
                value: improvements.join(", "),
                base: base("published", counted.published),
            },
        ]
    }

    /// The cells of a row of the table of months.
    pub(crate) fn month_cells(&self, counted: &Counted) -> Vec<String> {
        let counts = [
            counted.received,
            counted.published,
            counted.all_refused(),
            counted.all_hidden(),
            counted.withdrawn,
            counted.lapsed,
            counted.awaiting_consent,
            counted.waiting,
        ];
        let mut cells = counts.map(number).to_vec();
        cells.push(self.part_of(counted.response()));
        cells
    }

    /// The cells of a row of a table that compares.
    pub(crate) fn compared_cells(&self, counted: &Counted) -> Vec<String> {
        let delay = match counted.answering.median {
            Some(minutes) => self.duration(minutes),
            None => self.stat("dash", &[]),
        };
        vec![
            number(counted.received),
            number(counted.published),
            self.part_of(counted.response()),
            self.part_of(counted.in_time),
            delay,
        ]
    }
}

fn sorted(mut rows: Vec<(String, u64)>) -> Vec<(String, u64)> {
    rows.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    rows
}

/// A share in hundredths, to the nearest: « 100 % » is all, and « 0 % » is none.
fn percent(share: Share) -> String {
    let nearest = (share.part * 200 + share.of) / (share.of * 2);
    let said = match share.part {
        0 => 0,
        part if part == share.of => 100,
        _ => nearest.clamp(1, 99),
    };
    format!("{said}\u{a0}%")
}
