//! A letter: what one person is to be told of a contribution, and when. It holds no address and
//! no text: who writes it looks both up when it leaves.

use std::fmt;

use jiff::civil::{Date, time};
use jiff::{Timestamp, ToSpan};

use crate::campaign::paris;
use crate::consent::Proposal;
use crate::contribution::ContributionRef;
use crate::moderation::{RejectionReason, UNDO_SECONDS};
use crate::outcome::Decided;
use crate::text::ContributionId;

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// The contribution arrived, and its author is to confirm that the address is theirs.
    Unconfirmed,
    /// The contribution arrived.
    Received,
    /// It is published.
    Published,
    /// Another text is proposed to its author.
    Proposed,
    /// Its author did not answer that yet.
    Reminded,
    /// Its author did not answer it in time.
    Lapsed,
    /// It is not published.
    Refused(RejectionReason),
    /// It is no longer shown.
    Hidden(RejectionReason),
    /// It is shown again.
    Restored,
    /// It was grouped with another.
    Merged,
    /// Another was grouped with it.
    Joined,
    /// It got comments on one day.
    Commented,
    /// A team answered it.
    Answered,
    /// What its author replied to an answer is published.
    ReplyPublished,
    /// It is not.
    ReplyRefused(RejectionReason),
    /// The institution said what it will do about it.
    Decided(Decided),
    /// Published results rest on it.
    Cited,
    /// Results of its campaign are published.
    Results,
    /// There is news of what became of its campaign.
    OutcomeNews,
    /// A report of it arrived.
    ReportReceived,
    /// Somebody decided of a report of it.
    ReportDecided(ReportOutcome),
}

/// What became of a report, as its sender is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReportOutcome {
    /// The contribution stays.
    Kept,
    /// It is no longer shown.
    Hidden,
}

/// Who is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recipient {
    /// The author of a contribution.
    Author(ContributionRef),
    /// Who sent a report, by the report.
    Reporter(ContributionId),
}

/// What one person is to be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// What happened.
    pub event: Event,
    /// To what.
    pub about: ContributionRef,
    /// Who is told.
    pub to: Recipient,
    /// When it may leave.
    pub due_at: Timestamp,
    /// Which of several such events it is: a version, a day. It goes in the letter's name, so
    /// that it is of letters, digits and hyphens.
    pub occasion: String,
}

/// A letter's name: the same for the same person, contribution, event and occasion.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LetterId(String);

impl Event {
    /// Its name in the store and in message keys.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Unconfirmed => "unconfirmed",
            Self::Received => "received",
            Self::Published => "published",
            Self::Proposed => "proposed",
            Self::Reminded => "reminded",
            Self::Lapsed => "lapsed",
            Self::Refused(_) => "refused",
            Self::Hidden(_) => "hidden",
            Self::Restored => "restored",
            Self::Merged => "merged",
            Self::Joined => "joined",
            Self::Commented => "commented",
            Self::Answered => "answered",
            Self::ReplyPublished => "reply-published",
            Self::ReplyRefused(_) => "reply-refused",
            Self::Decided(_) => "decided",
            Self::Cited => "cited",
            Self::Results => "results",
            Self::OutcomeNews => "outcome-news",
            Self::ReportReceived => "report-received",
            Self::ReportDecided(_) => "report-decided",
        }
    }

    /// More of it, where it has more: the name of a reason, of a decision.
    #[must_use]
    pub fn detail(self) -> Option<&'static str> {
        match self {
            Self::Refused(reason) | Self::Hidden(reason) | Self::ReplyRefused(reason) => {
                Some(reason.key())
            }
            Self::Decided(decided) => Some(decided.key()),
            Self::ReportDecided(ReportOutcome::Kept) => Some("kept"),
            Self::ReportDecided(ReportOutcome::Hidden) => Some("hidden"),
            Self::Unconfirmed
            | Self::Received
            | Self::Published
            | Self::Proposed
            | Self::Reminded
            | Self::Lapsed
            | Self::Restored
            | Self::Merged
            | Self::Joined
            | Self::Commented
            | Self::Answered
            | Self::ReplyPublished
            | Self::Cited
            | Self::Results
            | Self::OutcomeNews
            | Self::ReportReceived => None,
        }
    }

    /// The event of that name and detail.
    #[must_use]
    pub fn from_key(key: &str, detail: Option<&str>) -> Option<Self> {
        let reason = || detail.and_then(RejectionReason::from_key);
        Some(match key {
            "unconfirmed" => Self::Unconfirmed,
            "received" => Self::Received,
            "published" => Self::Published,
            "proposed" => Self::Proposed,
            "reminded" => Self::Reminded,
            "lapsed" => Self::Lapsed,
            "refused" => Self::Refused(reason()?),
            "hidden" => Self::Hidden(reason()?),
            "restored" => Self::Restored,
            "merged" => Self::Merged,
            "joined" => Self::Joined,
            "commented" => Self::Commented,
            "answered" => Self::Answered,
            "reply-published" => Self::ReplyPublished,
            "reply-refused" => Self::ReplyRefused(reason()?),
            "decided" => Self::Decided(detail.and_then(Decided::from_key)?),
            "cited" => Self::Cited,
            "results" => Self::Results,
            "outcome-news" => Self::OutcomeNews,
            "report-received" => Self::ReportReceived,
            "report-decided" => Self::ReportDecided(match detail? {
                "kept" => ReportOutcome::Kept,
                "hidden" => ReportOutcome::Hidden,
                _ => return None,
            }),
            _ => return None,
        })
    }

    /// Whether somebody decided it, and may undo it for a moment.
    #[must_use]
    pub fn is_decision(self) -> bool {
        match self {
            Self::Published
            | Self::Proposed
            | Self::Refused(_)
            | Self::Hidden(_)
            | Self::Restored
            | Self::Merged
            | Self::Joined
            | Self::Answered
            | Self::Decided(_)
            | Self::ReportDecided(_) => true,
            Self::Unconfirmed
            | Self::Received
            | Self::Reminded
            | Self::Lapsed
            | Self::Commented
            | Self::ReplyPublished
            | Self::ReplyRefused(_)
            | Self::Cited
            | Self::Results
            | Self::OutcomeNews
            | Self::ReportReceived => false,
        }
    }
}

impl Letter {
    /// What the author of a contribution is told of it, at `now`.
    #[must_use]
    pub fn to_author(
        event: Event,
        about: ContributionRef,
        occasion: impl fmt::Display,
        now: Timestamp,
    ) -> Self {
        let to = Recipient::Author(about.clone());
        Self::new(event, about, to, occasion, now)
    }

    /// What somebody who sent a report of a contribution is told of it, at `now`.
    #[must_use]
    pub fn to_reporter(
        event: Event,
        report: ContributionId,
        about: ContributionRef,
        now: Timestamp,
    ) -> Self {
        Self::new(event, about, Recipient::Reporter(report), "1", now)
    }

    /// What the author of an idea is told of the comments published on the day of `now`: one
    /// letter, the next morning. How many there were is counted when it leaves, so that a comment
    /// which is no longer published by then is not told of, and the letter is never taken back.
    #[must_use]
    pub fn of_comments(idea: ContributionId, now: Timestamp) -> Self {
        let day = now.to_zoned(paris()).date();
        let about = ContributionRef::Idea(idea);
        Self {
            due_at: morning(day.saturating_add(1.day()), now),
            ..Self::to_author(Event::Commented, about, day, now)
        }
    }

    /// What the author of a contribution is told of what came out of its campaign on `day`, at
    /// `now` or, where that is before, in the morning of that day: nobody is woken by it.
    #[must_use]
    pub fn of_campaign(
        event: Event,
        about: ContributionRef,
        occasion: impl fmt::Display,
        day: Date,
        now: Timestamp,
    ) -> Self {
        Self {
            due_at: morning(day, now).max(now),
            ..Self::to_author(event, about, occasion, now)
        }
    }

    fn new(
        event: Event,
        about: ContributionRef,
        to: Recipient,
        occasion: impl fmt::Display,
        now: Timestamp,
    ) -> Self {
        Self {
            event,
            about,
            to,
            due_at: due(event, now),
            occasion: occasion.to_string(),
        }
    }

    /// Its name.
    #[must_use]
    pub fn id(&self) -> LetterId {
        LetterId(format!(
            "{}.{}.{}.{}",
            self.to,
            self.about,
            self.event.key(),
            self.occasion
        ))
    }

    /// Reminds an author that a text is proposed to them, so many days after it was.
    #[must_use]
    pub fn reminder(
        about: ContributionRef,
        proposal: u32,
        days: i64,
        proposed_at: Timestamp,
    ) -> Self {
        let occasion = format!("{proposal}-{days}");
        let later = proposed_at.saturating_add((days * 24).hours());
        Self {
            due_at: later.unwrap_or(proposed_at),
            ..Self::to_author(Event::Reminded, about, occasion, proposed_at)
        }
    }

    /// Tells an author that a testimonial is closed, when the time to answer a proposal is over.
    #[must_use]
    pub fn lapse(about: ContributionRef, proposal: u32, until: Timestamp) -> Self {
        Self::to_author(Event::Lapsed, about, proposal, until)
    }

    /// The number of the proposal of which it tells that the time is over, or will be.
    #[must_use]
    pub fn proposal(&self) -> Option<u32> {
        let of = self.occasion.split('-').next()?;
        of.parse().ok()
    }

    /// Whether it tells of this proposal. The first to tell of it is named by the version that it
    /// made, as those of all decisions are, so that it is known by its time.
    #[must_use]
    pub fn is_of(&self, proposal: &Proposal) -> bool {
        match self.event {
            Event::Proposed => self.due_at == due(self.event, proposal.at),
            _ => self.proposal() == Some(proposal.number),
        }
    }

    /// The day whose comments it tells of.
    #[must_use]
    pub fn day(&self) -> Option<Date> {
        match self.event {
            Event::Commented => self.occasion.parse().ok(),
            _ => None,
        }
    }
}

/// When people are told of a day: at eight, Europe/Paris; at the ends of time, `or`.
fn morning(day: Date, or: Timestamp) -> Timestamp {
    const MORNING: i8 = 8;
    day.to_datetime(time(MORNING, 0, 0, 0))
        .to_zoned(paris())
        .map_or(or, |morning| morning.timestamp())
}

/// When what happens at `now` may be told: a decision, once it can't be undone any more.
fn due(event: Event, now: Timestamp) -> Timestamp {
    let grace = if event.is_decision() {
        UNDO_SECONDS.seconds()
    } else {
        0.seconds()
    };
    now.saturating_add(grace).unwrap_or(now)
}

impl LetterId {
    /// Parses what [`fmt::Display`] spells; none where it can't be a letter's name.
    #[must_use]
    pub fn parse(raw: &str) -> Option<Self> {
        let of_letters = |byte: u8| byte.is_ascii_alphanumeric() || b".-".contains(&byte);
        (!raw.is_empty() && raw.len() <= 200 && raw.bytes().all(of_letters))
            .then(|| Self(raw.to_owned()))
    }
}

impl fmt::Display for LetterId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Recipient {
    /// Parses what [`fmt::Display`] spells.
    #[must_use]
    pub fn parse(raw: &str) -> Option<Self> {
        match raw.split_once('.')? {
            ("author", of) => ContributionRef::parse(of).ok().map(Self::Author),
            ("reporter", of) => ContributionId::parse(of).ok().map(Self::Reporter),
            _ => None,
        }
    }
}

impl fmt::Display for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Author(reference) => write!(f, "author.{reference}"),
            Self::Reporter(report) => write!(f, "reporter.{report}"),
        }
    }
}
