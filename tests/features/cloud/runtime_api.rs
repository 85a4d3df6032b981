//! The Runtime API of Lambda (2018-06-01), as one environment of a function has it: one event
//! after the other.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::{Mutex, mpsc};
use tokio::task::JoinHandle;

/// What a function made of an event.
pub type Outcome = Result<Value, String>;

/// The Runtime API of one process.
pub struct RuntimeApi {
    pub address: String,
    events: mpsc::Sender<Value>,
    outcomes: mpsc::Receiver<Outcome>,
    serving: JoinHandle<()>,
}

#[derive(Clone)]
struct Api {
    events: Arc<Mutex<mpsc::Receiver<Value>>>,
    outcomes: mpsc::Sender<Outcome>,
}

impl RuntimeApi {
    pub async fn start() -> Self {
        let (events, received) = mpsc::channel(1);
        let (answered, outcomes) = mpsc::channel(1);
        let api = Api {
            events: Arc::new(Mutex::new(received)),
            outcomes: answered,
        };
        const OF_ONE: &str = "/2018-06-01/runtime/invocation/event";
        let router = Router::new()
            .route("/2018-06-01/runtime/invocation/next", get(next))
            .route(&format!("{OF_ONE}/response"), post(response))
            .route(&format!("{OF_ONE}/error"), post(error))
            .route("/2018-06-01/runtime/init/error", post(error))
            .with_state(api);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let serving = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self {
            address,
            events,
            outcomes,
            serving,
        }
    }

    /// What the function makes of an event; none where its process ended.
    pub async fn invoke(&mut self, event: Value) -> Option<Outcome> {
        self.events.send(event).await.ok()?;
        self.outcomes.recv().await
    }
}

impl Drop for RuntimeApi {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn next(State(api): State<Api>) -> impl IntoResponse {
    let Some(event) = api.events.lock().await.recv().await else {
        return StatusCode::GONE.into_response();
    };
    let mut headers = HeaderMap::new();
    let mut tell = |name, value| headers.insert(name, HeaderValue::from_static(value));
    tell("lambda-runtime-aws-request-id", "event");
    tell("lambda-runtime-deadline-ms", "4102444800000");
    tell(
        "lambda-runtime-invoked-function-arn",
        "arn:aws:lambda:eu-west-3:1:function:ecoute",
    );
    (headers, event.to_string()).into_response()
}

async fn response(State(api): State<Api>, body: String) -> StatusCode {
    let outcome = serde_json::from_str(&body).map_err(|error| error.to_string());
    // Nobody waits any more once the test has failed.
    let _ = api.outcomes.send(outcome).await;
    StatusCode::ACCEPTED
}

async fn error(State(api): State<Api>, body: String) -> StatusCode {
    let _ = api.outcomes.send(Err(body)).await;
    StatusCode::ACCEPTED
}
