//! Letters in the store: put in the transaction of what they tell, sent once.
//!
//! A letter is one item for as long as it is known. Put again, it is left as it stands, without
//! a condition that could fail the transaction it is in; this is why a letter that was sent stays
//! for a while, in a lane of its own.

use aws_sdk_dynamodb::types::{Delete, TransactWriteItem, Update};
use domain::{Event, Letter, LetterId, Slug};
use jiff::Timestamp;

use super::attributes::{Attributes, key, text, time};
use super::{Store, StoreError, unbuilt};
use crate::keys::{self, LETTERS, MAIL, PARTITION, QUEUE, QUEUED_AT};

impl Store {
    /// Puts letters that tell of no change of the store: 100 at the most, as many as DynamoDB
    /// writes at once.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn tell(&self, letters: &[Letter]) -> Result<(), StoreError> {
        let puts: Result<Vec<_>, _> = letters.iter().map(|it| self.put_letter(it)).collect();
        // They have no condition that could fail.
        let _ = self.transact("put letters", puts?).await?;
        Ok(())
    }

    /// Whether everybody who contributed was told of something that came out of a campaign.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) async fn is_told(&self, event: Event, occasion: &Slug) -> Result<bool, StoreError> {
        let told = keys::told(event, occasion);
        let item = self.get(&told, "read what was told").await?;
        Ok(item.is_some())
    }

    /// Keeps that everybody was told of it: who contributed with several texts has one letter,
    /// about one of them, and must have no second one once that text is taken back.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub(crate) async fn all_told(
        &self,
        event: Event,
        occasion: &Slug,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let item = Attributes::at(&keys::told(event, occasion)).time("told_at", now);
        self.put_item(item, "keep what was told").await
    }

    /// Puts a letter in the queue, for the transaction of what it tells. One that is there, or
    /// was sent, is left as it is.
    pub(super) fn put_letter(&self, letter: &Letter) -> Result<TransactWriteItem, StoreError> {
        let id = letter.id();
        let mut attributes = vec![
            (QUEUE, text(MAIL)),
            (QUEUED_AT, text(&keys::mailed_at(letter.due_at, &id))),
            ("letter", text(&id.to_string())),
            ("event", text(letter.event.key())),
            ("about", text(&letter.about.to_string())),
            ("recipient", text(&letter.to.to_string())),
            ("occasion", text(&letter.occasion)),
            ("due_at", time(letter.due_at)),
        ];
        if let Some(detail) = letter.event.detail() {
            attributes.push(("detail", text(detail)));
        }
        let mut update = Update::builder()
            .table_name(&self.tables.main)
            .set_key(Some(key(&keys::letter(&id))));
        let mut set = Vec::new();
        for (name, value) in attributes {
            set.push(format!("#{name} = if_not_exists(#{name}, :{name})"));
            update = update
                .expression_attribute_names(format!("#{name}"), name)
                .expression_attribute_values(format!(":{name}"), value);
        }
        let update = update
            .update_expression(format!("SET {}", set.join(", ")))
            .build()
            .map_err(unbuilt)?;
        Ok(TransactWriteItem::builder().update(update).build())
    }

    /// Takes a letter back, for the transaction that undoes what it tells. One that left is
    /// forgotten, so that it may be put again.
    ///
    /// Never of [`Letter::of_comments`], which tells of other comments too, and counts them
    /// when it leaves.
    pub(super) fn drop_letter(&self, id: &LetterId) -> Result<TransactWriteItem, StoreError> {
        let delete = Delete::builder()
            .table_name(&self.tables.main)
            .set_key(Some(key(&keys::letter(id))))
            .build()
            .map_err(unbuilt)?;
        Ok(TransactWriteItem::builder().delete(delete).build())
    }
}

/// Whether a transaction puts a letter.
pub(super) fn puts_letter(writes: &[TransactWriteItem]) -> bool {
    writes.iter().any(|write| {
        write
            .update()
            .and_then(|update| update.key().get(PARTITION)?.as_s().ok())
            .is_some_and(|partition| partition.starts_with(LETTERS))
    })
}
