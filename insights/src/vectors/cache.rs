//! Vectors that were made already, by the hash of their model and text, and the file that keeps
//! them. Reading and writing that file is its owner's.

use std::collections::BTreeMap;
use std::fmt;

use flate2::Crc;
use sha2::{Digest, Sha256};

use super::{DIMENSIONS, STEPS, Vector};

/// With what a file begins; the last byte is its version.
const MARK: &[u8; 8] = b"ECOUTEV\x01";
const KEY: usize = 16;
/// A key, its vector as 16-bit numbers, and their checksum, all little-endian.
const RECORD: usize = KEY + DIMENSIONS * 2 + 4;

/// The name of a text's vector: 128 bits of a SHA-256 of the model and the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key([u8; KEY]);

impl Key {
    pub(super) fn of(model: &[u8; 32], text: &str) -> Self {
        let hash = Sha256::new()
            .chain_update(model)
            .chain_update(text)
            .finalize();
        let mut key = [0; KEY];
        key.copy_from_slice(&hash[..KEY]);
        Self(key)
    }

    /// The sixteen bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; KEY] {
        &self.0
    }
}

/// Thirty-two hexadecimal digits.
impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// Why bytes are no cache.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a cache of vectors, or of another version")]
pub struct CacheError;

/// Vectors by their keys. About 1.1 KB each, in memory as in a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cache {
    vectors: BTreeMap<Key, Box<[i16; DIMENSIONS]>>,
    damaged: usize,
}

impl Cache {
    /// The vectors of a file that [`Cache::to_bytes`] wrote. A file that was cut short keeps what
    /// is whole, and a vector that does not match its checksum is left out: the model makes it
    /// again. No bytes at all are an empty cache.
    ///
    /// # Errors
    ///
    /// Where the bytes are those of something else, which the owner will not want to overwrite.
    pub fn read(bytes: &[u8]) -> Result<Self, CacheError> {
        let mut cache = Self::default();
        let Some(records) = bytes.strip_prefix(MARK) else {
            // A file of which only the very beginning was written.
            cache.damaged = usize::from(!bytes.is_empty());
            return if MARK.starts_with(bytes) {
                Ok(cache)
            } else {
                Err(CacheError)
            };
        };
        let (records, rest) = records.as_chunks::<RECORD>();
        cache.damaged = usize::from(!rest.is_empty());
        for record in records {
            match read(record) {
                Some((key, steps)) => {
                    cache.vectors.insert(key, steps);
                }
                None => cache.damaged += 1,
            }
        }
        Ok(cache)
    }

    /// The file of these vectors: in the order of their keys, so that the same vectors are the
    /// same bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(MARK.len() + self.vectors.len() * RECORD);
        bytes.extend(MARK);
        for (key, steps) in &self.vectors {
            let begin = bytes.len();
            bytes.extend(key.0);
            bytes.extend(steps.iter().flat_map(|step| step.to_le_bytes()));
            let sum = checksum(&bytes[begin..]);
            bytes.extend(sum.to_le_bytes());
        }
        bytes
    }

    /// The vector of a key, the same to the bit as the model's.
    #[must_use]
    pub fn get(&self, key: &Key) -> Option<Vector> {
        let steps = self.vectors.get(key)?;
        Some(steps.map(|step| f32::from(step) / STEPS))
    }

    /// Keeps a vector that the model made.
    pub fn insert(&mut self, key: Key, vector: &Vector) {
        let steps = vector.map(|number| (number * STEPS).round() as i16);
        self.vectors.insert(key, Box::new(steps));
    }

    /// Forgets the vectors of texts that are no longer there: what is erased has no trace here.
    pub fn keep(&mut self, mut kept: impl FnMut(&Key) -> bool) {
        self.vectors.retain(|key, _| kept(key));
    }

    /// How many vectors there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.vectors.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.vectors.is_empty()
    }

    /// How many vectors of the file could not be read, the one at which it was cut included.
    #[must_use]
    pub fn damaged(&self) -> usize {
        self.damaged
    }
}

fn read(record: &[u8; RECORD]) -> Option<(Key, Box<[i16; DIMENSIONS]>)> {
    let (kept, sum) = record.split_last_chunk::<4>()?;
    if checksum(kept) != u32::from_le_bytes(*sum) {
        return None;
    }
    let (key, steps) = kept.split_first_chunk::<KEY>()?;
    let (steps, _) = steps.as_chunks::<2>();
    let steps: Vec<i16> = steps.iter().map(|step| i16::from_le_bytes(*step)).collect();
    Some((Key(*key), steps.into_boxed_slice().try_into().ok()?))
}

fn checksum(bytes: &[u8]) -> u32 {
    let mut sum = Crc::new();
    sum.update(bytes);
    sum.sum()
}
