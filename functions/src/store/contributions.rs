//! Contributions in the store: received once, and read.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Duration;

use aws_sdk_dynamodb::operation::scan::builders::ScanFluentBuilder;
use aws_sdk_dynamodb::types::{
    AttributeValue, Delete, KeysAndAttributes, Put, Select, TransactWriteItem,
};
use domain::{
    Contribution, ContributionId, ContributionRef, Email, Event, Flag, Letter, Moderated,
    OfficialResponse, Outcome, PublishedTestimonial, Recipient, Status,
};
use jiff::Timestamp;

use super::attributes::{Attributes, key, text};
use super::sessions::seconds;
use super::standing::{flags_text, in_lane, item_of, moderated};
use super::tables::EXPIRES;
use super::{Store, StoreError, unavailable, unbuilt};
use crate::Arrival;
use crate::keys::{self, Lane, PARTITION, SORT};

/// The attribute of a contribution that comes from elsewhere.
pub(super) const IMPORTED: &str = "imported";

/// What became of something sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Added {
    /// It is new, and durable.
    New,
    /// It was there already: the same form, sent twice.
    Already,
}

impl Store {
    /// Keeps a contribution that was sent, to be read by a moderator, with its receipt and, in
    /// a table of its own, its author's address and until when it is kept, and what was noticed of
    /// it. All of it is kept, or nothing. Where its author has to confirm the address first, it is
    /// in no list, and is forgotten where that does not come.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]: nothing is known to be kept, and it may be sent again.
    pub async fn add(
        &self,
        contribution: &Contribution,
        receipt_hash: &str,
        identity: Option<(&Email, Timestamp)>,
        flags: &BTreeSet<Flag>,
        arrival: Arrival,
    ) -> Result<Added, StoreError> {
        let reference = contribution.reference();
        let item = item_of(contribution).optional("flags", flags_text(flags).as_deref());
        let (item, event) = match arrival {
            Arrival::ToRead => {
                let item = item.text("status", Status::Waiting.key());
                let received_at = contribution.received_at();
                let item = in_lane(item, Lane::Waiting, received_at, &reference);
                (item, Event::Received)
            }
            Arrival::ToConfirm(until) => {
                let item = item
                    .text("status", Status::Unconfirmed.key())
                    .number(EXPIRES, seconds(until));
                (item, Event::Unconfirmed)
            }
        };
        let receipt = Attributes::at(&keys::receipt(receipt_hash))
            .text("contribution", &reference.to_string());
        let mut writes = vec![self.put_new(item)?, self.put(receipt)?];
        writes.extend(self.relist_testimonial(&Moderated::received(contribution.clone()))?);
        if let Some((email, kept_until)) = identity {
            writes.push(self.put_identity(
                &Recipient::Author(reference.clone()),
                email,
                kept_until,
            )?);
            let now = contribution.received_at();
            writes.push(self.put_letter(&Letter::to_author(event, reference, 1, now))?);
        }
        match self.transact("add a contribution", writes).await? {
            Ok(()) => Ok(Added::New),
            Err(_) => Ok(Added::Already),
        }
    }

    /// Keeps contributions that come from elsewhere, published or waiting; nobody gets a receipt.
    /// Who imports noted it before ([`super::Noted::of_import`]): one entry of the log is for all of them.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn import(
        &self,
        contribution: &Contribution,
        published_at: Option<Timestamp>,
    ) -> Result<Added, StoreError> {
        if let (Contribution::Testimonial(testimonial), Some(published_at)) =
            (contribution, published_at)
        {
            let published = PublishedTestimonial {
                testimonial: testimonial.clone(),
                published_at,
                same: 0,
                edited: false,
                answers: BTreeMap::new(),
                reply: None,
            };
            return self.import_testimonial(&published).await;
        }
        // Nobody who waited here: it counts in no delay.
        let item = item_of(contribution).flag(IMPORTED, true);
        let reference = contribution.reference();
        let mut writes = Vec::new();
        if let Some(published_at) = published_at {
            let item = item
                .text("status", Status::Published.key())
                .time("decided_at", published_at)
                .time("published_at", published_at);
            let lane = |item| in_lane(item, Lane::Unanswered, published_at, &reference);
            match contribution {
                Contribution::Idea(idea) => {
                    writes.push(self.put_new(lane(item))?);
                    writes.push(self.put_card(idea, published_at)?);
                }
                Contribution::Comment(_) | Contribution::Testimonial(_) => {
                    writes.push(self.put_new(item)?);
                }
            }
        } else {
            let item = item.text("status", Status::Waiting.key());
            let item = in_lane(item, Lane::Waiting, contribution.received_at(), &reference);
            writes.push(self.put_new(item)?);
            writes.extend(self.relist_testimonial(&Moderated::received(contribution.clone()))?);
        }
        match self.transact("import a contribution", writes).await? {
            Ok(()) => Ok(Added::New),
            Err(_) => Ok(Added::Already),
        }
    }

    /// Keeps what was said elsewhere of an idea that was imported. Kept again, nothing changes.
    /// The entry of the import is for it too.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn import_statements(
        &self,
        idea: &ContributionId,
        response: Option<OfficialResponse>,
        outcome: Option<Outcome>,
    ) -> Result<(), StoreError> {
        let reference = ContributionRef::Idea(idea.clone());
        let Some(held) = self.contribution(&reference).await? else {
            return Ok(());
        };
        let becomes = Moderated {
            response,
            outcome,
            ..held.clone()
        };
        if becomes != held {
            let becomes = becomes.noted();
            let write = self.rewrite(&held, &becomes, None)?;
            // Where somebody decided in between, that holds.
            let _ = self.transact("import an answer", vec![write]).await?;
        }
        Ok(())
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

    /// These contributions and where they stand, by what they are called; those that are not there
    /// are left out.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn contributions(
        &self,
        references: impl IntoIterator<Item = &ContributionRef>,
    ) -> Result<HashMap<ContributionRef, Moderated>, StoreError> {
        // What DynamoDB reads at once; no key twice.
        const AT_ONCE: usize = 100;
        const TRIES: u32 = 8;
        let asked: BTreeSet<&ContributionRef> = references.into_iter().collect();
        let asked: Vec<&ContributionRef> = asked.into_iter().collect();
        let mut found = HashMap::new();
        for chunk in asked.chunks(AT_ONCE) {
            let keys = chunk.iter().map(|it| key(&keys::contribution(it)));
            let wanted = KeysAndAttributes::builder()
                .set_keys(Some(keys.collect()))
                .consistent_read(true)
                .build()
                .map_err(unbuilt)?;
            let mut left = HashMap::from([(self.tables.main.clone(), wanted)]);
            let mut tries = 0;
            while !left.is_empty() {
                if tries == TRIES {
                    return Err(StoreError::Unavailable {
                        operation: "read contributions",
                        message: "the engine put some of them off every time".to_owned(),
                    });
                }
                if tries > 0 {
                    tokio::time::sleep(Duration::from_millis(20 << tries)).await;
                }
                tries += 1;
                let page = self
                    .client
                    .batch_get_item()
                    .set_request_items(Some(left))
                    .send()
                    .await
                    .map_err(unavailable("read contributions"))?;
                for item in page.responses.into_iter().flat_map(HashMap::into_values) {
                    for item in item {
                        let held = moderated(&Attributes::of(item))?;
                        found.insert(held.contribution.reference(), held);
                    }
                }
                left = page.unprocessed_keys.unwrap_or_default();
            }
        }
        Ok(found)
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

    /// Reads all that a scan finds, a page at a time: its items, and how many were looked at.
    pub(super) async fn scan(
        &self,
        scan: ScanFluentBuilder,
        operation: &'static str,
        mut page_of: impl FnMut(Vec<Attributes>, u64) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mut start = None;
        loop {
            let page = scan
                .clone()
                .set_exclusive_start_key(start)
                .send()
                .await
                .map_err(unavailable(operation))?;
            let looked_at = u64::try_from(page.scanned_count()).unwrap_or_default();
            let items = page.items.into_iter().flatten().map(Attributes::of);
            page_of(items.collect(), looked_at)?;
            start = page.last_evaluated_key;
            if start.is_none() {
                return Ok(());
            }
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

    pub(super) fn put_new(&self, item: Attributes) -> Result<TransactWriteItem, StoreError> {
        let put = Put::builder()
            .table_name(&self.tables.main)
            .set_item(Some(item.into_item()))
            .condition_expression(format!("attribute_not_exists({PARTITION})"))
            .build()
            .map_err(unbuilt)?;
        Ok(TransactWriteItem::builder().put(put).build())
    }

    pub(super) fn delete_write(&self, at: &keys::Key) -> Result<TransactWriteItem, StoreError> {
        let delete = Delete::builder()
            .table_name(&self.tables.main)
            .set_key(Some(key(at)))
            .build()
            .map_err(unbuilt)?;
        Ok(TransactWriteItem::builder().delete(delete).build())
    }

    /// How many items a partition has: counted afresh, consistently.
    pub(super) async fn count(
        &self,
        partition: &str,
        operation: &'static str,
    ) -> Result<u64, StoreError> {
        let mut count = 0;
        let mut start = None;
        loop {
            let page = self
                .client
                .query()
                .table_name(&self.tables.main)
                .select(Select::Count)
                .consistent_read(true)
                .key_condition_expression(format!("{PARTITION} = :partition"))
                .expression_attribute_values(":partition", text(partition))
                .set_exclusive_start_key(start)
                .send()
                .await
                .map_err(unavailable(operation))?;
            count += u64::try_from(page.count()).unwrap_or_default();
            start = page.last_evaluated_key;
            if start.is_none() {
                return Ok(count);
            }
        }
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
