//! Bytes that are larger than an item may be: they stand in parts beside an item, the head, which
//! says which parts hold. Who switches the head switches all of them at once.

use super::attributes::Attributes;
use super::{Store, StoreError, unavailable};
use crate::keys::{self, SORT};

/// How many bytes a part has at most: an item of DynamoDB has 400 KB.
const PART: usize = 300 * 1024;

impl Store {
    /// The bytes of that hash (SHA-256, in hexadecimal digits), in so many parts; none where some
    /// of them are no longer there, since another head holds by now.
    pub(super) async fn parts(
        &self,
        partition: &str,
        hash: &str,
        count: u64,
        operation: &'static str,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let prefix = keys::parts_prefix(hash);
        let parts = self.partition(partition, &prefix, operation).await?;
        if parts.len() as u64 != count {
            return Ok(None);
        }
        let mut bytes = Vec::new();
        for part in &parts {
            bytes.extend_from_slice(part.get_bytes("bytes")?);
        }
        Ok(Some(bytes))
    }

    /// Puts the parts of these bytes, and says how many they are.
    pub(super) async fn put_parts(
        &self,
        partition: &str,
        hash: &str,
        bytes: &[u8],
        operation: &'static str,
    ) -> Result<u64, StoreError> {
        let parts = bytes.chunks(PART);
        let count = parts.len() as u64;
        for (place, part) in parts.enumerate() {
            let at = keys::part(partition, hash, place);
            self.client
                .put_item()
                .table_name(&self.tables.main)
                .set_item(Some(Attributes::at(&at).bytes("bytes", part).into_item()))
                .send()
                .await
                .map_err(unavailable(operation))?;
        }
        Ok(count)
    }

    /// Takes away the parts of bytes that no head holds any more.
    pub(super) async fn drop_parts(
        &self,
        partition: &str,
        hash: &str,
        operation: &'static str,
    ) -> Result<(), StoreError> {
        let prefix = keys::parts_prefix(hash);
        for part in self.partition(partition, &prefix, operation).await? {
            let at = keys::Key {
                partition: partition.to_owned(),
                sort: part.get(SORT)?.to_owned(),
            };
            self.delete(&at, operation).await?;
        }
        Ok(())
    }
}
