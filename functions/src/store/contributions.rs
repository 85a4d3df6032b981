//! Contributions in the store: received once, read, decided once.

use std::collections::{BTreeSet, HashMap};

use aws_sdk_dynamodb::types::{AttributeValue, Put, Select, TransactWriteItem, Update};
use domain::{
    Body, Comment, Contribution, ContributionId, ContributionRef, Decision, Email, Flag, Idea,
    IdeaKind, Moderated, Name, RejectionReason, Slug, Status, Title, decide,
};
use jiff::Timestamp;

use super::attributes::{Attributes, key, text, time};
use super::{CancelReason, Store, StoreError, unavailable, unbuilt};
use crate::keys::{self, PARTITION, QUEUE, QUEUE_INDEX, QUEUED_AT, SORT, WAITING};

/// What became of something sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Added {
    /// It is new, and durable.
    New,
    /// It was there already: the same form, sent twice.
    Already,
}

/// What became of a decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decided {
    /// It holds.
    Done,
    /// Somebody decided before, and that holds.
    Already(Status),
    /// There is no such contribution.
    Missing,
}

/// What waits for a moderator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Queue {
    /// How many contributions wait.
    pub count: u64,
    /// The oldest of them, oldest first.
    pub oldest: Vec<Moderated>,
}

impl Store {
    /// Keeps a contribution that was sent, to be read by a moderator, with its receipt and, in
    /// a table of its own, its author's address and until when it is kept, and what was noticed of
    /// it. All of it is kept, or nothing.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]: nothing is known to be kept, and it may be sent again.
    pub async fn add(
        &self,
        contribution: &Contribution,
        receipt_hash: &str,
        identity: Option<(&Email, Timestamp)>,
        flags: &BTreeSet<Flag>,
    ) -> Result<Added, StoreError> {
        let reference = contribution.reference();
        let queued_at = keys::queued_at(contribution.received_at().as_millisecond(), &reference);
        let item = item_of(contribution)
            .text("status", Status::Waiting.key())
            .text(QUEUE, WAITING)
            .text(QUEUED_AT, &queued_at)
            .optional("flags", flags_text(flags).as_deref());
        let receipt = Attributes::at(&keys::receipt(receipt_hash))
            .text("contribution", &reference.to_string());
        let mut writes = vec![self.put_new(item)?, self.put(receipt)?];
        if let Some((email, kept_until)) = identity {
            writes.push(self.put_identity(&reference, email, kept_until)?);
        }
        match self.transact("add a contribution", writes).await? {
            Ok(()) => Ok(Added::New),
            Err(_) => Ok(Added::Already),
        }
    }

    /// Keeps contributions that come from elsewhere, published or waiting; nobody gets a receipt.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn import(
        &self,
        contribution: &Contribution,
        published_at: Option<Timestamp>,
    ) -> Result<Added, StoreError> {
        let item = item_of(contribution);
        let reference = contribution.reference();
        let mut writes = Vec::new();
        if let Some(published_at) = published_at {
            let item = item
                .text("status", Status::Published.key())
                .time("decided_at", published_at);
            writes.push(self.put_new(item)?);
            if let Contribution::Idea(idea) = contribution {
                writes.push(self.put_card(idea, published_at)?);
            }
        } else {
            let at = contribution.received_at().as_millisecond();
            let item = item
                .text("status", Status::Waiting.key())
                .text(QUEUE, WAITING)
                .text(QUEUED_AT, &keys::queued_at(at, &reference));
            writes.push(self.put_new(item)?);
        }
        match self.transact("import a contribution", writes).await? {
            Ok(()) => Ok(Added::New),
            Err(_) => Ok(Added::Already),
        }
    }

    /// A contribution and where it stands.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn contribution(
        &self,
        reference: &ContributionRef,
    ) -> Result<Option<Moderated>, StoreError> {
        let item = self
            .get(&keys::contribution(reference), "read a contribution")
            .await?;
        item.map(|item| moderated(&item)).transpose()
    }

    /// Which contribution a receipt is of.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn receipt(&self, token_hash: &str) -> Result<Option<ContributionRef>, StoreError> {
        let item = self
            .get(&keys::receipt(token_hash), "read a receipt")
            .await?;
        item.map(|item| item.parse("contribution", ContributionRef::parse))
            .transpose()
    }

    /// The queue, with the `limit` oldest of what waits.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn queue(&self, limit: usize) -> Result<Queue, StoreError> {
        let mut oldest = Vec::new();
        let mut count = 0;
        let mut start = None;
        loop {
            let wanted = limit.saturating_sub(oldest.len());
            let mut query = self
                .client
                .query()
                .table_name(&self.tables.main)
                .index_name(QUEUE_INDEX)
                .key_condition_expression("#queue = :waiting")
                .expression_attribute_names("#queue", QUEUE)
                .expression_attribute_values(":waiting", text(WAITING))
                .set_exclusive_start_key(start);
            query = if wanted == 0 {
                query.select(Select::Count)
            } else {
                query.limit(i32::try_from(wanted).unwrap_or(i32::MAX))
            };
            let page = query.send().await.map_err(unavailable("read the queue"))?;
            count += u64::try_from(page.count()).unwrap_or_default();
            for item in page.items.into_iter().flatten() {
                oldest.push(moderated(&Attributes::of(item))?);
            }
            start = page.last_evaluated_key;
            if start.is_none() {
                return Ok(Queue { count, oldest });
            }
        }
    }

    /// Decides of a contribution that waits. Published, it goes on its campaign's list.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn decide(
        &self,
        reference: &ContributionRef,
        decision: Decision,
        message: Option<&Body>,
        moderator: &str,
        now: Timestamp,
    ) -> Result<Decided, StoreError> {
        let Some(held) = self.contribution(reference).await? else {
            return Ok(Decided::Missing);
        };
        let status = match decide(held.status, decision) {
            Ok(status) => status,
            Err(illegal) => return Ok(Decided::Already(illegal.status)),
        };
        let mut set = vec!["#status = :status", "decided_at = :now", "decided_by = :by"];
        let mut values = HashMap::from([
            (":waiting".to_owned(), text(Status::Waiting.key())),
            (":status".to_owned(), text(status.key())),
            (":now".to_owned(), time(now)),
            (":by".to_owned(), text(moderator)),
        ]);
        if let Status::Refused(reason) = status {
            set.push("reason = :reason");
            values.insert(":reason".to_owned(), text(reason.key()));
        }
        if let Some(message) = message {
            set.push("message = :message");
            values.insert(":message".to_owned(), text(message.as_str()));
        }
        let update = Update::builder()
            .table_name(&self.tables.main)
            .set_key(Some(key(&keys::contribution(reference))))
            .update_expression(format!(
                "SET {} REMOVE {QUEUE}, {QUEUED_AT}",
                set.join(", ")
            ))
            .condition_expression("#status = :waiting")
            .expression_attribute_names("#status", "status")
            .set_expression_attribute_values(Some(values))
            .build()
            .map_err(unbuilt)?;
        let mut writes = vec![TransactWriteItem::builder().update(update).build()];
        if let (Status::Published, Contribution::Idea(idea)) = (status, &held.contribution) {
            writes.push(self.put_card(idea, now)?);
        }
        match self.transact("decide", writes).await? {
            Ok(()) => Ok(Decided::Done),
            Err(reasons) if reasons.first() == Some(&CancelReason::Condition) => {
                let now_held = self.contribution(reference).await?;
                Ok(now_held.map_or(Decided::Missing, |held| Decided::Already(held.status)))
            }
            Err(_) => Err(StoreError::Unavailable {
                operation: "decide",
                message: "the transaction was cancelled".to_owned(),
            }),
        }
    }

    pub(super) async fn get(
        &self,
        at: &keys::Key,
        operation: &'static str,
    ) -> Result<Option<Attributes>, StoreError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.tables.main)
            .set_key(Some(key(at)))
            .consistent_read(true)
            .send()
            .await
            .map_err(unavailable(operation))?;
        Ok(answer.item.map(Attributes::of))
    }

    pub(super) fn put(&self, item: Attributes) -> Result<TransactWriteItem, StoreError> {
        let put = Put::builder()
            .table_name(&self.tables.main)
            .set_item(Some(item.into_item()))
            .build()
            .map_err(unbuilt)?;
        Ok(TransactWriteItem::builder().put(put).build())
    }

    fn put_new(&self, item: Attributes) -> Result<TransactWriteItem, StoreError> {
        let put = Put::builder()
            .table_name(&self.tables.main)
            .set_item(Some(item.into_item()))
            .condition_expression(format!("attribute_not_exists({PARTITION})"))
            .build()
            .map_err(unbuilt)?;
        Ok(TransactWriteItem::builder().put(put).build())
    }

    /// Every item of a partition whose sort key begins with `prefix`, read consistently.
    pub(super) async fn partition(
        &self,
        partition: &str,
        prefix: &str,
        operation: &'static str,
    ) -> Result<Vec<Attributes>, StoreError> {
        let mut items = Vec::new();
        let mut start: Option<HashMap<String, AttributeValue>> = None;
        loop {
            let mut query = self
                .client
                .query()
                .table_name(&self.tables.main)
                .consistent_read(true)
                .expression_attribute_values(":partition", text(partition))
                .set_exclusive_start_key(start);
            query = if prefix.is_empty() {
                query.key_condition_expression(format!("{PARTITION} = :partition"))
            } else {
                query
                    .key_condition_expression(format!(
                        "{PARTITION} = :partition AND begins_with({SORT}, :prefix)"
                    ))
                    .expression_attribute_values(":prefix", text(prefix))
            };
            let page = query.send().await.map_err(unavailable(operation))?;
            items.extend(page.items.into_iter().flatten().map(Attributes::of));
            start = page.last_evaluated_key;
            if start.is_none() {
                return Ok(items);
            }
        }
    }
}

fn item_of(contribution: &Contribution) -> Attributes {
    let item = Attributes::at(&keys::contribution(&contribution.reference()))
        .text("campaign", contribution.campaign().as_str())
        .text("body", contribution.body().as_str())
        .time("received_at", contribution.received_at());
    match contribution {
        Contribution::Idea(idea) => item
            .text("id", idea.id.as_str())
            .text("kind", idea.kind.key())
            .optional("category", idea.category.as_deref())
            .optional("question", idea.question.as_deref())
            .text("title", idea.title.as_str())
            .number("carried_likes", idea.carried_likes),
        Contribution::Comment(comment) => item
            .text("id", comment.id.as_str())
            .text("idea", comment.idea.as_str())
            .optional("name", comment.name.as_ref().map(Name::as_str)),
    }
}

pub(super) fn moderated(item: &Attributes) -> Result<Moderated, StoreError> {
    let contribution = if item.has("idea") {
        Contribution::Comment(comment(item)?)
    } else {
        Contribution::Idea(idea(item)?)
    };
    let status = match item.get("status")? {
        "waiting" => Status::Waiting,
        "published" => Status::Published,
        "refused" => Status::Refused(
            RejectionReason::from_key(item.get("reason")?)
                .ok_or(StoreError::Illegible("reason"))?,
        ),
        _ => return Err(StoreError::Illegible("status")),
    };
    let decided_at = item
        .has("decided_at")
        .then(|| item.get_time("decided_at"))
        .transpose()?;
    Ok(Moderated {
        contribution,
        status,
        decided_at,
        message: item.parse_optional("message", |raw| Body::parse(raw, Body::MAX))?,
        flags: flags(item),
    })
}

/// Flags as one text: their keys, apart by commas; none where there is none.
fn flags_text(flags: &BTreeSet<Flag>) -> Option<String> {
    let keys: Vec<&str> = flags.iter().map(|flag| flag.key()).collect();
    (!keys.is_empty()).then(|| keys.join(","))
}

fn flags(item: &Attributes) -> BTreeSet<Flag> {
    let keys = item.get_optional("flags").unwrap_or_default();
    keys.split(',').filter_map(Flag::from_key).collect()
}

fn idea(item: &Attributes) -> Result<Idea, StoreError> {
    Ok(Idea {
        id: item.parse("id", ContributionId::parse)?,
        campaign: item.parse("campaign", Slug::parse)?,
        kind: IdeaKind::from_key(item.get("kind")?).ok_or(StoreError::Illegible("kind"))?,
        category: item.get_optional("category").map(str::to_owned),
        question: item.get_optional("question").map(str::to_owned),
        title: item.parse("title", |raw| Title::parse(raw, Title::MAX))?,
        body: item.parse("body", |raw| Body::parse(raw, Body::MAX))?,
        received_at: item.get_time("received_at")?,
        carried_likes: item.get_number("carried_likes")?,
    })
}

fn comment(item: &Attributes) -> Result<Comment, StoreError> {
    Ok(Comment {
        id: item.parse("id", ContributionId::parse)?,
        campaign: item.parse("campaign", Slug::parse)?,
        idea: item.parse("idea", ContributionId::parse)?,
        name: item.parse_optional("name", Name::parse)?,
        body: item.parse("body", |raw| Body::parse(raw, Body::MAX))?,
        received_at: item.get_time("received_at")?,
    })
}
