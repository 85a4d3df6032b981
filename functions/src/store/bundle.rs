//! What editors wrote and the theme, compiled, where functions find it: an edit of content goes
//! live without a new deployment of functions.
//!
//! The bundle is kept compressed, in parts, and its head is switched last: who asks reads the old
//! one or the new one, whole.

use std::io::{Read, Write};

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};

use super::attributes::{Attributes, key};
use super::{Store, StoreError, unavailable};
use crate::keys;
use crate::secret::hex;

/// A bundle as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptBundle {
    /// The SHA-256 of its bytes, in hexadecimal digits.
    pub hash: String,
    /// What [`Store::keep_bundle`] was given.
    pub bytes: Vec<u8>,
}

/// The hash by which a bundle is known: the SHA-256 of its bytes, in hexadecimal digits.
#[must_use]
pub fn bundle_hash(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

impl Store {
    /// The hash of the bundle that holds now; none where none was published. It is cheap, and
    /// may be a moment late: functions ask it when they start and every few seconds.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn current_bundle(&self) -> Result<Option<String>, StoreError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.tables.main)
            .set_key(Some(key(&keys::bundle())))
            .projection_expression("#hash")
            .expression_attribute_names("#hash", "hash")
            .send()
            .await
            .map_err(unavailable("ask for the current bundle"))?;
        let head = answer.item.map(Attributes::of);
        head.map(|head| head.get("hash").map(str::to_owned))
            .transpose()
    }

    /// The bundle that holds now; none where none was published.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn bundle(&self) -> Result<Option<KeptBundle>, StoreError> {
        // Another may be published while the parts of this one are read.
        const TRIES: u32 = 5;
        const READ: &str = "read the bundle";
        for _ in 0..TRIES {
            let Some(head) = self.get(&keys::bundle(), READ).await? else {
                return Ok(None);
            };
            let (hash, count) = (head.get("hash")?, head.get_number("parts")?);
            let Some(compressed) = self.parts(keys::BUNDLE, hash, count, READ).await? else {
                continue;
            };
            let mut bytes = Vec::new();
            GzDecoder::new(&compressed[..])
                .read_to_end(&mut bytes)
                .map_err(|_| StoreError::Illegible("bytes"))?;
            return Ok(Some(KeptBundle {
                hash: hash.to_owned(),
                bytes,
            }));
        }
        Err(StoreError::Unavailable {
            operation: READ,
            message: "another was published all the time".to_owned(),
        })
    }

    /// Puts a bundle in place of the one that holds, and says whether it was another.
    ///
    /// # Errors
    /// [`StoreError`]: the one from before holds.
    pub async fn keep_bundle(&self, bytes: &[u8]) -> Result<bool, StoreError> {
        const KEEP: &str = "keep the bundle";
        let held = self.get(&keys::bundle(), KEEP).await?;
        let held = held.as_ref().map(|head| head.get("hash")).transpose()?;
        let hash = bundle_hash(bytes);
        if held == Some(&hash) {
            return Ok(false);
        }
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        let compressed = encoder
            .write_all(bytes)
            .and_then(|()| encoder.finish())
            .expect("writing to memory does not fail");
        let count = self
            .put_parts(keys::BUNDLE, &hash, &compressed, KEEP)
            .await?;
        let head = Attributes::at(&keys::bundle())
            .text("hash", &hash)
            .number("parts", count);
        self.client
            .put_item()
            .table_name(&self.tables.main)
            .set_item(Some(head.into_item()))
            .send()
            .await
            .map_err(unavailable(KEEP))?;
        if let Some(old) = held {
            self.drop_parts(keys::BUNDLE, old, "take the old bundle away")
                .await?;
        }
        Ok(true)
    }
}
