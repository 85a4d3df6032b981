//! The sender of mail: several letters at once, each once.
//!
//! On one machine a task runs [`Mailer::send_due`] whenever a letter is put or comes due. On
//! Lambda a schedule does, every minute, until there is nothing due: no state is kept between
//! two runs but in the store, and two that run at once take different letters.

mod round;

use domain::{ContributionRef, Email, Event, Letter, Recipient, Status, paris};
use jiff::{SignedDuration, Timestamp, ToSpan};
use sha2::{Digest, Sha256};
use site_gen::address;

use self::round::Round;
use super::MailProblem;
use super::compose::Composed;
use super::problem::Fate;
use crate::App;
use crate::store::{By, Queued, Ruling, StoreError};

/// For how long a letter that is being sent is nobody else's. A message never takes so long.
const TAKEN_FOR: SignedDuration = SignedDuration::from_mins(5);
/// For how long a letter is tried.
const PATIENCE: SignedDuration = SignedDuration::from_hours(5 * 24);

/// Sends what is due.
pub struct Mailer {
    app: App,
}

/// Why no more letters are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// Who asked for them has no more time: there may be others.
    Stopped,
    /// No letter would leave now; it is worth trying at that time.
    Wait(Timestamp),
    /// Nothing is due before that time, where there is one.
    Idle(Option<Timestamp>),
}

/// What a letter that was tried says of the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tried {
    /// Mail leaves.
    Left,
    /// Nothing.
    Stayed,
    /// None would leave before that time, unless others did meanwhile.
    AllWait(Timestamp),
}

/// What became of a letter that was to leave.
enum Left {
    Sent,
    /// Nobody is there to read it, or it is no longer true.
    Gone,
}

/// Why a letter did not leave.
enum Stayed {
    Store(StoreError),
    Mail(MailProblem),
}

impl From<StoreError> for Stayed {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<MailProblem> for Stayed {
    fn from(problem: MailProblem) -> Self {
        Self::Mail(problem)
    }
}

/// What a letter tells beside what happened.
struct ToTell {
    /// Of how many comments.
    comments: u64,
    /// The number of the proposal that waits for its author.
    proposal: Option<u32>,
}

impl Mailer {
    /// The sender of an app's mail.
    #[must_use]
    pub fn new(app: App) -> Self {
        Self { app }
    }

    /// What it works with.
    #[must_use]
    pub fn app(&self) -> &App {
        &self.app
    }

    /// Sends the letters that are due and that no other sender has, for as long as `goes_on` says
    /// so, and says what is next. One letter goes alone at first, which is mostly enough to see
    /// that the server is down; then as many at once as the server takes. What one of them meets
    /// keeps none of the others back. Those that are on their way arrive before this ends.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]: letters that were taken come again in five minutes at the latest.
    pub async fn send_due(&self, goes_on: impl Fn() -> bool + Sync) -> Result<Turn, StoreError> {
        let sent = Round::new(self, &goes_on).send().await;
        self.app.mail.rest().await;
        sent
    }

    /// Sees to a letter that was taken.
    async fn send(&self, taken: &Queued) -> Result<Tried, StoreError> {
        let store = &self.app.store;
        let problem = match self.deliver(&taken.letter).await {
            Ok(Left::Sent) => {
                store.letter_sent(taken, self.app.now()).await?;
                return Ok(Tried::Left);
            }
            Ok(Left::Gone) => {
                store.letter_gone(taken).await?;
                return Ok(Tried::Stayed);
            }
            Err(Stayed::Store(error)) => return Err(error),
            Err(Stayed::Mail(problem)) => problem,
        };
        let now = self.app.now();
        let tried_since = taken.tried_at.unwrap_or(now);
        tracing::warn!(
            event = taken.letter.event.key(),
            problem = problem.key(),
            tries = taken.tries,
            "a letter did not leave"
        );
        if problem.fate() == Fate::Aside || now.duration_since(tried_since) >= PATIENCE {
            store.letter_parked(taken, problem, now).await?;
            return Ok(Tried::Stayed);
        }
        let again = now + delay(&taken.letter, taken.tries);
        store.letter_failed(taken, problem, again).await?;
        Ok(match problem.fate() {
            Fate::AllWait => Tried::AllWait(now + 1.minute()),
            Fate::Later | Fate::Aside => Tried::Stayed,
        })
    }

    async fn deliver(&self, letter: &Letter) -> Result<Left, Stayed> {
        let app = &self.app;
        if let (Event::Lapsed, Some(proposal)) = (letter.event, letter.proposal()) {
            // What it tells comes with its time, whether or not there is somebody to tell.
            let ruling = Ruling {
                reference: &letter.about,
                version: None,
                by: By::Clock,
                now: app.now(),
            };
            app.store.lapse(&ruling, proposal).await?;
        }
        let Some(email) = app.store.email(&letter.to).await? else {
            return Ok(Left::Gone);
        };
        let Some(told) = self.still_true(letter).await? else {
            return Ok(Left::Gone);
        };
        if app.is_suppressed(&email).await? {
            return Err(Stayed::Mail(MailProblem::Suppressed));
        }
        let composed = app.message(letter, &told, &email)?;
        app.mail.send(&composed).await?;
        Ok(Left::Sent)
    }

    /// What there is to tell, where what a letter tells still holds.
    async fn still_true(&self, letter: &Letter) -> Result<Option<ToTell>, StoreError> {
        let store = &self.app.store;
        let Some(held) = store.contribution(&letter.about).await? else {
            return Ok(None);
        };
        // A comment is read with its idea: where that left the site, so did the comment.
        let is_public = self.app.public(&letter.about).await?.is_some();
        let holds = match letter.event {
            Event::Received | Event::ReportReceived | Event::ReportDecided(_) => true,
            Event::Unconfirmed => held.status == Status::Unconfirmed,
            Event::Refused(reason) => held.status == Status::Refused(reason),
            Event::Hidden(reason) => held.status == Status::Hidden(reason),
            Event::Proposed | Event::Reminded => {
                let proposal = held.proposal.as_ref();
                proposal.is_some_and(|proposal| letter.is_of(proposal))
            }
            Event::Lapsed => held.status == Status::Lapsed,
            Event::ReplyPublished => {
                let reply = held.reply.as_ref();
                is_public && reply.is_some_and(|reply| reply.published_at.is_some())
            }
            Event::ReplyRefused(reason) => {
                let reply = held.reply.as_ref();
                reply.is_some_and(|reply| reply.reason == Some(reason))
            }
            Event::Merged => held.merged_into.is_some(),
            Event::Answered => {
                let answers = held.answers.values();
                let mut responses = answers.map(|answer| answer.response.is_some());
                is_public && (held.response.is_some() || responses.any(|is_there| is_there))
            }
            Event::Decided(decided) => {
                let outcome = held.outcome.as_ref().map(|outcome| outcome.decision);
                is_public && outcome == Some(decided)
            }
            Event::Published
            | Event::Restored
            | Event::Joined
            | Event::Commented
            | Event::Cited => is_public,
            Event::Results | Event::OutcomeNews => {
                self.app.stands(letter) && self.app.is_heard(&letter.about).await?
            }
        };
        if !holds {
            return Ok(None);
        }
        let comments = self.app.comments_told(letter).await?;
        let is_empty = letter.event == Event::Commented && comments == 0;
        let proposal = held.proposal.as_ref().map(|proposal| proposal.number);
        Ok((!is_empty).then_some(ToTell { comments, proposal }))
    }
}

impl App {
    /// Of how many comments a letter tells: those of its day that are published still.
    pub(crate) async fn comments_told(&self, letter: &Letter) -> Result<u64, StoreError> {
        let (Some(day), ContributionRef::Idea(idea)) = (letter.day(), &letter.about) else {
            return Ok(0);
        };
        let midnight = |day: jiff::civil::Date| {
            day.to_zoned(paris())
                .map_or(Timestamp::MAX, |midnight| midnight.timestamp())
        };
        let (from, until) = (midnight(day), midnight(day.saturating_add(1.day())));
        self.store.comments_published(idea, from, until).await
    }

    /// The message of a letter to an address.
    fn message(
        &self,
        letter: &Letter,
        told: &ToTell,
        email: &Email,
    ) -> Result<Composed, MailProblem> {
        let link = match (letter.event, &letter.to) {
            (Event::Proposed | Event::Reminded, Recipient::Author(reference)) => {
                let number = told.proposal.unwrap_or_default();
                let token = self.secret.consent_token(reference, number);
                format!("{}{}", self.site_url, address::consent(&token))
            }
            (Event::Unconfirmed, Recipient::Author(reference)) => {
                self.confirmation(reference, email)
            }
            _ => self.link(&letter.to),
        };
        let words = self.words(letter, link, told.comments);
        let name = self.secret.letter_name(&letter.id());
        self.letterhead().compose(name, &words, email, self.now())
    }
}

/// How long to wait after so many tries: twice as long each time, from a minute to an hour.
/// Letters that failed together come back apart, each at a place of the second half that its
/// name gives.
fn delay(letter: &Letter, tries: u64) -> SignedDuration {
    const LONGEST_SECONDS: u64 = 3_600;
    let doublings = u32::try_from(tries.min(6)).unwrap_or(6);
    let longest = (60 << doublings).min(LONGEST_SECONDS);
    let digest = Sha256::digest(format!("{} {tries}", letter.id()));
    let place = u64::from(u16::from_be_bytes([digest[0], digest[1]]));
    let seconds = longest / 2 + place * (longest / 2) / u64::from(u16::MAX);
    SignedDuration::from_secs(i64::try_from(seconds).unwrap_or(60))
}
