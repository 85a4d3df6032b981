//! What is asked of the store, counted: it stands before the engine, has it say what each request
//! consumed, and can refuse what one partition would refuse on AWS.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{self, Body};
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// The most that is asked at once, or answered: 16 MB in a batch.
const MOST: usize = 16 * 1024 * 1024;
/// What the index is called.
const INDEX: &str = "queue";

/// How often something was asked, and the units that it took.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Taken {
    pub calls: f64,
    pub read: f64,
    pub write: f64,
}

/// What was counted.
#[derive(Debug, Clone, Default)]
pub struct Counts {
    /// By who asks and the action.
    pub asked: BTreeMap<(String, String), Taken>,
    /// Write units by the partition, of the table or of its index, without what tells it from
    /// others of its kind.
    pub partitions: BTreeMap<String, f64>,
    /// How often each was refused.
    pub refused: BTreeMap<String, u64>,
}

/// What stands before the engine.
pub struct Counter {
    /// Where to ask.
    pub address: String,
    state: Arc<State>,
}

struct State {
    engine: String,
    client: reqwest::Client,
    counts: Mutex<Counts>,
    asked_at: Mutex<Instant>,
    /// How many write units a second a partition takes; none where it takes any.
    limit: Option<f64>,
    /// What each partition has left, and since when.
    left: Mutex<BTreeMap<String, (f64, Instant)>>,
}

impl Counter {
    /// Listens before an engine, of which each partition takes so many write units a second.
    pub async fn before(engine: &str, limit: Option<f64>) -> Self {
        let state = Arc::new(State {
            engine: engine.to_owned(),
            client: reqwest::Client::new(),
            counts: Mutex::default(),
            asked_at: Mutex::new(Instant::now()),
            limit,
            left: Mutex::default(),
        });
        let router = Router::new().fallback({
            let state = Arc::clone(&state);
            move |request: Request| {
                let state = Arc::clone(&state);
                async move { state.answer(request).await }
            }
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { address, state }
    }

    /// What was counted since it was last taken.
    pub fn take(&self) -> Counts {
        std::mem::take(&mut self.state.counts.lock().unwrap())
    }

    /// Waits until nothing was asked for a while: what follows from what was done is done.
    pub async fn settled(&self) {
        const QUIET: Duration = Duration::from_secs(2);
        const PATIENCE: Duration = Duration::from_secs(120);
        let started = Instant::now();
        *self.state.asked_at.lock().unwrap() = started;
        while self.state.asked_at.lock().unwrap().elapsed() < QUIET {
            assert!(
                started.elapsed() < PATIENCE,
                "the store is never left alone"
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

impl State {
    async fn answer(&self, request: Request) -> Response {
        let (parts, body) = request.into_parts();
        let Ok(body) = body::to_bytes(body, MOST).await else {
            return StatusCode::BAD_REQUEST.into_response();
        };
        let header = |name: &str| parts.headers.get(name)?.to_str().ok();
        let target = header("x-amz-target").unwrap_or_default().to_owned();
        let who = header("authorization").and_then(caller);
        let who = who.unwrap_or_default().to_owned();
        let (api, action) = target.split_once('.').unwrap_or_default();
        // A stream costs nothing to whom Lambda tells it, and tables are made once.
        if !api.starts_with("DynamoDB_") || action.ends_with("Table") || action == "ListTables" {
            return self
                .pass(&parts.headers, body.to_vec())
                .await
                .into_response();
        }
        let mut asked: Value = serde_json::from_slice(&body).unwrap();
        let writes = writes(action, &asked);
        *self.asked_at.lock().unwrap() = Instant::now();
        let lacking = self.lacking(&writes);
        if !lacking.is_empty() {
            let mut counts = self.counts.lock().unwrap();
            for partition in lacking {
                *counts.refused.entry(partition).or_default() += 1;
            }
            return refused(action, &asked);
        }
        if action != "BatchGetItem" || asked["ReturnConsumedCapacity"].is_null() {
            asked["ReturnConsumedCapacity"] = "TOTAL".into();
        }
        let passed = self
            .pass(&parts.headers, asked.to_string().into_bytes())
            .await;
        let answer: Value = serde_json::from_slice(&passed.2).unwrap_or_default();
        let units = consumed(&answer);
        let mut counts = self.counts.lock().unwrap();
        let taken = counts.asked.entry((who, action.to_owned())).or_default();
        taken.calls += 1.0;
        if writes.is_empty() {
            taken.read += units;
        } else if passed.0 == StatusCode::OK {
            taken.write += units;
        } else {
            // A condition that does not hold takes the units of what it would have written.
            taken.write += writes.iter().map(|write| write.units).sum::<f64>();
        }
        if passed.0 == StatusCode::OK {
            for write in writes {
                *counts.partitions.entry(kind(&write.partition)).or_default() += write.units;
            }
        }
        drop(counts);
        passed.into_response()
    }

    async fn pass(&self, headers: &HeaderMap, body: Vec<u8>) -> (StatusCode, HeaderMap, Vec<u8>) {
        let mut request = self.client.post(&self.engine).body(body);
        for name in [
            "x-amz-target",
            "content-type",
            "authorization",
            "x-amz-date",
        ] {
            if let Some(value) = headers.get(name) {
                request = request.header(name, value);
            }
        }
        let answer = request.send().await.unwrap();
        let status = answer.status();
        let mut headers = HeaderMap::new();
        if let Some(kind) = answer.headers().get("content-type") {
            headers.insert("content-type", kind.clone());
        }
        (status, headers, answer.bytes().await.unwrap().to_vec())
    }

    /// The partitions that have nothing left for what is written; where there is none, takes it.
    fn lacking(&self, writes: &[Write]) -> BTreeSet<String> {
        let mut lacking = BTreeSet::new();
        let Some(limit) = self.limit else {
            return lacking;
        };
        let mut left = self.left.lock().unwrap();
        let now = Instant::now();
        for write in writes {
            let (units, since) = left.entry(write.partition.clone()).or_insert((limit, now));
            *units = limit.min(*units + limit * now.duration_since(*since).as_secs_f64());
            *since = now;
            if *units <= 0.0 {
                lacking.insert(kind(&write.partition));
            }
        }
        if !lacking.is_empty() {
            return lacking;
        }
        for write in writes {
            if let Some((units, _)) = left.get_mut(&write.partition) {
                *units -= write.units;
            }
        }
        lacking
    }
}

/// The identifier of the key that signed a request (Signature Version 4).
fn caller(authorization: &str) -> Option<&str> {
    let (_, credential) = authorization.split_once("Credential=")?;
    credential.split('/').next()
}

/// What is written in a partition.
struct Write {
    partition: String,
    units: f64,
}

/// What a request writes: an item of a table each, and its entry of the index. The units of an
/// item are reckoned from what is sent (1 KB each, twice in a transaction), those of the index from
/// the same: an item that moves in it is deleted and put, which is two.
fn writes(action: &str, asked: &Value) -> Vec<Write> {
    let mut found = Vec::new();
    let mut add = |of: &Value, times: f64| {
        let key = match &of["Item"] {
            Value::Null => &of["Key"],
            item => item,
        };
        let Some(partition) = key["pk"]["S"].as_str() else {
            return;
        };
        let of_identities = of["TableName"].as_str();
        let of_identities = of_identities.is_some_and(|name| name.ends_with("-identities"));
        let units = (size(&of["Item"]) / 1024.0).ceil().max(1.0);
        found.push(Write {
            partition: match of_identities {
                true => format!("identities#{partition}"),
                false => partition.to_owned(),
            },
            units: units * times,
        });
        if let Some(lane) = of["Item"][INDEX]["S"].as_str() {
            found.push(Write {
                partition: format!("index {lane}"),
                units,
            });
        }
        found.extend(lanes(of).into_iter().map(|lane| Write {
            partition: format!("index {lane}"),
            units,
        }));
    };
    match action {
        "PutItem" | "UpdateItem" | "DeleteItem" => add(asked, 1.0),
        "TransactWriteItems" => {
            for item in asked["TransactItems"].as_array().into_iter().flatten() {
                for of in item.as_object().into_iter().flat_map(|item| item.values()) {
                    add(of, 2.0);
                }
            }
        }
        "BatchWriteItem" => {
            let tables = asked["RequestItems"].as_object();
            for request in tables.into_iter().flat_map(|tables| tables.values()) {
                for item in request.as_array().into_iter().flatten() {
                    add(&item["PutRequest"], 1.0);
                    if let Some(key) = item.get("DeleteRequest") {
                        add(key, 1.0);
                    }
                }
            }
        }
        _ => {}
    }
    found
}

/// The lanes of the index in which an update writes: an item that it puts has one entry; one that it
/// moves is deleted where it was (`:from`) and put where it goes, be it in the same lane, since its
/// place there is of the entry's key.
fn lanes(update: &Value) -> Vec<&str> {
    let expression = update["UpdateExpression"].as_str().unwrap_or_default();
    let Some((_, assigned)) = expression.split_once("#queue = ") else {
        return Vec::new();
    };
    let value = |name: &str| update["ExpressionAttributeValues"][name]["S"].as_str();
    let (of_new, name) = match assigned.strip_prefix("if_not_exists(#queue, ") {
        Some(rest) => (true, rest),
        None => (false, assigned),
    };
    let name = name.split([',', ')', ' ']).next().unwrap_or_default();
    let to = value(name).expect("a lane is a value of the update");
    match of_new {
        true => vec![to],
        false => vec![value(":from").expect("what moves says from where"), to],
    }
}

/// The bytes of an item: names and values, UTF-8.
#[expect(clippy::cast_precision_loss, reason = "an item has 400 KB at the most")]
fn size(item: &Value) -> f64 {
    fn bytes(value: &Value) -> usize {
        match value {
            Value::String(text) => text.len(),
            Value::Array(values) => values.iter().map(|value| 1 + bytes(value)).sum(),
            Value::Object(values) => values.values().map(bytes).sum(),
            _ => 1,
        }
    }
    let attributes = item.as_object().into_iter().flatten();
    attributes
        .map(|(name, value)| name.len() + bytes(value))
        .sum::<usize>() as f64
}

/// What the engine says that a request consumed.
fn consumed(answer: &Value) -> f64 {
    let units = |of: &Value| of["CapacityUnits"].as_f64().unwrap_or_default();
    match &answer["ConsumedCapacity"] {
        Value::Array(tables) => tables.iter().map(units).sum(),
        one => units(one),
    }
}

/// A partition without what tells it from others of its kind.
fn kind(partition: &str) -> String {
    match partition.split_once('#') {
        Some((kind, _)) => format!("{kind}#…"),
        None => partition.to_owned(),
    }
}

/// What DynamoDB answers where a partition is asked for more than it takes.
fn refused(action: &str, asked: &Value) -> Response {
    let answer = if action == "TransactWriteItems" {
        let items = asked["TransactItems"].as_array().map_or(0, Vec::len);
        let mut reasons = vec![json!({ "Code": "None" }); items];
        reasons[0] = json!({ "Code": "ThrottlingError", "Message": "Throughput exceeds" });
        json!({
            "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
            "Message": "Transaction cancelled, please refer cancellation reasons for specific \
                        reasons [ThrottlingError]",
            "CancellationReasons": reasons,
        })
    } else {
        json!({
            "__type": "com.amazonaws.dynamodb.v20120810#ThrottlingException",
            "message": "Throughput exceeds the current capacity of your table or index.",
        })
    };
    let mut response = Response::new(Body::from(answer.to_string()));
    *response.status_mut() = StatusCode::BAD_REQUEST;
    let kind = "application/x-amz-json-1.0".parse().unwrap();
    response.headers_mut().insert("content-type", kind);
    response
}
