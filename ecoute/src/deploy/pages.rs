//! The bucket of pages.

use std::collections::BTreeMap;

use functions::{Bucket, BucketPlace, Tag};
use jiff::Timestamp;

use super::content::Made;
use super::report::Report;
use crate::error::Stopped;
use crate::publish::{self, Standing};
use crate::words::count;

/// A bucket that was told, and what stands there, or why that can't be said.
pub(super) struct Listed<'b> {
    place: &'b BucketPlace,
    found: Result<(&'b Bucket, BTreeMap<String, Tag>), Stopped>,
}

/// Lists the bucket, where one was told.
pub(super) async fn list(
    given: Option<&(BucketPlace, Result<Bucket, Stopped>)>,
) -> Option<Listed<'_>> {
    let (place, bucket) = given?;
    let found = match bucket {
        Err(stopped) => Err(stopped.clone()),
        Ok(bucket) => match bucket.list("").await {
            Ok(listed) => Ok((bucket, listed)),
            Err(error) => Err(publish::failed(place, &error)),
        },
    };
    Some(Listed { place, found })
}

/// Says what was listed, and compares it with what was built of the same contributions.
pub(super) async fn check(
    report: &mut Report,
    listed: Option<Listed<'_>>,
    made: Option<&Made>,
    now: Timestamp,
) {
    let Some(Listed { place, found }) = listed else {
        return;
    };
    report.section("pages", &[("place", place.to_string())]);
    let (bucket, listed) = match found {
        Ok(found) => found,
        Err(stopped) => return report.wrong_said(&stopped.to_string()),
    };
    let args = [("files", count("publish.n-files", listed.len()))];
    report.well("pages.listed", &args);
    let Some(made) = made else {
        return report.unknown("pages.uncompared", &[]);
    };
    let args = [("place", place.to_string())];
    match publish::standing(bucket, &listed, &made.files, now).await {
        Err(error) => report.wrong_said(&publish::failed(place, &error).to_string()),
        Ok(Standing::Nothing) => report.wrong("pages.nothing", &args),
        Ok(Standing::Foreign(path)) => {
            let [place] = args;
            report.wrong("pages.foreign", &[place, ("path", path)]);
        }
        Ok(Standing::Site {
            missing: 0,
            others: 0,
            too_many: 0,
        }) => report.well("pages.same", &args),
        Ok(Standing::Site {
            missing,
            others,
            too_many,
        }) => {
            let args = [
                ("added", count("publish.n-added", missing)),
                ("changed", count("publish.n-changed", others)),
                ("removed", count("publish.n-removed", too_many)),
            ];
            report.wrong("pages.others", &args);
        }
    }
}
