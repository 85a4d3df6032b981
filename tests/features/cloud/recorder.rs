//! What each function asks of the store, noted on its way: from it the policies of the deployment
//! are held. What it asks of the bucket is noted where that is (`object_store.rs`).
//!
//! A function's process has its name as the identifier of its key, which each request says.

use std::collections::BTreeSet;
use std::io::Write;
use std::sync::Mutex;

use axum::Router;
use axum::body::{self, Body};
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use tokio::net::TcpListener;

/// The most that is asked at once: 16 MB in a batch.
const MOST: usize = 16 * 1024 * 1024;

/// Listens before a DynamoDB endpoint; answers the address where to ask.
pub async fn before(engine: String) -> String {
    let in_file = |who: &str, operation: &str, asked: &Value| {
        let calls = calls(operation, asked);
        note(calls.iter().map(|call| format!("{who} {call}")));
    };
    noting(engine, in_file).await
}

/// The same, which tells of each request who asks, for which operation, and what.
pub async fn noting(
    engine: String,
    note: impl Fn(&str, &str, &Value) + Clone + Send + Sync + 'static,
) -> String {
    let client = reqwest::Client::new();
    let router = Router::new().fallback(move |request: Request| {
        let (client, engine, note) = (client.clone(), engine.clone(), note.clone());
        async move {
            let (parts, body) = request.into_parts();
            let Ok(body) = body::to_bytes(body, MOST).await else {
                return StatusCode::BAD_REQUEST.into_response();
            };
            let header = |name| parts.headers.get(name)?.to_str().ok();
            let who = header("authorization").and_then(caller);
            let operation = header("x-amz-target").and_then(|target| target.split('.').nth(1));
            let asked = serde_json::from_slice(&body).unwrap_or_default();
            if let (Some(who), Some(operation)) = (who, operation) {
                note(who, operation, &asked);
            }
            passed_on(&client, &engine, Request::from_parts(parts, body.into())).await
        }
    });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}")
}

async fn passed_on(client: &reqwest::Client, engine: &str, request: Request<Body>) -> Response {
    super::passed_on(client, engine.trim_end_matches('/'), request).await
}

/// The identifier of the key that signed a request (Signature Version 4).
pub fn caller(authorization: &str) -> Option<&str> {
    let (_, credential) = authorization.split_once("Credential=")?;
    credential.split('/').next()
}

/// The actions that a policy must allow, each with what it is on. A transaction needs the action
/// of each of its items.
pub fn calls(operation: &str, asked: &Value) -> Vec<String> {
    let call = |action: &str, of: &Value| {
        let table = of["TableName"].as_str()?.rsplit('-').next()?;
        Some(match of["IndexName"].as_str() {
            Some(index) => format!("dynamodb:{action} {table}/index/{index}"),
            None => format!("dynamodb:{action} {table}"),
        })
    };
    let found: Option<Vec<String>> = match operation {
        "TransactWriteItems" | "TransactGetItems" => asked["TransactItems"]
            .as_array()
            .into_iter()
            .flatten()
            .flat_map(|item| item.as_object().into_iter().flatten())
            .map(|(kind, of)| {
                let action = match kind.as_str() {
                    "ConditionCheck" => "ConditionCheckItem".to_owned(),
                    kind => format!("{kind}Item"),
                };
                call(&action, of)
            })
            .collect(),
        "BatchWriteItem" | "BatchGetItem" => Some(
            asked["RequestItems"]
                .as_object()
                .into_iter()
                .flat_map(|tables| tables.keys())
                .filter_map(|table| table.rsplit('-').next())
                .map(|table| format!("dynamodb:{operation} {table}"))
                .collect(),
        ),
        _ => call(operation, asked).map(|call| vec![call]),
    };
    found.unwrap_or_else(|| panic!("{operation} is not known to the recorder"))
}

/// Notes calls, each once, in the file that `ECOUTE_TEST_CALLS` names.
pub fn note(calls: impl Iterator<Item = String>) {
    static NOTED: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
    let Ok(path) = std::env::var("ECOUTE_TEST_CALLS") else {
        return;
    };
    let mut noted = NOTED.lock().unwrap();
    for call in calls {
        if !noted.contains(&call) {
            let mut file = std::fs::File::options();
            let mut file = file.create(true).append(true).open(&path).unwrap();
            writeln!(file, "{call}").unwrap();
            noted.insert(call);
        }
    }
}
