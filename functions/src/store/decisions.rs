//! What is decided of a contribution: on the version that was read, or not at all, together with
//! its entry in the audit log.

use aws_sdk_dynamodb::types::TransactWriteItem;
use domain::{
    Body, ContributionId, ContributionRef, Decision, Event, Letter, Moderated, NotGrouped,
    Recipient, Status, Version,
};
use jiff::Timestamp;

use super::answers::fingerprint;
use super::attributes::Attributes;
use super::audit::Noted;
use super::standing::spell_status;
use super::{CancelReason, Store, StoreError};
use crate::keys::Lane;
use crate::session::Permit;

/// What became of a decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decided {
    /// It holds.
    Done,
    /// Somebody decided before, and that holds.
    Already(Status),
    /// There is no such contribution.
    Missing,
    /// The idea to group it with is not a published one of the same campaign.
    NoOther,
}

/// Who decides, on which version of what, and when.
#[derive(Debug, Clone, Copy)]
pub struct Ruling<'a> {
    /// The contribution.
    pub reference: &'a ContributionRef,
    /// The version that was read; none where the latest is meant, whatever it is.
    pub version: Option<u64>,
    /// Who.
    pub by: By<'a>,
    /// When.
    pub now: Timestamp,
}

/// Who decides.
#[derive(Debug, Clone, Copy)]
pub enum By<'a> {
    /// A moderator, who may.
    Moderator(&'a Permit),
    /// Who holds the receipt, or the link of a proposal.
    Author,
    /// Nobody: a time that is over.
    Clock,
}

/// How a time that is over is spelled where a login stands else.
pub const CLOCK: &str = "(clock)";

/// How the author is spelled where a login stands else; no login is spelled so.
pub const AUTHOR: &str = "(author)";

impl By<'_> {
    /// How the log spells who decides.
    pub(super) fn spell(&self) -> &str {
        match self {
            Self::Moderator(permit) => permit.login(),
            Self::Author => AUTHOR,
            Self::Clock => CLOCK,
        }
    }
}

/// What an author has erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Erased {
    /// The address alone.
    Identity,
    /// The address and the text, which is then no longer public.
    Everything,
}

/// What a change makes of a contribution, and what the log says of it.
pub(super) struct Change {
    action: &'static str,
    before: String,
    pub(super) after: String,
    pub(super) becomes: Moderated,
    /// The lane after it, where it is not the one that its standing says.
    lane: Option<Lane>,
    /// What is told of it.
    pub(super) letters: Vec<Letter>,
    /// The texts that its history is given.
    pub(super) versions: Vec<Version>,
    /// What is kept beside it.
    pub(super) items: Vec<Attributes>,
    pub(super) writes: Vec<TransactWriteItem>,
}

impl Change {
    /// A change of where a contribution stands, from what it was to what it becomes.
    pub(super) fn ruled(held: &Moderated, action: &'static str, becomes: Moderated) -> Self {
        Self {
            action,
            before: spell_status(held.status),
            after: spell_status(becomes.status),
            becomes,
            lane: None,
            letters: Vec::new(),
            versions: Vec::new(),
            items: Vec::new(),
            writes: Vec::new(),
        }
    }

    /// A change that leaves its status as it is.
    pub(super) fn noted(
        held: &Moderated,
        action: &'static str,
        before: String,
        after: String,
    ) -> Self {
        Self {
            before,
            after,
            ..Self::ruled(held, action, held.noted())
        }
    }
}

impl Store {
    /// Decides of a contribution. Published, it goes on its campaign's list; hidden or taken
    /// back, it leaves it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn decide(
        &self,
        ruling: &Ruling<'_>,
        decision: Decision,
        message: Option<&Body>,
    ) -> Result<Decided, StoreError> {
        self.decide_with(ruling, decision, message, Vec::new())
            .await
    }

    /// The same, together with other writes: where a condition of theirs does not hold, nothing
    /// is done, and the outcome is [`Decided::NoOther`]. It is not taken back, since they are not.
    pub(super) async fn decide_with(
        &self,
        ruling: &Ruling<'_>,
        decision: Decision,
        message: Option<&Body>,
        writes: Vec<TransactWriteItem>,
    ) -> Result<Decided, StoreError> {
        self.change(ruling, |held| {
            let becomes = held
                .decided(decision, message, ruling.by.spell(), ruling.now)
                .map_err(|illegal| Decided::Already(illegal.status))?;
            let mut change = Change::ruled(held, decision.key(), becomes);
            if let Some(message) = message {
                change.after = format!("{} {}", change.after, fingerprint(message));
            }
            let becomes = &mut change.becomes;
            if !writes.is_empty() {
                becomes.before = None;
            }
            change.letters = letters_of(ruling, becomes.version, held.status, becomes.status);
            change.writes = writes;
            Ok(change)
        })
        .await
    }

    /// Takes the last decision back, for who took it and while it can be.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn undo(&self, ruling: &Ruling<'_>) -> Result<Decided, StoreError> {
        // What was to be told of it is told no more. Comments are counted when their letter leaves.
        let mut forget = Vec::new();
        if let (Some(held), Some(version)) =
            (self.contribution(ruling.reference).await?, ruling.version)
            && let Some(before) = held.before
            && let Some(event) = event_of(before.status, held.status)
        {
            let letter = Letter::to_author(event, ruling.reference.clone(), version, ruling.now);
            forget.push(self.drop_letter(&letter.id())?);
        }
        self.change(ruling, |held| {
            let becomes = held
                .undone(ruling.by.spell(), ruling.now)
                .ok_or(Decided::Already(held.status))?;
            let mut change = Change::ruled(held, "undo", becomes);
            change.writes = forget;
            Ok(change)
        })
        .await
    }

    /// Groups an idea with another that says the same: it leaves the lists, and who likes it
    /// likes the other, each person once.
    ///
    /// # Errors
    /// [`StoreError`]: where the likes could not all be carried over, [`Store::carry_pending`]
    /// goes on.
    pub async fn merge(
        &self,
        ruling: &Ruling<'_>,
        into: &ContributionId,
    ) -> Result<Decided, StoreError> {
        let ContributionRef::Idea(from) = ruling.reference else {
            return Ok(Decided::NoOther);
        };
        let other_reference = ContributionRef::Idea(into.clone());
        let other = self.contribution(&other_reference).await?;
        let still_published = self.still_published(&other_reference)?;
        let decided = self
            .change(ruling, |held| {
                let other = other.as_ref().ok_or(Decided::NoOther)?;
                let grouped = held.grouped(other, ruling.by.spell(), ruling.now);
                let becomes = grouped.map_err(|why| match why {
                    NotGrouped::NoOther => Decided::NoOther,
                    NotGrouped::Illegal(illegal) => Decided::Already(illegal.status),
                })?;
                let mut change = Change::ruled(held, Decision::Merge.key(), becomes);
                change.after = format!("{} {into}", change.after);
                change.lane = Some(Lane::Carry);
                let told = |event, about: &ContributionRef, occasion: &str| {
                    Letter::to_author(event, about.clone(), occasion, ruling.now)
                };
                change.letters = vec![
                    told(Event::Merged, ruling.reference, into.as_str()),
                    told(Event::Joined, &other_reference, from.as_str()),
                ];
                change.writes.push(still_published);
                Ok(change)
            })
            .await?;
        if decided == Decided::Done {
            self.carry_likes(from, into).await?;
        }
        Ok(decided)
    }

    /// Carries over the likes of ideas that were grouped with another when something failed.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn carry_pending(&self) -> Result<(), StoreError> {
        for held in self.to_carry().await? {
            if let (ContributionRef::Idea(from), Some(into)) =
                (held.contribution.reference(), &held.merged_into)
            {
                self.carry_likes(&from, into).await?;
            }
        }
        Ok(())
    }

    /// Erases what an author asks to: the address; and the text, which is then taken back too.
    /// The address alone leaves the contribution as it is, so that who decides of it goes on.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn erase(&self, ruling: &Ruling<'_>, erased: Erased) -> Result<Decided, StoreError> {
        let forget = self.delete_identity(&Recipient::Author(ruling.reference.clone()))?;
        if erased == Erased::Identity {
            let noted = Noted {
                at: ruling.now,
                by: ruling.by.spell().to_owned(),
                action: "erase-identity",
                about: ruling.reference.to_string(),
                before: String::new(),
                after: String::new(),
            };
            let done = self
                .audited("erase an identity", &noted, vec![forget])
                .await?;
            return Ok(done.map_or(Decided::Missing, |()| Decided::Done));
        }
        let mut forgotten = vec![forget];
        if let Some(held) = self.contribution(ruling.reference).await? {
            let id = ruling.reference.id();
            forgotten.extend(self.forget_versions(id, held.versions)?);
        }
        self.change(ruling, |held| {
            let becomes = held.erased(ruling.by.spell(), ruling.now);
            let mut change = Change::ruled(held, "erase-text", becomes);
            change.writes = forgotten;
            Ok(change)
        })
        .await
    }

    /// Reads the contribution, asks what becomes of it, and writes that with its entry in the
    /// audit log, on condition that nobody decided in between.
    pub(super) async fn change(
        &self,
        ruling: &Ruling<'_>,
        becomes: impl FnOnce(&Moderated) -> Result<Change, Decided>,
    ) -> Result<Decided, StoreError> {
        let Some(held) = self.contribution(ruling.reference).await? else {
            return Ok(Decided::Missing);
        };
        if ruling
            .version
            .is_some_and(|version| version != held.version)
        {
            return Ok(Decided::Already(held.status));
        }
        let change = match becomes(&held) {
            Ok(change) => change,
            Err(decided) => return Ok(decided),
        };
        let noted = Noted {
            at: ruling.now,
            by: ruling.by.spell().to_owned(),
            action: change.action,
            about: ruling.reference.to_string(),
            before: change.before,
            after: change.after,
        };
        let mut writes = vec![self.rewrite(&held, &change.becomes, change.lane)?];
        writes.extend(self.relist(&held, &change.becomes)?);
        writes.extend(self.realert(&held, &change.becomes)?);
        writes.extend(self.rereply(&held, &change.becomes)?);
        writes.extend(change.writes);
        for version in &change.versions {
            writes.push(self.put_version(ruling.reference.id(), version)?);
        }
        for item in change.items {
            writes.push(self.put(item)?);
        }
        for letter in &change.letters {
            writes.push(self.put_letter(letter)?);
        }
        match self.audited("decide", &noted, writes).await? {
            Ok(()) => Ok(Decided::Done),
            Err(reasons) if reasons.first() == Some(&CancelReason::Condition) => {
                let now_held = self.contribution(ruling.reference).await?;
                Ok(now_held.map_or(Decided::Missing, |held| Decided::Already(held.status)))
            }
            // The other idea was published when it was read, and is no longer.
            Err(_) => Ok(Decided::NoOther),
        }
    }
}

/// What an author is told when a contribution comes to stand otherwise; nothing where it is read
/// again, or taken back.
fn event_of(before: Status, after: Status) -> Option<Event> {
    match (before, after) {
        (Status::Hidden(_), Status::Published) => Some(Event::Restored),
        (_, Status::Published) => Some(Event::Published),
        (_, Status::AwaitingConsent) => Some(Event::Proposed),
        (_, Status::Lapsed) => Some(Event::Lapsed),
        (_, Status::Refused(reason)) => Some(Event::Refused(reason)),
        (_, Status::Hidden(reason)) => Some(Event::Hidden(reason)),
        (Status::Unconfirmed, Status::Waiting) => Some(Event::Received),
        (_, Status::Unconfirmed | Status::Waiting | Status::Withdrawn) => None,
    }
}

/// The letters of a decision: to its author, and to the author of the idea that a published
/// comment replies to.
fn letters_of(ruling: &Ruling<'_>, version: u64, before: Status, after: Status) -> Vec<Letter> {
    let mut letters = Vec::new();
    if let Some(event) = event_of(before, after) {
        let about = ruling.reference.clone();
        letters.push(Letter::to_author(event, about, version, ruling.now));
    }
    if let (Status::Published, ContributionRef::Comment { idea, .. }) = (after, ruling.reference) {
        letters.push(Letter::of_comments(idea.clone(), ruling.now));
    }
    letters
}
