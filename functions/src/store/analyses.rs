//! A campaign's analysis with what people decided of it, kept as bytes: larger than an item may be,
//! they stand in parts beside the item that says which parts hold. A new one is whole or not there.

use aws_sdk_dynamodb::types::{Put, TransactWriteItem};
use domain::Slug;
use sha2::{Digest, Sha256};

use super::attributes::{Attributes, number};
use super::{Noted, Store, StoreError, unbuilt};
use crate::keys;
use crate::secret::hex;

/// An analysis as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptAnalysis {
    /// What [`Store::keep_analysis`] was given.
    pub bytes: Vec<u8>,
    /// Which writing of it this is, from 1.
    pub version: u64,
}

/// Whether an analysis was kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keeping {
    /// It is.
    Kept,
    /// Somebody kept another since the one that was read: nothing was changed.
    Overtaken,
}

impl Store {
    /// The analysis of a campaign.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn kept_analysis(&self, campaign: &Slug) -> Result<Option<KeptAnalysis>, StoreError> {
        // Somebody may keep another while the parts of this one are read.
        const TRIES: u32 = 5;
        let partition = keys::analysis_partition(campaign);
        for _ in 0..TRIES {
            let at = keys::analysis(campaign);
            let Some(head) = self.get(&at, "read an analysis").await? else {
                return Ok(None);
            };
            let (hash, count) = (head.get("hash")?, head.get_number("parts")?);
            let Some(bytes) = self
                .parts(&partition, hash, count, "read an analysis")
                .await?
            else {
                continue;
            };
            let version = head.get_number("version")?;
            return Ok(Some(KeptAnalysis { bytes, version }));
        }
        Err(StoreError::Unavailable {
            operation: "read an analysis",
            message: "another was kept all the time".to_owned(),
        })
    }

    /// Keeps an analysis of a campaign in place of that of version `over` (0 where there was none).
    ///
    /// # Errors
    /// [`StoreError`]: what was kept before stands.
    pub async fn keep_analysis(
        &self,
        campaign: &Slug,
        bytes: &[u8],
        over: u64,
        noted: &Noted,
    ) -> Result<Keeping, StoreError> {
        let partition = keys::analysis_partition(campaign);
        let held = self
            .get(&keys::analysis(campaign), "read an analysis")
            .await?;
        let held = match &held {
            None => None,
            Some(head) if head.get_number("version")? == over => Some(head.get("hash")?),
            Some(_) => return Ok(Keeping::Overtaken),
        };
        let hash = hex(&Sha256::digest(bytes));
        if held == Some(&hash) {
            return Ok(Keeping::Kept);
        }
        let parts = self
            .put_parts(&partition, &hash, bytes, "keep an analysis")
            .await?;
        let head = Attributes::at(&keys::analysis(campaign))
            .text("hash", &hash)
            .number("parts", parts)
            .number("version", over + 1);
        let put = Put::builder()
            .table_name(&self.tables.main)
            .set_item(Some(head.into_item()));
        let put = match over {
            0 => put.condition_expression("attribute_not_exists(version)"),
            _ => put
                .condition_expression("version = :over")
                .expression_attribute_values(":over", number(over)),
        };
        let put = put.build().map_err(unbuilt)?;
        let write = TransactWriteItem::builder().put(put).build();
        let kept = self
            .audited("keep an analysis", noted, vec![write])
            .await?
            .is_ok();
        // The parts that no longer hold, or never will, are only in the way.
        let stale = if kept { held } else { Some(&*hash) };
        if let Some(stale) = stale {
            self.drop_parts(&partition, stale, "take an old analysis away")
                .await?;
        }
        Ok(if kept {
            Keeping::Kept
        } else {
            Keeping::Overtaken
        })
    }
}
