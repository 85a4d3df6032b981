//! How what stands in a bucket compares to what was built, for who only looks.

use std::collections::BTreeMap;

use functions::{Bucket, BucketError, Tag};
use jiff::Timestamp;

use super::difference::Difference;
use super::mark::{self, Mark};

/// What stands in a bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Nothing: no site was ever published there.
    Nothing,
    /// Files that are not Écoute's, such as this one.
    Foreign(String),
    /// A site of which so many files are missing, others, or too many.
    Site {
        missing: usize,
        others: usize,
        too_many: usize,
    },
}

/// Compares a list of a bucket with what was built of contributions that were read after it.
///
/// # Errors
/// [`BucketError`].
pub(crate) async fn standing(
    bucket: &Bucket,
    listed: &BTreeMap<String, Tag>,
    built: &BTreeMap<String, Tag>,
    now: Timestamp,
) -> Result<Standing, BucketError> {
    let noted = match listed.contains_key(mark::PATH) {
        true => bucket.get(mark::PATH).await?,
        false => None,
    };
    let Some(noted) = noted else {
        let foreign = listed.keys().find(|path| !built.contains_key(*path));
        return Ok(match foreign {
            Some(path) => Standing::Foreign(path.clone()),
            None => Standing::Nothing,
        });
    };
    let mut mark = Mark::read(&noted);
    let counts = Difference::between(built, listed, &mut mark, now).counts();
    Ok(Standing::Site {
        missing: counts.added,
        others: counts.changed,
        too_many: counts.removed,
    })
}
