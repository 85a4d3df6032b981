//! Where a worker's pages go, as its environment says.

use std::collections::BTreeSet;
use std::io;
use std::sync::Arc;

use site_gen::Directory;

use crate::lambda::{StartError, access};
use crate::output::{File, Output};
use crate::{Bucket, BucketPlace};

/// The bucket `ECOUTE_BUCKET`, or the folder `ECOUTE_SITE_DIR`, to try it.
#[derive(Clone)]
pub(super) enum Destination {
    Bucket(Bucket),
    Folder(Arc<Directory>),
}

impl Destination {
    pub(super) fn from_env() -> Result<Self, StartError> {
        let given = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
        let wrong = |name, problem| StartError::Variable { name, problem };
        if let Some(name) = given("ECOUTE_BUCKET") {
            let wrong = |problem| wrong("ECOUTE_BUCKET", problem);
            let place = BucketPlace::parse(&name);
            let place = place.ok_or_else(|| wrong("is not the name of a bucket"))?;
            return Ok(Self::Bucket(Bucket::on_lambda(&access()?, place)));
        }
        let folder = given("ECOUTE_SITE_DIR").ok_or(wrong("ECOUTE_BUCKET", "is missing"))?;
        let folder = Directory::open(folder.as_ref());
        let folder = folder.map_err(|_| wrong("ECOUTE_SITE_DIR", "is not the folder of a site"))?;
        Ok(Self::Folder(Arc::new(folder)))
    }
}

impl Output for Destination {
    async fn put(&self, files: Vec<File>) -> io::Result<usize> {
        match self {
            Self::Bucket(bucket) => bucket.put(files).await,
            Self::Folder(folder) => Output::put(&**folder, files).await,
        }
    }

    async fn standing(&self, paths: BTreeSet<String>) -> io::Result<BTreeSet<String>> {
        match self {
            Self::Bucket(bucket) => bucket.standing(paths).await,
            Self::Folder(folder) => folder.standing(paths).await,
        }
    }

    async fn remove(&self, path: &str) -> io::Result<bool> {
        match self {
            Self::Bucket(bucket) => bucket.remove(path).await,
            Self::Folder(folder) => Output::remove(&**folder, path).await,
        }
    }
}
