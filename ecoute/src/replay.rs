//! `ecoute replay`: publishes what the publisher of a deployment failed at, from the records that
//! Lambda parked.
//!
//! A parked record is what Lambda keeps of a failed invocation of a stream in an S3 destination: a
//! JSON object whose `payload` is the event
//! (<https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html>). The publisher
//! counts afresh, so that an event says only what changed, however old it is.

mod parked;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use functions::{Output, Publisher, Record, Store, stream_changes};
use serde_json::Value;
use site_gen::{Bundle, Renderer};

pub use parked::Parked;

use crate::error::Stopped;
use crate::import::Run;
use crate::serve::{self, Database};
use crate::words::{count, say};

/// What to publish again, and where to.
pub struct Options {
    /// The parked records.
    pub from: Parked,
    /// Where contributions and the bundle are.
    pub source: Source,
    /// Where pages go.
    pub to: Destination,
    /// Whether anything is done.
    pub run: Run,
}

/// Where contributions and the bundle are.
pub enum Source {
    /// In a deployment's tables.
    Tables(Store),
    /// In the data folder of one machine.
    Embedded(PathBuf),
}

/// Where pages go.
pub enum Destination {
    /// A site's folder.
    Folder(PathBuf),
    /// A bucket.
    Bucket(functions::Bucket),
}

/// Publishes what parked records touch, and removes each that is published.
///
/// # Errors
/// One clear sentence. What was not published stays parked.
pub async fn replay(options: Options) -> Result<String, Stopped> {
    let engine;
    let beside = match &options.source {
        Source::Tables(_) => Beside::Clock,
        Source::Embedded(_) => Beside::Nobody,
    };
    let (store, bundle) = match &options.source {
        Source::Tables(store) => {
            let kept = store.bundle().await?;
            let kept = kept.ok_or_else(|| Stopped::because("replay-bundle", &[]))?;
            (store.clone(), kept.bytes)
        }
        Source::Embedded(data_dir) => {
            let path = data_dir.join("bundle.json");
            let bytes =
                std::fs::read(&path).map_err(|error| Stopped::io("data-dir", &path, &error))?;
            let joined = Database::Embedded.join(data_dir)?;
            engine = joined.0;
            let _ = &engine;
            (joined.1, bytes)
        }
    };
    let bundle: Bundle =
        serde_json::from_slice(&bundle).map_err(|_| Stopped::because("replay-bundle", &[]))?;
    let renderer = Renderer::new(bundle, Path::new("templates"));
    let renderer = Arc::new(renderer.map_err(|problem| serve::problems_said(&[problem]))?);
    match options.to {
        Destination::Folder(folder) => {
            let output = serve::open_output(&folder)?;
            let publisher = publisher(store, renderer, output);
            replay_to(&publisher, beside, &options.from, options.run).await
        }
        Destination::Bucket(output) => {
            let publisher = publisher(store, renderer, output);
            replay_to(&publisher, beside, &options.from, options.run).await
        }
    }
}

fn publisher<O: Output>(store: Store, renderer: Arc<Renderer>, output: O) -> Publisher<O> {
    Publisher {
        store,
        renderer,
        output,
        clock: functions::system_clock(),
    }
}

/// Who publishes beside this command.
#[derive(Debug, Clone, Copy)]
enum Beside {
    /// A deployment's publisher. Of two that read a list and put its page, the first to read may be
    /// the last to put: what is published here is noted as well, and the clock makes it again.
    Clock,
    /// None that would read such a note.
    Nobody,
}

async fn replay_to<O: Output>(
    publisher: &Publisher<O>,
    beside: Beside,
    parked: &Parked,
    run: Run,
) -> Result<String, Stopped> {
    let mut lines = Vec::new();
    let (mut published, mut left) = (0, 0);
    let list = parked.list().await?;
    if list.is_empty() {
        return Ok(say("replay.none", &[]));
    }
    for (path, tag) in list {
        let records = parked.read(&path).await?.as_deref().and_then(records);
        let Some(records) = records else {
            left += 1;
            lines.push(say("replay.illegible", &[("path", path)]));
            continue;
        };
        let number = count("replay.changes", records.len());
        let args = [("path", path.clone()), ("changes", number)];
        if run == Run::Dry {
            published += 1;
            lines.push(say("replay.would", &args));
            continue;
        }
        let published_now = match beside {
            Beside::Clock => publisher.publish_and_note(&records).await,
            Beside::Nobody => publisher.publish(&records).await,
        };
        match published_now {
            Ok(_) => {
                parked.remove(&path, tag.as_ref()).await?;
                published += 1;
                lines.push(say("replay.published", &args));
            }
            Err(error) => {
                left += 1;
                let args = [("path", path), ("error", error.to_string())];
                lines.push(say("replay.failed", &args));
            }
        }
    }
    lines.push(match run {
        Run::Dry => count("replay.would-all", published),
        Run::Real => count("replay.all", published),
    });
    if left == 0 {
        return Ok(lines.join("\n"));
    }
    lines.push(count("replay.left", left));
    Err(Stopped::saying(lines.join("\n")))
}

/// The changes of a parked record; none where one of them can't be read.
fn records(bytes: &[u8]) -> Option<Vec<Record>> {
    let parked: Value = serde_json::from_slice(bytes).ok()?;
    let changes = match &parked["payload"] {
        Value::String(payload) => stream_changes(&serde_json::from_str(payload).ok()?),
        payload => stream_changes(payload),
    };
    changes?.into_iter().map(|change| change.record).collect()
}
