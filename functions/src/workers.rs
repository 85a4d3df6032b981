//! The functions that no request starts: a stream, a schedule and the answers of mail servers do.
//!
//! Events are read as they are, without a crate of their types: of each, a few fields are needed.

mod bounces;
mod clock;
mod destination;
mod metrics;
mod publisher;
mod time;

use std::future::Future;
use std::sync::Arc;

use lambda_http::lambda_runtime::{self, LambdaEvent};
use lambda_http::{Error, service_fn};
use serde_json::Value;

use crate::lambda::{Current, StartError, log_as_lambda, variable};
use crate::{App, Publisher};
use destination::Destination;
use time::EventTime;

pub use publisher::{Change, changes};

/// A function that is deployed on its own, and that no request starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Worker {
    /// The stream of what changed becomes pages.
    Publisher,
    /// What is due at a time is done.
    Clock,
    /// Addresses that mail came back from are left alone.
    Bounces,
}

impl Worker {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Publisher, Self::Clock, Self::Bounces];

    /// The name of its binary.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Publisher => "publisher",
            Self::Clock => "clock",
            Self::Bounces => "bounces",
        }
    }
}

/// Runs one worker until Lambda stops it. Its app is from the same variables as that of other
/// functions; where pages go is `ECOUTE_BUCKET`, or the folder `ECOUTE_SITE_DIR`.
///
/// # Errors
/// [`StartError`].
pub async fn run_worker(worker: Worker) -> Result<(), StartError> {
    log_as_lambda();
    let time = EventTime::default();
    let (app, bundle) = App::from_env().await?;
    let app = App {
        clock: time.clock(),
        ..app
    };
    match worker {
        Worker::Publisher => {
            let output = Destination::from_env().await?;
            let make = |app| Arc::new(publisher_of(&app, &output));
            let current = Current::new(app, bundle, make).await;
            let deployment = variable("ECOUTE_TABLES")?;
            serve(&time, |event| async {
                publisher::publish(&*current.get().await, event, &deployment).await
            })
            .await
        }
        Worker::Clock => {
            let output = Destination::from_env().await?;
            let make = |app: App| Arc::new((publisher_of(&app, &output), app));
            let current = Current::new(app, bundle, make).await;
            let deployment = variable("ECOUTE_TABLES")?;
            serve(&time, |_| async {
                let current = current.get().await;
                clock::tick(&current.1, &current.0, &deployment).await
            })
            .await
        }
        Worker::Bounces => {
            serve(&time, |event| {
                let app = &app;
                async move { bounces::suppress(app, &event).await }
            })
            .await
        }
    }
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
