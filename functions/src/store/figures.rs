//! What the dashboard counts: where every contribution stands, without its text.

use domain::{RejectionReason, Slug, Status};
use jiff::Timestamp;

use super::attributes::Attributes;
use super::{Store, StoreError, unavailable};
use crate::keys::{self, Item, PARTITION, SORT};

/// Where a contribution stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Its campaign.
    pub campaign: Slug,
    /// Where it stands.
    pub status: Status,
    /// When it was received.
    pub received_at: Timestamp,
    /// When it was first decided of: published, or refused.
    pub decided_at: Option<Timestamp>,
    /// Whether it was imported, so that nobody waited for a decision.
    pub imported: bool,
}

impl Store {
    /// Where every contribution stands, in no order.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn standings(&self) -> Result<Vec<Standing>, StoreError> {
        let mut standings = Vec::new();
        let mut start = None;
        loop {
            let page = self
                .client
                .scan()
                .table_name(&self.tables.main)
                .projection_expression(
                    "#pk, #sk, #campaign, #status, #reason, #received, #published, #decided, #by",
                )
                .expression_attribute_names("#pk", PARTITION)
                .expression_attribute_names("#sk", SORT)
                .expression_attribute_names("#campaign", "campaign")
                .expression_attribute_names("#status", "status")
                .expression_attribute_names("#reason", "reason")
                .expression_attribute_names("#received", "received_at")
                .expression_attribute_names("#published", "published_at")
                .expression_attribute_names("#decided", "decided_at")
                .expression_attribute_names("#by", "decided_by")
                .set_exclusive_start_key(start)
                .send()
                .await
                .map_err(unavailable("read where contributions stand"))?;
            for item in page.items.into_iter().flatten().map(Attributes::of) {
                let read = keys::read(item.get(PARTITION)?, item.get(SORT)?);
                if let Some(Item::Contribution(_)) = read {
                    standings.push(standing(&item)?);
                }
            }
            start = page.last_evaluated_key;
            if start.is_none() {
                return Ok(standings);
            }
        }
    }
}

fn standing(item: &Attributes) -> Result<Standing, StoreError> {
    let reason = item
        .get_optional("reason")
        .and_then(RejectionReason::from_key);
    let published_at = item.get_time_optional("published_at")?;
    let decided_at = item.get_time_optional("decided_at")?;
    Ok(Standing {
        campaign: item.parse("campaign", Slug::parse)?,
        status: Status::from_key(item.get("status")?, reason)
            .ok_or(StoreError::Illegible("status"))?,
        received_at: item.get_time("received_at")?,
        decided_at: published_at.or(decided_at),
        imported: decided_at.is_some() && !item.has("decided_by"),
    })
}
