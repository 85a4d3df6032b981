//! The mail queue as the sender and the back office see it: what is due, whose turn it is, what
//! became of it.
//!
//! A letter's place in its lane, `queued_at`, is also what says whose it is: to take a letter is
//! to move it, on condition that it stands where it was seen. A sender that dies leaves it due
//! again when its time is up.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue};
use domain::{ContributionId, ContributionRef, Event, Letter, LetterId, Recipient, Status};
use jiff::{Timestamp, ToSpan};
use tokio::sync::futures::Notified;

use super::attributes::{Attributes, key, number, text, time};
use super::standing::moderated;
use super::tables::EXPIRES;
use super::{Store, StoreError, unavailable, unless_condition};
use crate::keys::{self, COMMENTS, MAIL, MAIL_PARKED, MAIL_SENT, QUEUE, QUEUE_INDEX, QUEUED_AT};
use crate::mail::MailProblem;

/// A letter as the queue keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Queued {
    /// The letter.
    pub letter: Letter,
    /// How often it was tried.
    pub tries: u64,
    /// When it was first tried.
    pub tried_at: Option<Timestamp>,
    /// Why the last try failed.
    pub problem: Option<MailProblem>,
    /// When it comes next, was put aside, or was sent.
    pub at: Timestamp,
    /// Its place in its lane.
    place: String,
}

/// A lane of letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailLane {
    /// To be sent, the next first.
    Waiting,
    /// Put aside, until somebody says so, the latest first.
    Parked,
    /// Sent, the latest first.
    Sent,
}

/// Where a letter goes from where it was seen.
#[derive(Debug, Clone, Copy)]
struct Move {
    from: MailLane,
    to: MailLane,
    at: Timestamp,
}

/// What becomes of a letter's attributes when it moves.
#[derive(Debug, Clone, Copy)]
struct Changes<'a> {
    set: &'a [(&'a str, AttributeValue)],
    /// These are set where they are not yet.
    set_first: &'a [(&'a str, AttributeValue)],
    remove: Option<&'a str>,
}

impl Queued {
    /// Its place in its lane, which tells a letter at a time from all others.
    pub(crate) fn place(&self) -> &str {
        &self.place
    }
}

impl<'a> Changes<'a> {
    fn of(set: &'a [(&'a str, AttributeValue)]) -> Self {
        Self {
            set,
            set_first: &[],
            remove: None,
        }
    }
}

impl MailLane {
    fn key(self) -> &'static str {
        match self {
            Self::Waiting => MAIL,
            Self::Parked => MAIL_PARKED,
            Self::Sent => MAIL_SENT,
        }
    }

    fn to(self, lane: Self, at: Timestamp) -> Move {
        Move {
            from: self,
            to: lane,
            at,
        }
    }
}

impl Store {
    /// Waits until a letter is put through this store.
    pub fn letter_put(&self) -> Notified<'_> {
        self.letter_put.notified()
    }

    /// Wakes who waits for [`Store::letter_put`]: another process may have put one.
    pub fn wake_mailer(&self) {
        self.letter_put.notify_one();
    }

    /// The first letters of a lane, `limit` at the most. One that can't be read, as a later release
    /// may have put it, does not keep the others back: it is passed over, and the log says so.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn letters(&self, lane: MailLane, limit: usize) -> Result<Vec<Queued>, StoreError> {
        let page = self
            .client
            .query()
            .table_name(&self.tables.main)
            .index_name(QUEUE_INDEX)
            .key_condition_expression("#queue = :lane")
            .expression_attribute_names("#queue", QUEUE)
            .expression_attribute_values(":lane", text(lane.key()))
            .scan_index_forward(lane == MailLane::Waiting)
            .limit(i32::try_from(limit).unwrap_or(i32::MAX))
            .send()
            .await
            .map_err(unavailable("read the mail queue"))?;
        let read = |item| {
            queued(&Attributes::of(item))
                .inspect_err(|error| tracing::error!(cause = %error, "a letter can't be read"))
                .ok()
        };
        Ok(page.items.into_iter().flatten().filter_map(read).collect())
    }

    /// A letter, wherever it stands.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn letter(&self, id: &LetterId) -> Result<Option<(MailLane, Queued)>, StoreError> {
        let Some(item) = self.get(&keys::letter(id), "read a letter").await? else {
            return Ok(None);
        };
        let lane = match item.get(QUEUE)? {
            MAIL => MailLane::Waiting,
            MAIL_PARKED => MailLane::Parked,
            MAIL_SENT => MailLane::Sent,
            _ => return Err(StoreError::Illegible(QUEUE)),
        };
        Ok(Some((lane, queued(&item)?)))
    }

    /// Takes a letter in order to send it; it is due again at `until`, and what kept it the last
    /// time is forgotten, so that nothing but a try that ended leaves a problem. None where
    /// another sender took it, or it is no longer there.
    pub(crate) async fn take_letter(
        &self,
        seen: &Queued,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Option<Queued>, StoreError> {
        let set = [("tries", number(seen.tries + 1))];
        let first = [("tried_at", time(now))];
        let changes = Changes {
            set: &set,
            set_first: &first,
            remove: Some("problem"),
        };
        self.move_letter(
            seen,
            MailLane::Waiting.to(MailLane::Waiting, until),
            changes,
        )
        .await
    }

    /// A letter that was taken left at `now`. It is known for 30 days, and what is told but
    /// once for as long as the letter's author might be.
    pub(crate) async fn letter_sent(
        &self,
        taken: &Queued,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        const KNOWN_DAYS: i64 = 30;
        let known_until = now + (KNOWN_DAYS * 24).hours();
        let expires = u64::try_from(known_until.as_second()).unwrap_or_default();
        let set: &[_] = match taken.letter.event {
            Event::Cited => &[],
            _ => &[(EXPIRES, number(expires))],
        };
        self.move_letter(
            taken,
            MailLane::Waiting.to(MailLane::Sent, now),
            Changes::of(set),
        )
        .await?;
        Ok(())
    }

    /// A letter that was taken did not leave, and comes again at `again`.
    pub(crate) async fn letter_failed(
        &self,
        taken: &Queued,
        problem: MailProblem,
        again: Timestamp,
    ) -> Result<(), StoreError> {
        let set = [("problem", text(problem.key()))];
        let to = MailLane::Waiting.to(MailLane::Waiting, again);
        self.move_letter(taken, to, Changes::of(&set)).await?;
        Ok(())
    }

    /// A letter that was taken will not leave unless somebody says so.
    pub(crate) async fn letter_parked(
        &self,
        taken: &Queued,
        problem: MailProblem,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let set = [("problem", text(problem.key()))];
        let to = MailLane::Waiting.to(MailLane::Parked, now);
        self.move_letter(taken, to, Changes::of(&set)).await?;
        Ok(())
    }

    /// A letter that was put aside goes back into the queue, as if it were new. Answers whether
    /// it was aside.
    pub(crate) async fn send_again(
        &self,
        parked: &Queued,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let set = [("tries", number(0)), ("tried_at", time(now))];
        let to = MailLane::Parked.to(MailLane::Waiting, now);
        let moved = self.move_letter(parked, to, Changes::of(&set)).await?;
        self.letter_put.notify_one();
        Ok(moved.is_some())
    }

    /// A letter that was taken has nobody to go to, or nothing to say any more.
    pub(crate) async fn letter_gone(&self, taken: &Queued) -> Result<(), StoreError> {
        let deleted = self
            .client
            .delete_item()
            .table_name(&self.tables.main)
            .set_key(Some(key(&keys::letter(&taken.letter.id()))))
            .condition_expression("#place = :seen")
            .expression_attribute_names("#place", QUEUED_AT)
            .expression_attribute_values(":seen", text(&taken.place))
            .send()
            .await;
        unless_condition(deleted, "forget a letter").map(|_| ())
    }

    /// How many comments of an idea that were published between two times are published still.
    pub(crate) async fn comments_published(
        &self,
        idea: &ContributionId,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<u64, StoreError> {
        let partition = keys::idea_partition(idea);
        let comments = self
            .partition(&partition, COMMENTS, "read the comments of a day")
            .await?;
        let mut count = 0;
        for comment in comments {
            // One that is restored was told of on the day that it was first published.
            let held = moderated(&comment)?;
            let day_holds = |at| (from..until).contains(&at);
            if held.status == Status::Published && held.published_at.is_some_and(day_holds) {
                count += 1;
            }
        }
        Ok(count)
    }

    /// Moves a letter from where it was seen to a place in a lane, and changes its attributes.
    /// None where it is no longer where it was seen: a place says nothing of its lane, and is the
    /// same in two of them for what leaves in the very millisecond in which it is due.
    async fn move_letter(
        &self,
        seen: &Queued,
        Move { from, to, at }: Move,
        changes: Changes<'_>,
    ) -> Result<Option<Queued>, StoreError> {
        let id = seen.letter.id();
        let mut names = HashMap::from([
            ("#queue".to_owned(), QUEUE.to_owned()),
            ("#place".to_owned(), QUEUED_AT.to_owned()),
        ]);
        let mut values = HashMap::from([
            (":from".to_owned(), text(from.key())),
            (":lane".to_owned(), text(to.key())),
            (":place".to_owned(), text(&keys::mailed_at(at, &id))),
            (":seen".to_owned(), text(&seen.place)),
        ]);
        let mut assignments = vec!["#queue = :lane".to_owned(), "#place = :place".to_owned()];
        for (name, value) in changes.set {
            assignments.push(format!("#{name} = :{name}"));
            names.insert(format!("#{name}"), (*name).to_owned());
            values.insert(format!(":{name}"), value.clone());
        }
        for (name, value) in changes.set_first {
            assignments.push(format!("#{name} = if_not_exists(#{name}, :{name})"));
            names.insert(format!("#{name}"), (*name).to_owned());
            values.insert(format!(":{name}"), value.clone());
        }
        let mut update = format!("SET {}", assignments.join(", "));
        if let Some(name) = changes.remove {
            update.push_str(&format!(" REMOVE #{name}"));
            names.insert(format!("#{name}"), name.to_owned());
        }
        let moved = self
            .client
            .update_item()
            .table_name(&self.tables.main)
            .set_key(Some(key(&keys::letter(&id))))
            .update_expression(update)
            .condition_expression("#queue = :from AND #place = :seen")
            .set_expression_attribute_names(Some(names))
            .set_expression_attribute_values(Some(values))
            .return_values(ReturnValue::AllNew)
            .send()
            .await;
        unless_condition(moved, "move a letter")?
            .and_then(|answer| answer.attributes)
            .map(|item| queued(&Attributes::of(item)))
            .transpose()
    }
}

fn queued(item: &Attributes) -> Result<Queued, StoreError> {
    let event = Event::from_key(item.get("event")?, item.get_optional("detail"))
        .ok_or(StoreError::Illegible("event"))?;
    let letter = Letter {
        event,
        about: item.parse("about", ContributionRef::parse)?,
        to: Recipient::parse(item.get("recipient")?).ok_or(StoreError::Illegible("recipient"))?,
        due_at: item.get_time("due_at")?,
        occasion: item.get("occasion")?.to_owned(),
    };
    let place = item.get(QUEUED_AT)?.to_owned();
    let at = place
        .split_once('#')
        .and_then(|(milliseconds, _)| milliseconds.parse().ok())
        .and_then(|milliseconds| Timestamp::from_millisecond(milliseconds).ok())
        .ok_or(StoreError::Illegible(QUEUED_AT))?;
    Ok(Queued {
        letter,
        tries: item.get_number_or_zero("tries")?,
        tried_at: item.get_time_optional("tried_at")?,
        problem: item.get_optional("problem").and_then(MailProblem::from_key),
        at,
        place,
    })
}
