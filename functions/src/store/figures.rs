//! What the dashboard counts: where every contribution stands, without its text.

use domain::{Place, RejectionReason, Status};
use jiff::Timestamp;

use super::attributes::Attributes;
use super::contributions::IMPORTED;
use super::standing::place;
use super::{Store, StoreError};
use crate::keys::{self, Item, PARTITION, SORT};

/// Where a contribution stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Where it was sent.
    pub place: Place,
    /// Where it stands.
    pub status: Status,
    /// When it was received.
    pub received_at: Timestamp,
    /// When a moderator first decided of it. None for what was imported: nobody waited here for a
    /// decision.
    pub decided_at: Option<Timestamp>,
    /// Whether it was grouped with another, which is no refusal.
    pub grouped: bool,
}

impl Store {
    /// Where every contribution stands, in no order.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn standings(&self) -> Result<Vec<Standing>, StoreError> {
        let scan = self
            .client
            .scan()
            .table_name(&self.tables.main)
            .projection_expression(
                "#pk, #sk, #campaign, #space, #status, #reason, #received, #decided, #into, #imported",
            )
            .expression_attribute_names("#pk", PARTITION)
            .expression_attribute_names("#sk", SORT)
            .expression_attribute_names("#campaign", "campaign")
            .expression_attribute_names("#space", "space")
            .expression_attribute_names("#status", "status")
            .expression_attribute_names("#reason", "reason")
            .expression_attribute_names("#received", "received_at")
            .expression_attribute_names("#decided", "first_decided_at")
            .expression_attribute_names("#into", "merged_into")
            .expression_attribute_names("#imported", IMPORTED);
        let mut standings = Vec::new();
        self.scan(scan, "read where contributions stand", |items, _| {
            for item in items {
                let read = keys::read(item.get(PARTITION)?, item.get(SORT)?);
                if let Some(Item::Contribution(_)) = read {
                    standings.push(standing(&item)?);
                }
            }
            Ok(())
        })
        .await?;
        Ok(standings)
    }
}

fn standing(item: &Attributes) -> Result<Standing, StoreError> {
    let reason = item
        .get_optional("reason")
        .and_then(RejectionReason::from_key);
    Ok(Standing {
        place: place(item)?,
        status: Status::from_key(item.get("status")?, reason)
            .ok_or(StoreError::Illegible("status"))?,
        received_at: item.get_time("received_at")?,
        decided_at: if item.is_set(IMPORTED) {
            None
        } else {
            item.get_time_optional("first_decided_at")?
        },
        grouped: item.has("merged_into"),
    })
}
