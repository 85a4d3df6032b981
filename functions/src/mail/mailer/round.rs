//! One round of sending: several letters at once, until none is due.
//!
//! All take what is next from one list. Who finds nothing there while others still send looks again
//! at what comes meanwhile, so that a server that is slow about one letter keeps back no other.

use std::collections::{HashSet, VecDeque};
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use futures_util::future::{join, join_all};
use jiff::ToSpan;
use tokio::sync::Notify;

use super::{Mailer, TAKEN_FOR, Tried, Turn};
use crate::store::{MailLane, Queued, StoreError};

/// How many letters are read at once, for each that may be on its way: senders who meet at the first
/// go on to the others.
const READ_FOR_EACH: usize = 10;
/// How often the queue is looked at while nothing is due and letters are still on their way.
const LOOK: Duration = Duration::from_secs(1);
/// For how long the first letter goes alone: a server that is down mostly says so at once.
const ALONE: Duration = Duration::from_secs(2);

/// A round, and what its senders share.
pub(super) struct Round<'m, G> {
    mailer: &'m Mailer,
    goes_on: &'m G,
    at_once: usize,
    due: tokio::sync::Mutex<Due>,
    /// How many letters are on their way.
    under_way: AtomicUsize,
    /// One of them arrived, or did not.
    seen_to: Notify,
    /// How many have left.
    left: AtomicUsize,
    ended: Mutex<Option<Turn>>,
}

/// Letters that are due, the first first.
#[derive(Default)]
struct Due {
    letters: VecDeque<Queued>,
    /// Where letters stood that this round knows of: the index may still show them there.
    known: HashSet<String>,
}

impl<'m, G: Fn() -> bool + Sync> Round<'m, G> {
    pub(super) fn new(mailer: &'m Mailer, goes_on: &'m G) -> Self {
        Self {
            mailer,
            goes_on,
            at_once: mailer.app.mail.at_once(),
            due: tokio::sync::Mutex::default(),
            under_way: AtomicUsize::new(0),
            seen_to: Notify::new(),
            left: AtomicUsize::new(0),
            ended: Mutex::new(None),
        }
    }

    /// Sends one letter, then several at once.
    pub(super) async fn send(self) -> Result<Turn, StoreError> {
        let mut first = pin!(self.send_one());
        let alone = tokio::time::timeout(ALONE, &mut first).await;
        let first = async {
            match alone {
                Ok(sent) => sent,
                Err(_) => first.await,
            }
        };
        let senders = (0..self.at_once).map(|_| async {
            while self.send_one().await? {}
            Ok::<_, StoreError>(())
        });
        let (first, others) = join(first, join_all(senders)).await;
        first?;
        others.into_iter().collect::<Result<(), _>>()?;
        Ok(self.ended().unwrap_or(Turn::Stopped))
    }

    /// Sees to the next letter. Answers whether there may be more.
    async fn send_one(&self) -> Result<bool, StoreError> {
        let sent = self.take_and_send().await;
        if sent.is_err() {
            self.end(Turn::Stopped);
        }
        sent
    }

    async fn take_and_send(&self) -> Result<bool, StoreError> {
        let Some(due) = self.next().await? else {
            return Ok(false);
        };
        let _under_way = UnderWay(self);
        let now = self.mailer.app.now();
        let store = &self.mailer.app.store;
        // Another sender may have been there before.
        let Some(taken) = store.take_letter(&due, now, now + TAKEN_FOR).await? else {
            return Ok(true);
        };
        let left_before = self.left.load(Ordering::Relaxed);
        match self.mailer.send(&taken).await {
            Ok(Tried::Left) => {
                self.left.fetch_add(1, Ordering::Relaxed);
            }
            Ok(Tried::Stayed) => {}
            // Of a server that took others meanwhile, it says nothing but of this letter.
            Ok(Tried::AllWait(_)) if self.left.load(Ordering::Relaxed) > left_before => {}
            Ok(Tried::AllWait(until)) => self.end(Turn::Wait(until)),
            Err(error @ StoreError::Unavailable { .. }) => return Err(error),
            Err(error @ StoreError::Illegible(_)) => {
                tracing::error!(cause = %error, "what a letter tells can't be read");
            }
        }
        Ok(true)
    }

    /// The next letter that is due; none where the round has ended.
    async fn next(&self) -> Result<Option<Queued>, StoreError> {
        let mut due = self.due.lock().await;
        loop {
            if self.ended().is_some() || !(self.goes_on)() {
                return Ok(None);
            }
            if let Some(next) = due.letters.pop_front() {
                self.under_way.fetch_add(1, Ordering::Relaxed);
                return Ok(Some(next));
            }
            // Known before the queue is read: what was put by who ended since is in it.
            let last = self.under_way.load(Ordering::Relaxed) == 0;
            let turn = self.read(&mut due).await?;
            if !due.letters.is_empty() {
                continue;
            }
            if last {
                self.end(turn);
                return Ok(None);
            }
            tokio::select! {
                () = self.mailer.app.store.letter_put() => {}
                () = self.seen_to.notified() => {}
                () = tokio::time::sleep(LOOK) => {}
            }
        }
    }

    /// Reads what is due and not known yet, and says what is next where there is none.
    async fn read(&self, due: &mut Due) -> Result<Turn, StoreError> {
        let now = self.mailer.app.now();
        let limit = READ_FOR_EACH * self.at_once;
        let store = &self.mailer.app.store;
        let shown = store.letters(MailLane::Waiting, limit).await?;
        let first = shown.first().map(|first| first.at);
        let known = std::mem::take(&mut due.known);
        for letter in shown.into_iter().filter(|letter| letter.at <= now) {
            let place = letter.place().to_owned();
            if !known.contains(&place) {
                due.letters.push_back(letter);
            }
            due.known.insert(place);
        }
        Ok(match first {
            Some(first) if first <= now => Turn::Wait(now + 1.second()),
            next => Turn::Idle(next),
        })
    }

    fn ended(&self) -> Option<Turn> {
        *self.ended.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn end(&self, turn: Turn) {
        *self.ended.lock().unwrap_or_else(PoisonError::into_inner) = Some(turn);
    }
}

/// A letter that is on its way, until it is seen to.
struct UnderWay<'r, 'm, G>(&'r Round<'m, G>);

impl<G> Drop for UnderWay<'_, '_, G> {
    fn drop(&mut self) {
        self.0.under_way.fetch_sub(1, Ordering::Relaxed);
        self.0.seen_to.notify_one();
    }
}
