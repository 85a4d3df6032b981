//! The functions that no request starts: a stream, a schedule and the answers of mail servers do.
//!
//! Events are read as they are, without a crate of their types: of each, a few fields are needed.

mod bounces;
mod clock;
mod destination;
mod metrics;
mod publisher;
mod time;

use std::pin::Pin;
use std::sync::Arc;

use lambda_http::lambda_runtime::{self, LambdaEvent};
use lambda_http::{Error, service_fn};
use serde_json::Value;

use crate::lambda::{
    Current, MailOf, StartError, log_as_lambda, mail_that_leaves, mail_that_waits, variable,
};
use crate::{App, Publisher};
use destination::Destination;
use time::EventTime;

pub use publisher::{Change, changes};

/// A function that is deployed on its own, and that no request starts: a value and not a case of a
/// list, as a [`crate::Function`] is.
#[derive(Clone, Copy)]
pub struct Worker {
    name: &'static str,
    run: fn() -> Running,
}

type Running = Pin<Box<dyn Future<Output = Result<(), StartError>>>>;

impl Worker {
    /// The stream of what changed becomes pages.
    pub const PUBLISHER: Self = Self {
        name: "publisher",
        run: || Box::pin(run_publisher()),
    };
    /// What is due at a time is done.
    pub const CLOCK: Self = Self {
        name: "clock",
        run: || Box::pin(run_clock()),
    };
    /// Addresses that mail came back from are left alone.
    pub const BOUNCES: Self = Self {
        name: "bounces",
        run: || Box::pin(run_bounces()),
    };

    /// All of them.
    pub const ALL: [Self; 3] = [Self::PUBLISHER, Self::CLOCK, Self::BOUNCES];

    /// The name of its binary.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.name
    }
}

/// Runs one worker until Lambda stops it. Its app is from the same variables as that of other
/// functions; where pages go is `ECOUTE_BUCKET`, or the folder `ECOUTE_SITE_DIR`.
///
/// # Errors
/// [`StartError`].
pub async fn run_worker(worker: Worker) -> Result<(), StartError> {
    log_as_lambda();
    (worker.run)().await
}

async fn run_publisher() -> Result<(), StartError> {
    let (time, app, bundle) = started(mail_that_waits)?;
    let output = Destination::from_env()?;
    let make = |app| Arc::new(publisher_of(&app, &output));
    let current = Current::new(app, bundle, make).await;
    let deployment = variable("ECOUTE_TABLES")?;
    serve(&time, |event| async {
        publisher::publish(&*current.get().await, event, &deployment).await
    })
    .await
}

async fn run_clock() -> Result<(), StartError> {
    let (time, app, bundle) = started(mail_that_leaves)?;
    let output = Destination::from_env()?;
    let make = |app: App| Arc::new((publisher_of(&app, &output), app));
    let current = Current::new(app, bundle, make).await;
    let deployment = variable("ECOUTE_TABLES")?;
    serve(&time, |_| async {
        let current = current.get().await;
        clock::tick(&current.1, &current.0, &deployment).await
    })
    .await
}

async fn run_bounces() -> Result<(), StartError> {
    let (time, app, _) = started(mail_that_waits)?;
    serve(&time, |event| {
        let app = &app;
        async move { bounces::suppress(app, &event).await }
    })
    .await
}

/// What a worker begins with: what tells its events' time, its app, and the hash of its bundle.
fn started(mail: MailOf) -> Result<(EventTime, App, String), StartError> {
    let time = EventTime::default();
    let (app, bundle) = App::from_env(mail)?;
    let app = App {
        clock: time.clock(),
        ..app
    };
    Ok((time, app, bundle))
}

/// Answers events one after the other, each with its time.
async fn serve<F, A>(time: &EventTime, answer: F) -> Result<(), StartError>
where
    F: Fn(Value) -> A,
    A: Future<Output = Result<Value, Error>>,
{
    let answer = |event: LambdaEvent<Value>| {
        time.note(&event.payload);
        answer(event.payload)
    };
    lambda_runtime::run(service_fn(answer)).await?;
    Ok(())
}

fn publisher_of(app: &App, output: &Destination) -> Publisher<Destination> {
    Publisher {
        store: app.store.clone(),
        renderer: Arc::clone(&app.renderer),
        output: output.clone(),
        clock: Arc::clone(&app.clock),
    }
}
