//! What is due at a time: every minute a schedule asks.
//!
//! Each of its parts is done whatever becomes of the others, and does no harm where two clocks run
//! at once: a letter is taken by one, and pages are made afresh.

use std::time::{Duration, Instant};

use domain::Slug;
use jiff::{Timestamp, ToSpan};
use lambda_http::Error;
use serde_json::Value;
use sha2::{Digest, Sha256};
use site_gen::Catalogue;

use super::metrics::{Unit, put_metrics};
use crate::output::Output;
use crate::publisher::{PublishError, Publisher};
use crate::secret::hex;
use crate::store::{LastRun, StoreError};
use crate::{App, Mailer};

/// For how long letters begin to leave in one run, so that two seldom overlap.
const SENDS_FOR: Duration = Duration::from_secs(50);

/// Does what is due.
pub(super) async fn tick<O: Output>(
    app: &App,
    publisher: &Publisher<O>,
    deployment: &str,
) -> Result<Value, Error> {
    let mut failed = 0;
    let mut note = |what, done: Result<(), ClockError>| {
        if let Err(error) = done {
            tracing::error!(cause = %error, what, "the clock will try again");
            failed += 1;
        }
    };
    let waiting = publisher.render_waiting().await;
    note("pages that wait", waiting.map(|_| ()).map_err(Into::into));
    note("what the day brings", of_the_day(app, publisher).await);
    note("mail", send(app).await);
    note("metrics", measure(app, deployment).await);
    match failed {
        0 => Ok(Value::Null),
        _ => Err(format!("{failed} part(s) of what was due failed").into()),
    }
}

#[derive(Debug, thiserror::Error)]
enum ClockError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Publish(#[from] PublishError),
}

/// Shows campaigns that opened or closed as such, and tells contributors what came out.
async fn of_the_day<O: Output>(app: &App, publisher: &Publisher<O>) -> Result<(), ClockError> {
    let now = app.now();
    let catalogue = app.renderer.catalogue();
    let last = app.store.last_run().await?;
    let came_out = came_out(catalogue);
    let mut run = last.clone().unwrap_or(LastRun {
        // The first site is made whole by who publishes it.
        opened_until: now,
        tell_at: now,
        came_out: came_out.clone(),
    });
    if turned(catalogue, run.opened_until, now) {
        publisher.publish_phases().await?;
        run.opened_until = now;
        app.store.keep_run(&run).await?;
    }
    if now >= run.tell_at || came_out != run.came_out {
        let next = app.tell_contributors().await?;
        let tomorrow = now + 24.hours();
        run.tell_at = next.map_or(tomorrow, |next| next.clamp(now, tomorrow));
        run.came_out = came_out;
    }
    if last.as_ref() != Some(&run) {
        app.store.keep_run(&run).await?;
    }
    Ok(())
}

/// Whether a campaign opened or closed after one moment, and until another.
fn turned(catalogue: &Catalogue, after: Timestamp, until: Timestamp) -> bool {
    let campaigns = catalogue.campaigns.values();
    campaigns
        .flat_map(|campaign| [campaign.opens_at(), campaign.closes_at()])
        .any(|at| after < at && at <= until)
}

/// What tells the results and news that there are from others: where they change, there may be
/// somebody to tell today.
fn came_out(catalogue: &Catalogue) -> String {
    let results = catalogue.results.keys();
    let news = catalogue.outcome_news.iter().map(|news| &news.slug);
    let all: Vec<&str> = results.chain(news).map(Slug::as_str).collect();
    hex(&Sha256::digest(all.join("\n")))
}

/// Sends letters until none is due, or time is up.
async fn send(app: &App) -> Result<(), ClockError> {
    if !app.mail.leaves() {
        return Ok(());
    }
    let began = Instant::now();
    let mailer = Mailer::new(app.clone());
    mailer.send_due(|| began.elapsed() < SENDS_FOR).await?;
    Ok(())
}

async fn measure(app: &App, deployment: &str) -> Result<(), ClockError> {
    let now = app.now();
    let oldest = app.store.oldest_waiting().await?;
    let age = oldest.map_or(0, |since| now.duration_since(since).as_secs().max(0));
    let (waiting, parked) = app.store.letters_counted(now).await?;
    let metrics = [
        ("OldestUnmoderated", Unit::Seconds, age.unsigned_abs()),
        ("LettersWaiting", Unit::Count, waiting),
        ("LettersParked", Unit::Count, parked),
    ];
    put_metrics(deployment, now, &metrics);
    Ok(())
}
