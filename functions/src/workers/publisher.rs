//! The publisher on Lambda: a batch of the table's stream becomes pages.
//!
//! The event is that of
//! <https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html>, and the answer says what failed as
//! <https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html> has it:
//! Lambda gives again all from the first that failed on, halves the batch, and at last parks the
//! one at fault alone. Those after it are published at once all the same: given again, they change
//! nothing.

use jiff::Timestamp;
use lambda_http::Error;
use serde_json::{Value, json};

use super::metrics::{Unit, put_metrics};
use crate::output::Output;
use crate::publisher::{Image, PublishError, Publisher, Record};

/// A change of the table, as the stream tells it.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// Its place in the stream.
    pub sequence: String,
    /// What it says; none where that can't be read.
    pub record: Option<Record>,
    /// When it took place, to the second.
    pub at: Option<Timestamp>,
}

/// The changes of an event of the stream; none where it is no such event.
#[must_use]
pub fn changes(event: &Value) -> Option<Vec<Change>> {
    event["Records"].as_array()?.iter().map(change).collect()
}

fn change(record: &Value) -> Option<Change> {
    let change = &record["dynamodb"];
    let text = |image, name: &str| {
        let image = match image {
            Image::Keys => "Keys",
            Image::Old => "OldImage",
            Image::New => "NewImage",
        };
        change[image][name]["S"].as_str().map(str::to_owned)
    };
    // Seconds, with a fraction in some events.
    let at = change["ApproximateCreationDateTime"].as_f64();
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a delay is told to the second"
    )]
    let at = at.and_then(|seconds| Timestamp::from_second(seconds as i64).ok());
    Some(Change {
        sequence: change["SequenceNumber"].as_str()?.to_owned(),
        record: Record::read(text),
        at,
    })
}

/// Publishes the changes of an event, and answers which failed.
pub(super) async fn publish<O: Output>(
    publisher: &Publisher<O>,
    event: Value,
    deployment: &str,
) -> Result<Value, Error> {
    let changes = changes(&event).ok_or("the event is not of the stream of a table")?;
    let failed = failed(publisher, &changes).await;
    let now = (publisher.clock)();
    let oldest = changes.iter().filter_map(|change| change.at).min();
    if let (Some(oldest), true) = (oldest, failed.is_none()) {
        let delay = now.duration_since(oldest).as_secs().max(0).unsigned_abs();
        put_metrics(deployment, now, &[("PublishDelay", Unit::Seconds, delay)]);
    }
    let failed = failed.map(|sequence| json!({ "itemIdentifier": sequence }));
    Ok(json!({ "batchItemFailures": Vec::from_iter(failed) }))
}

/// The first change that could not be published.
async fn failed<'c, O: Output>(publisher: &Publisher<O>, changes: &'c [Change]) -> Option<&'c str> {
    let records = changes.iter().filter_map(|change| change.record.clone());
    let records: Vec<Record> = records.collect();
    let all_legible = records.len() == changes.len();
    match publisher.publish_and_note(&records).await {
        Ok(_) if all_legible => return None,
        Ok(_) => {
            tracing::error!("a change of the store can't be read");
            let illegible = changes.iter().find(|change| change.record.is_none());
            return illegible.map(|change| change.sequence.as_str());
        }
        Err(error) if error.is_of_one() && changes.len() > 1 => {}
        Err(error) => {
            said(&error);
            return changes.first().map(|change| change.sequence.as_str());
        }
    }
    let mut first = None;
    for change in changes {
        let published = match &change.record {
            None => {
                tracing::error!("a change of the store can't be read");
                false
            }
            Some(record) => match publisher
                .publish_and_note(std::slice::from_ref(record))
                .await
            {
                Ok(_) => true,
                Err(error) => {
                    said(&error);
                    false
                }
            },
        };
        if !published && first.is_none() {
            first = Some(change.sequence.as_str());
        }
    }
    first
}

fn said(error: &PublishError) {
    tracing::error!(cause = %error, "a change was not published");
}
