//! Statistics: what became of testimonials, counted from their facts alone, so that anybody who
//! has the same facts finds the same figures. Each testimonial that was received is in one count
//! of where it stands, so that these counts make up what was received, to the last one.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::answer::ImprovementStage;
use crate::campaign::paris;
use crate::moderation::{RejectionReason, Status};
use crate::structure::ServiceLevel;
use crate::testimonial::{Channel, Facts, Sentiment, TestimonialFact};
use crate::text::Slug;

/// What statistics are of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StatisticsOf {
    /// All testimonials.
    All,
    /// Those that were sent to a space.
    Space(Slug),
    /// Those that concern a structure: its own answers alone count, and not those of its parts.
    Structure(Slug),
}

/// What became of testimonials, in total and by month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statistics {
    /// When the figures are of: the last thing that happened to any testimonial, of these or of
    /// others. None where none was received anywhere.
    pub as_of: Option<Timestamp>,
    /// All of them.
    pub total: Counted,
    /// Those of each month in which one at least was received, by the first day of the month
    /// (Europe/Paris).
    pub months: BTreeMap<Date, Counted>,
}

/// What became of some testimonials. Those that wait for their author to confirm an address are
/// not received yet, and are nowhere in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counted {
    /// Received.
    pub received: u64,
    /// Of these, brought from another platform: nobody waited here, and they count in no delay.
    pub imported: u64,
    /// Received, and public now.
    pub published: u64,
    /// Received and not published, by [`RejectionReason::public`].
    pub refused: BTreeMap<RejectionReason, u64>,
    /// Public once and no longer, by [`RejectionReason::public`].
    pub hidden: BTreeMap<RejectionReason, u64>,
    /// Taken back by their author.
    pub withdrawn: u64,
    /// Closed without being published, since their author did not agree to an edited text.
    pub lapsed: u64,
    /// Waiting to be read.
    pub waiting: u64,
    /// Waiting for their author to agree to an edited text.
    pub awaiting_consent: u64,
    /// Of the published ones, those that were answered.
    pub answered: u64,
    /// Of the published ones whose delay is over or that were answered, those that were answered
    /// within it. Those of spaces that promise no delay are not among them.
    pub in_time: Share,
    /// The published ones that are not answered, and that still may be in time.
    pub still_in_time: u64,
    /// By how the experience was felt: of those received, those that are published.
    pub sentiments: BTreeMap<Sentiment, Share>,
    /// By channel, of those received. One testimonial may have several.
    pub channels: BTreeMap<Channel, u64>,
    /// Improvements declared in answer to published ones.
    pub improvements: BTreeMap<ImprovementStage, u64>,
    /// Of the answers of which an author said whether they helped, those that did.
    pub helpful: Share,
    /// From its receipt to the first decision of a moderator.
    pub reading: Delay,
    /// From the publication of those published now to the first answer.
    pub answering: Delay,
}

/// A part of a whole.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Share {
    /// The numerator.
    pub part: u64,
    /// The denominator.
    pub of: u64,
}

/// How long something took, in whole minutes, those begun left out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Delay {
    /// Over how many testimonials.
    pub over: u64,
    /// The shortest delay that half of them at least did not pass.
    pub median: Option<u64>,
    /// The shortest delay that nine in ten of them at least did not pass.
    pub ninth_decile: Option<u64>,
}

impl StatisticsOf {
    /// When a testimonial was first answered, by the structure that the statistics are of, else by
    /// any.
    fn answered_at(&self, fact: &TestimonialFact) -> Option<Timestamp> {
        match self {
            Self::Structure(structure) => fact.answered_at.get(structure).copied(),
            Self::All | Self::Space(_) => fact.answered_at.values().min().copied(),
        }
    }

    fn counts_structure(&self, other: &Slug) -> bool {
        match self {
            Self::Structure(structure) => structure == other,
            Self::All | Self::Space(_) => true,
        }
    }
}

impl Statistics {
    /// Counts, of all facts, those that are of `of`. `level` says what each space promises.
    #[must_use]
    pub fn of(
        of: &StatisticsOf,
        facts: &Facts,
        level: impl Fn(&Slug) -> Option<ServiceLevel>,
    ) -> Self {
        let today = facts.as_of().map_or(Date::MAX, day);
        let mut total = Counting::default();
        let mut months: BTreeMap<Date, Counting> = BTreeMap::new();
        for fact in facts.of(of).filter(|fact| fact.is_received()) {
            let seen = Seen::new(fact, of, level(&fact.space), today);
            total.add(&seen);
            let month = day(fact.received_at).first_of_month();
            months.entry(month).or_default().add(&seen);
        }
        Self {
            as_of: facts.as_of(),
            total: total.done(),
            months: months
                .into_iter()
                .map(|(month, it)| (month, it.done()))
                .collect(),
        }
    }
}

impl Counted {
    /// The published ones that are not answered.
    #[must_use]
    pub fn unanswered(&self) -> u64 {
        self.published - self.answered
    }

    /// The answered ones of those published.
    #[must_use]
    pub fn response(&self) -> Share {
        Share {
            part: self.answered,
            of: self.published,
        }
    }

    /// How many were refused, for any reason.
    #[must_use]
    pub fn all_refused(&self) -> u64 {
        self.refused.values().sum()
    }

    /// How many were hidden, for any reason.
    #[must_use]
    pub fn all_hidden(&self) -> u64 {
        self.hidden.values().sum()
    }
}

impl RejectionReason {
    /// The reason that is published in place of this one. Where somebody seems in danger, those
    /// around them must not find it in a table of their structure and their day: an alert is
    /// counted with the requests that are answered in private.
    #[must_use]
    pub fn public(self) -> Self {
        match self {
            Self::Alert => Self::IndividualRequest,
            other => other,
        }
    }
}

impl TestimonialFact {
    /// Whether it counts: its author confirmed an address, where that was asked.
    #[must_use]
    pub fn is_received(&self) -> bool {
        self.status != Status::Unconfirmed
    }

    /// From its receipt to the first decision of a moderator, in whole minutes; none for one that
    /// was imported.
    #[must_use]
    pub fn read_in(&self) -> Option<u64> {
        let at = self.first_decided_at.filter(|_| !self.imported)?;
        Some(minutes(self.received_at, at))
    }

    /// From its publication to an answer, in whole minutes; none for one that was imported.
    #[must_use]
    pub fn answered_in(&self, answered_at: Timestamp) -> Option<u64> {
        let from = self.published_at.filter(|_| !self.imported)?;
        Some(minutes(from, answered_at))
    }

    /// The last thing that happened to it.
    pub(crate) fn last_event(&self) -> Timestamp {
        let answered = self.answered_at.values().copied();
        let others = [self.first_decided_at, self.published_at];
        answered
            .chain(others.into_iter().flatten())
            .fold(self.received_at, Timestamp::max)
    }
}

/// The minutes from one instant to another, those begun left out; none where the second is first.
fn minutes(from: Timestamp, to: Timestamp) -> u64 {
    let seconds = to.duration_since(from).as_secs();
    u64::try_from(seconds).unwrap_or_default() / 60
}

/// The day of an instant, in Paris.
fn day(at: Timestamp) -> Date {
    at.to_zoned(paris()).date()
}

/// A testimonial as figures of something see it.
struct Seen<'f> {
    fact: &'f TestimonialFact,
    of: &'f StatisticsOf,
    answered: bool,
    /// The minutes to the first answer that counts.
    answered_in: Option<u64>,
    in_time: Option<InTime>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum InTime {
    Yes,
    No,
    NotYet,
}

impl<'f> Seen<'f> {
    fn new(
        fact: &'f TestimonialFact,
        of: &'f StatisticsOf,
        level: Option<ServiceLevel>,
        today: Date,
    ) -> Self {
        let answered_at = of.answered_at(fact);
        let answered_in = answered_at.and_then(|at| fact.answered_in(at));
        let published_at = fact.published_at.filter(|_| !fact.imported);
        let in_time = published_at.zip(level).map(|(published_at, level)| {
            let days = i64::from(level.answer_days);
            let last_day = day(published_at).saturating_add(jiff::ToSpan::days(days));
            match answered_in {
                Some(minutes) if minutes <= u64::from(level.answer_days) * 24 * 60 => InTime::Yes,
                None if today <= last_day => InTime::NotYet,
                _ => InTime::No,
            }
        });
        Self {
            fact,
            of,
            answered: answered_at.is_some(),
            answered_in,
            in_time,
        }
    }
}

/// Counts that are being made.
#[derive(Default)]
struct Counting {
    counted: Counted,
    reading: Vec<u64>,
    answering: Vec<u64>,
}

impl Counting {
    fn add(&mut self, seen: &Seen<'_>) {
        let counted = &mut self.counted;
        let fact = seen.fact;
        counted.received += 1;
        counted.imported += u64::from(fact.imported);
        for channel in &fact.channels {
            *counted.channels.entry(*channel).or_default() += 1;
        }
        counted.sentiments.entry(fact.sentiment).or_default().of += 1;
        self.reading.extend(fact.read_in());
        match fact.status {
            Status::Published => self.add_published(seen),
            Status::Refused(reason) => {
                *counted.refused.entry(reason.public()).or_default() += 1;
            }
            Status::Hidden(reason) => {
                *counted.hidden.entry(reason.public()).or_default() += 1;
            }
            Status::Withdrawn => counted.withdrawn += 1,
            Status::Lapsed => counted.lapsed += 1,
            // What is not confirmed is not received, and does not come here.
            Status::Waiting | Status::Unconfirmed => counted.waiting += 1,
            Status::AwaitingConsent => counted.awaiting_consent += 1,
        }
    }

    fn add_published(&mut self, seen: &Seen<'_>) {
        let counted = &mut self.counted;
        let fact = seen.fact;
        counted.published += 1;
        counted.answered += u64::from(seen.answered);
        counted.sentiments.entry(fact.sentiment).or_default().part += 1;
        self.answering.extend(seen.answered_in);
        match seen.in_time {
            Some(InTime::NotYet) => counted.still_in_time += 1,
            Some(in_time) => counted.in_time.add(in_time == InTime::Yes),
            None => {}
        }
        let counts = |slug: &&Slug| seen.of.counts_structure(slug);
        for (_, stage) in fact.improvements.iter().filter(|(slug, _)| counts(slug)) {
            *counted.improvements.entry(*stage).or_default() += 1;
        }
        for (_, helped) in fact.helped.iter().filter(|(slug, _)| counts(slug)) {
            counted.helpful.add(*helped);
        }
    }

    fn done(self) -> Counted {
        Counted {
            reading: Delay::of(self.reading),
            answering: Delay::of(self.answering),
            ..self.counted
        }
    }
}

impl Share {
    fn add(&mut self, is_part: bool) {
        self.of += 1;
        self.part += u64::from(is_part);
    }
}

impl Delay {
    fn of(mut minutes: Vec<u64>) -> Self {
        minutes.sort_unstable();
        Self {
            over: minutes.len() as u64,
            median: nearest_rank(&minutes, 50),
            ninth_decile: nearest_rank(&minutes, 90),
        }
    }
}

/// A percentile by the method of the nearest rank: of n values in their order, that of rank
/// ⌈n × percent ÷ 100⌉. It is always one of the values.
fn nearest_rank(sorted: &[u64], percent: usize) -> Option<u64> {
    let rank = (sorted.len() * percent).div_ceil(100);
    sorted.get(rank.checked_sub(1)?).copied()
}
