//! A function's own binary, behind a Runtime API: an HTTP API event in, a page out.

use std::collections::HashMap;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::{Mutex, mpsc, oneshot};

use crate::app::TestApp;
use crate::binary::binary;
use crate::command::Running;
use crate::page::Page;

/// An event for the function, and where its answer goes.
type Invocation = (Value, oneshot::Sender<Value>);

/// The Runtime API of Lambda (2018-06-01), as far as one function needs it.
struct RuntimeApi {
    address: String,
    events: mpsc::Sender<Invocation>,
}

#[derive(Clone)]
struct Api {
    events: Arc<Mutex<mpsc::Receiver<Invocation>>>,
    waiting: Arc<Mutex<HashMap<String, oneshot::Sender<Value>>>>,
}

impl RuntimeApi {
    async fn start() -> Self {
        let (events, received) = mpsc::channel(8);
        let api = Api {
            events: Arc::new(Mutex::new(received)),
            waiting: Arc::default(),
        };
        let router = Router::new()
            .route("/2018-06-01/runtime/invocation/next", get(next))
            .route(
                "/2018-06-01/runtime/invocation/{id}/response",
                post(answered),
            )
            .route("/2018-06-01/runtime/invocation/{id}/error", post(answered))
            .with_state(api);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { address, events }
    }

    /// Sends a form as HTTP API does: a version 2.0 event with a body in base 64.
    async fn post(&self, path: &str, form: &[(&str, &str)]) -> Value {
        let request = reqwest::Client::new()
            .post("http://127.0.0.1/")
            .form(form)
            .build()
            .unwrap();
        let body = request.body().unwrap().as_bytes().unwrap();
        let event = json!({
            "version": "2.0",
            "routeKey": "$default",
            "rawPath": path,
            "rawQueryString": "",
            "headers": {
                "content-type": "application/x-www-form-urlencoded",
                "host": "ecoute.example.org",
                "sec-fetch-site": "same-origin",
            },
            "requestContext": {
                "accountId": "1", "apiId": "a", "domainName": "ecoute.example.org",
                "domainPrefix": "ecoute", "requestId": "r", "routeKey": "$default",
                "stage": "$default", "time": "23/Nov/2026:10:00:00 +0000",
                "timeEpoch": 1_795_428_000_000_i64,
                "http": {
                    "method": "POST", "path": path, "protocol": "HTTP/1.1",
                    "sourceIp": "192.0.2.1", "userAgent": "test",
                },
            },
            "body": STANDARD.encode(body),
            "isBase64Encoded": true,
        });
        let (answer, answered) = oneshot::channel();
        self.events.send((event, answer)).await.unwrap();
        tokio::time::timeout(Duration::from_secs(60), answered)
            .await
            .expect("the function answers")
            .unwrap()
    }
}

async fn next(State(api): State<Api>) -> impl IntoResponse {
    let event = api.events.lock().await.recv().await;
    let Some((event, answer)) = event else {
        return StatusCode::GONE.into_response();
    };
    let mut waiting = api.waiting.lock().await;
    let id = format!("request-{}", waiting.len());
    waiting.insert(id.clone(), answer);
    let mut headers = HeaderMap::new();
    let value = |text: &str| HeaderValue::from_str(text).unwrap();
    headers.insert("lambda-runtime-aws-request-id", value(&id));
    headers.insert("lambda-runtime-deadline-ms", value("4102444800000"));
    headers.insert(
        "lambda-runtime-invoked-function-arn",
        value("arn:aws:lambda:eu-west-3:1:function:ideas"),
    );
    (headers, event.to_string()).into_response()
}

async fn answered(State(api): State<Api>, Path(id): Path<String>, body: String) -> StatusCode {
    let answer = api.waiting.lock().await.remove(&id).unwrap();
    let parsed = serde_json::from_str(&body).unwrap_or(Value::String(body));
    // Nobody waits any more once the test has failed.
    let _ = answer.send(parsed);
    StatusCode::ACCEPTED
}

fn start(app: &TestApp, api: &RuntimeApi) -> Running {
    let data = app.data.path();
    let endpoint = std::env::var("ECOUTE_TEST_DYNAMODB")
        .unwrap_or_else(|_| std::fs::read_to_string(data.join("engine.lock")).unwrap());
    let process = Command::new(binary("ideas"))
        .env_clear()
        .env("AWS_LAMBDA_RUNTIME_API", &api.address)
        .env("AWS_LAMBDA_FUNCTION_NAME", "ideas")
        .env("AWS_LAMBDA_FUNCTION_VERSION", "1")
        .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128")
        .env("AWS_LAMBDA_LOG_GROUP_NAME", "log")
        .env("AWS_LAMBDA_LOG_STREAM_NAME", "log")
        .env("AWS_REGION", "eu-west-3")
        .env("AWS_ACCESS_KEY_ID", "local")
        .env("AWS_SECRET_ACCESS_KEY", "local")
        .env("AWS_ENDPOINT_URL_DYNAMODB", endpoint)
        .env("ECOUTE_BUNDLE", data.join("bundle.json"))
        .env(
            "ECOUTE_SECRET",
            std::fs::read_to_string(data.join("secret")).unwrap(),
        )
        .env("ECOUTE_TABLES", app.tables())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    Running(process)
}

#[tokio::test]
async fn the_function_of_ideas_takes_an_idea_from_its_form_to_the_queue() {
    // The function has the system's clock, so that the campaign must be open now.
    let app = TestApp::with_open_campaign().await;
    let api = RuntimeApi::start().await;
    let _function = start(&app, &api);

    let empty = api.post("/participer/accueil/idees", &[]).await;
    assert_eq!(empty["statusCode"], 422);
    let form = [
        ("kind", "idea"),
        ("category", "Attente"),
        ("title", "Une file plus courte"),
        ("text", "On attend trop."),
    ];
    let review = api.post("/participer/accueil/idees", &form).await;
    assert_eq!(review["statusCode"], 200);
    let page = Page::parse(review["body"].as_str().unwrap());
    let (action, fields) = page.form_with("ticket");
    let fields: Vec<(&str, &str)> = fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let sent = api.post(&action, &fields).await;
    assert_eq!(sent["statusCode"], 303);
    let receipt = sent["headers"]["location"].as_str().unwrap();
    assert!(
        app.page(receipt)
            .await
            .text()
            .contains("Une file plus courte")
    );
    assert_eq!(app.served.store().queue(1).await.unwrap().count, 1);
}
