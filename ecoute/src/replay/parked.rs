//! Where parked records are: a folder of a bucket, or of this machine.

use std::fs;
use std::path::PathBuf;

use functions::{Bucket, Tag};

use crate::error::Stopped;
use crate::publish;

/// Parked records.
pub enum Parked {
    /// Files of a folder, at any depth.
    Folder(PathBuf),
    /// Objects of a bucket.
    Bucket(Bucket),
}

impl Parked {
    /// The records, oldest first: Lambda names them by their time.
    pub(super) async fn list(&self) -> Result<Vec<(String, Option<Tag>)>, Stopped> {
        match self {
            Self::Bucket(bucket) => {
                let listed = bucket.list("").await;
                let listed = listed.map_err(|error| publish::failed(bucket.place(), &error))?;
                let listed = listed.into_iter();
                Ok(listed.map(|(path, tag)| (path, Some(tag))).collect())
            }
            Self::Folder(root) => {
                let mut found = Vec::new();
                let mut folders = vec![root.clone()];
                while let Some(folder) = folders.pop() {
                    let failed = |error| Stopped::io("replay-from", &folder, &error);
                    for entry in fs::read_dir(&folder).map_err(failed)? {
                        let path = entry.map_err(failed)?.path();
                        if path.is_dir() {
                            folders.push(path);
                        } else if let Ok(path) = path.strip_prefix(root) {
                            found.push((path.to_string_lossy().into_owned(), None));
                        }
                    }
                }
                found.sort_by(|one: &(String, _), other| one.0.cmp(&other.0));
                Ok(found)
            }
        }
    }

    /// What a record holds; none where it is gone.
    pub(super) async fn read(&self, path: &str) -> Result<Option<Vec<u8>>, Stopped> {
        match self {
            Self::Bucket(bucket) => {
                let read = bucket.get(path).await;
                read.map_err(|error| publish::failed(bucket.place(), &error))
            }
            Self::Folder(root) => match fs::read(root.join(path)) {
                Ok(bytes) => Ok(Some(bytes)),
                Err(error) => Err(Stopped::io("replay-from", &root.join(path), &error)),
            },
        }
    }

    /// Removes a record.
    pub(super) async fn remove(&self, path: &str, tag: Option<&Tag>) -> Result<(), Stopped> {
        match (self, tag) {
            (Self::Bucket(bucket), Some(tag)) => {
                let removed = bucket.remove_when(path, tag).await;
                let removed = removed.map_err(|error| publish::failed(bucket.place(), &error));
                removed.map(|_| ())
            }
            (Self::Bucket(_), None) => Ok(()),
            (Self::Folder(root), _) => {
                let path = root.join(path);
                fs::remove_file(&path).map_err(|error| Stopped::io("replay-from", &path, &error))
            }
        }
    }
}
