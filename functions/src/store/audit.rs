//! The audit log: who decided what, when, before and after; appended to, never changed, each
//! entry sealed with the hash of the one before.
//!
//! An entry holds no text and no address: of a text it has the SHA-256 at most, so that what an
//! author had erased is nowhere.

mod noted;

use aws_sdk_dynamodb::types::{Put, TransactWriteItem};
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::attributes::{Attributes, text};
use super::{CancelReason, Store, StoreError, unavailable, unbuilt};
use crate::keys::{self, PARTITION, QUEUE, QUEUE_INDEX, QUEUED_AT, SORT};

pub use noted::Noted;

/// Who decides, in the log, where a command of this machine does.
pub const COMMAND: &str = "(command)";

/// An entry of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its number, from 1.
    pub sequence: u64,
    /// When.
    pub at: Timestamp,
    /// Who: a moderator's login, [`super::AUTHOR`], or [`COMMAND`].
    pub by: String,
    /// What was done.
    pub action: String,
    /// About what.
    pub about: String,
    /// How it was before.
    pub before: String,
    /// How it is after.
    pub after: String,
    /// The seal of the entry before; empty for the first.
    pub previous: String,
    /// Its own seal: SHA-256 of all of the above, in hexadecimal digits.
    pub seal: String,
}

/// What is wrong with the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Broken {
    /// An entry is missing before this one.
    Missing(u64),
    /// This entry does not follow the one before.
    Chain(u64),
    /// This entry is not what was sealed.
    Changed(u64),
    /// The last entries are missing: the log should end with this one.
    Cut(u64),
    /// This entry is after the one with which the log ends.
    Beyond(u64),
    /// Nothing says any more that the log ends with this entry.
    Endless(u64),
    /// All entries are missing: there are moderators, and each was added with an entry.
    Emptied,
}

/// What a check of the log found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// How many entries were checked.
    pub entries: u64,
    /// The seal of the last one.
    pub seal: String,
    /// What is wrong, in order.
    pub broken: Vec<Broken>,
}

/// Where the log ends.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct End {
    sequence: u64,
    seal: String,
}

impl Entry {
    fn after(end: &End, noted: &Noted) -> Self {
        let mut entry = Self {
            sequence: end.sequence + 1,
            at: noted.at,
            by: noted.by.clone(),
            action: noted.action.to_owned(),
            about: noted.about.clone(),
            before: noted.before.clone(),
            after: noted.after.clone(),
            previous: end.seal.clone(),
            seal: String::new(),
        };
        entry.seal = entry.sealed();
        entry
    }

    /// The seal that this entry must have. Each part goes in with its length, so that no two
    /// entries are sealed alike.
    fn sealed(&self) -> String {
        let mut digest = Sha256::new();
        for part in [
            self.sequence.to_string().as_str(),
            self.at.as_millisecond().to_string().as_str(),
            &self.by,
            &self.action,
            &self.about,
            &self.before,
            &self.after,
            &self.previous,
        ] {
            digest.update((part.len() as u64).to_be_bytes());
            digest.update(part.as_bytes());
        }
        crate::secret::hex(&digest.finalize())
    }

    fn item(&self) -> Attributes {
        Attributes::at(&keys::audit_entry(self.sequence))
            .time("at", self.at)
            .text("by", &self.by)
            .text("action", &self.action)
            .text("about", &self.about)
            .text("before", &self.before)
            .text("after", &self.after)
            .text("previous", &self.previous)
            .text("seal", &self.seal)
            .text(QUEUE, &keys::audited(&self.about))
            .text(QUEUED_AT, &keys::audit_number(self.sequence))
    }

    fn of(item: &Attributes) -> Result<Self, StoreError> {
        Ok(Self {
            sequence: item
                .get(SORT)?
                .parse()
                .map_err(|_| StoreError::Illegible("sk"))?,
            at: item.get_time("at")?,
            by: item.get("by")?.to_owned(),
            action: item.get("action")?.to_owned(),
            about: item.get("about")?.to_owned(),
            before: item.get("before")?.to_owned(),
            after: item.get("after")?.to_owned(),
            previous: item.get("previous")?.to_owned(),
            seal: item.get("seal")?.to_owned(),
        })
    }
}

impl Store {
    /// Runs a transaction together with its entry in the audit log: both are kept, or neither.
    /// The outcome is the reasons of its cancellation, of `writes` alone.
    pub(super) async fn audited(
        &self,
        operation: &'static str,
        noted: &Noted,
        writes: Vec<TransactWriteItem>,
    ) -> Result<Result<(), Vec<CancelReason>>, StoreError> {
        // Another process may append at the same time: the end is then read again.
        const TRIES: u32 = 40;
        let _turn = self.audit_turn.lock().await;
        for _ in 0..TRIES {
            let end = self.audit_end().await?;
            let entry = Entry::after(&end, noted);
            let mut all = writes.clone();
            all.push(self.put_new(entry.item())?);
            all.push(self.put_end(&end, &entry)?);
            match self.transact(operation, all).await? {
                Ok(()) => return Ok(Ok(())),
                Err(reasons) => {
                    let of_writes = &reasons[..writes.len().min(reasons.len())];
                    if of_writes.contains(&CancelReason::Condition) {
                        return Ok(Err(of_writes.to_vec()));
                    }
                }
            }
        }
        Err(StoreError::Unavailable {
            operation,
            message: "the audit log was appended to by others all the time".to_owned(),
        })
    }

    /// Notes in the log what changes nothing else.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn note(&self, noted: &Noted) -> Result<(), StoreError> {
        match self
            .audited("note in the audit log", noted, Vec::new())
            .await?
        {
            Ok(()) => Ok(()),
            Err(_) => unreachable!("nothing is written on a condition"),
        }
    }

    /// What the log says about one thing, oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn history(&self, about: &str) -> Result<Vec<Entry>, StoreError> {
        let mut entries = Vec::new();
        let mut start = None;
        loop {
            let page = self
                .client
                .query()
                .table_name(&self.tables.main)
                .index_name(QUEUE_INDEX)
                .key_condition_expression("#queue = :about")
                .expression_attribute_names("#queue", QUEUE)
                .expression_attribute_values(":about", text(&keys::audited(about)))
                .set_exclusive_start_key(start)
                .send()
                .await
                .map_err(unavailable("read the history"))?;
            for item in page.items.into_iter().flatten() {
                entries.push(Entry::of(&Attributes::of(item))?);
            }
            start = page.last_evaluated_key;
            if start.is_none() {
                return Ok(entries);
            }
        }
    }

    /// The last entries of the log, latest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn audit_last(&self, limit: i32) -> Result<Vec<Entry>, StoreError> {
        let page = self
            .client
            .query()
            .table_name(&self.tables.main)
            .key_condition_expression(format!("{PARTITION} = :log"))
            .expression_attribute_values(":log", text(keys::AUDIT))
            .scan_index_forward(false)
            .limit(limit)
            .send()
            .await
            .map_err(unavailable("read the end of the audit log"))?;
        let items = page.items.into_iter().flatten();
        items.map(|item| Entry::of(&Attributes::of(item))).collect()
    }

    /// The whole log, oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn audit_log(&self) -> Result<Vec<Entry>, StoreError> {
        self.partition(keys::AUDIT, "", "read the audit log")
            .await?
            .iter()
            .map(Entry::of)
            .collect()
    }

    /// Checks the log: no number is missing, each entry is what was sealed and follows the one
    /// before, and the last one is where the log ends.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn verify_audit(&self) -> Result<Verified, StoreError> {
        let mut log = self.audit_log().await?;
        // Where it ends is written with each entry: read after the log, it is not before the
        // last entry that was read.
        let end = self.audit_end().await?;
        if end.sequence > log.last().map_or(0, |entry| entry.sequence) {
            // Entries came in between; those that came after that are for the next check.
            log = self.audit_log().await?;
            log.retain(|entry| entry.sequence <= end.sequence);
        }
        let mut broken = Vec::new();
        let mut last = End::default();
        for entry in &log {
            if entry.sequence != last.sequence + 1 {
                broken.push(Broken::Missing(entry.sequence));
            } else if entry.previous != last.seal {
                broken.push(Broken::Chain(entry.sequence));
            }
            if entry.seal != entry.sealed() {
                broken.push(Broken::Changed(entry.sequence));
            }
            last = End {
                sequence: entry.sequence,
                seal: entry.seal.clone(),
            };
        }
        let at_end = log.iter().find(|entry| entry.sequence == end.sequence);
        match log.last() {
            None if end.sequence == 0 => broken.extend(self.emptied().await?),
            Some(last) if end.sequence == 0 => broken.push(Broken::Endless(last.sequence)),
            _ if at_end.is_none_or(|entry| entry.seal != end.seal) => {
                broken.push(Broken::Cut(end.sequence));
            }
            _ => {}
        }
        if end.sequence > 0 {
            let numbers = log.iter().map(|entry| entry.sequence);
            let beyond = numbers.filter(|sequence| *sequence > end.sequence);
            broken.extend(beyond.map(Broken::Beyond));
        }
        Ok(Verified {
            entries: log.len() as u64,
            seal: last.seal,
            broken,
        })
    }

    /// Whether a log without entries had some: the first moderator was added with one, which may
    /// have come since the log was read.
    async fn emptied(&self) -> Result<Option<Broken>, StoreError> {
        let had_some = !self.moderators().await?.is_empty();
        Ok((had_some && self.audit_end().await?.sequence == 0).then_some(Broken::Emptied))
    }

    async fn audit_end(&self) -> Result<End, StoreError> {
        let item = self
            .get(&keys::audit_end(), "read where the audit log ends")
            .await?;
        let Some(item) = item else {
            return Ok(End::default());
        };
        Ok(End {
            sequence: item.get_number("sequence")?,
            seal: item.get("seal")?.to_owned(),
        })
    }

    fn put_end(&self, end: &End, entry: &Entry) -> Result<TransactWriteItem, StoreError> {
        let item = Attributes::at(&keys::audit_end())
            .number("sequence", entry.sequence)
            .text("seal", &entry.seal);
        let put = Put::builder()
            .table_name(&self.tables.main)
            .set_item(Some(item.into_item()));
        let put = if end.sequence == 0 {
            put.condition_expression(format!("attribute_not_exists({PARTITION})"))
        } else {
            put.condition_expression("seal = :seal")
                .expression_attribute_values(":seal", text(&end.seal))
        };
        let put = put.build().map_err(unbuilt)?;
        Ok(TransactWriteItem::builder().put(put).build())
    }
}
