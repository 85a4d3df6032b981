//! A proxy between the functions and the database that lets things go wrong: it refuses, fails,
//! hangs, loses answers, tells of conflicts, and gives the records of the stream again, late and
//! in any order.

use std::collections::{BTreeMap, HashMap};
use std::io;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use axum::http::{HeaderMap, Request, Response, StatusCode};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::chance::Chance;

/// How many requests in a hundred go wrong, one of these for a stretch of requests.
const WEATHER: [usize; 4] = [1, 3, 10, 30];
const STRETCH: u32 = 150;
/// How many in a hundred of these go wrong however often the client tries, until it gives up and
/// people are told so.
const DOOMED: usize = 25;
/// How many answers in a hundred that hold records of the stream.
const STREAM_FAULTS: usize = 60;
/// The most that one answer of DynamoDB has, and more.
const BODY_LIMIT: usize = 64 << 20;

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// More is asked than is provisioned.
    Throttled,
    /// The database fails.
    Failed,
    /// The connection is held, then dropped; nothing is done.
    Hung,
    /// It is done, and the answer is lost.
    AnswerLost,
    /// Another transaction is under way.
    Conflict,
    /// Records of the stream come a second time.
    Repeated,
    /// They come in another order.
    Shuffled,
    /// They come with those that follow.
    Late,
}

/// A proxy that runs.
pub struct Proxy {
    pub url: String,
    shared: Arc<Shared>,
}

struct Shared {
    upstream: String,
    client: reqwest::Client,
    on: AtomicBool,
    /// How many requests are to go wrong, and how many went.
    goal: u32,
    requests: AtomicU32,
    /// How many answers of the stream did.
    stream: AtomicU32,
    state: Mutex<State>,
}

struct State {
    chance: Chance,
    /// How many requests in a hundred go wrong, and for how many more.
    weather: (usize, u32),
    counts: BTreeMap<Fault, u32>,
    /// What goes wrong each time, by the identifier that a client gives all tries of a request.
    doomed: HashMap<String, Fault>,
    /// Records that were kept back.
    late: Vec<Value>,
    /// Some that were given.
    given: Vec<Value>,
}

impl Proxy {
    /// Stands before this endpoint, and does no harm yet. Once so many requests went wrong, only
    /// the stream does: what follows it can't keep up before.
    pub async fn before(upstream: &str, goal: u32) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let shared = Arc::new(Shared {
            upstream: upstream.to_owned(),
            client: reqwest::Client::new(),
            on: AtomicBool::new(false),
            goal,
            requests: AtomicU32::new(0),
            stream: AtomicU32::new(0),
            state: Mutex::new(State {
                chance: Chance::of(1_000),
                weather: (0, 0),
                counts: BTreeMap::new(),
                doomed: HashMap::new(),
                late: Vec::new(),
                given: Vec::new(),
            }),
        });
        let serving = shared.clone();
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let shared = serving.clone();
                tokio::spawn(async move {
                    let answer = service_fn(|request| answer(shared.clone(), request));
                    // An error is a connection that was dropped, as it was meant to be.
                    let _ = http1::Builder::new()
                        .serve_connection(TokioIo::new(stream), answer)
                        .await;
                });
            }
        });
        Self { url, shared }
    }

    /// Lets things go wrong, or no longer.
    pub fn fails(&self, fails: bool) {
        self.shared.on.store(fails, Ordering::SeqCst);
    }

    /// How many requests went wrong, and how many answers of the stream.
    pub fn faults(&self) -> (u32, u32) {
        let shared = &self.shared;
        let stream = shared.stream.load(Ordering::SeqCst);
        (shared.requests.load(Ordering::SeqCst), stream)
    }

    /// The same by what it was.
    pub fn counts(&self) -> BTreeMap<Fault, u32> {
        self.shared.state.lock().unwrap().counts.clone()
    }
}

impl Shared {
    /// What goes wrong with this request, if anything.
    fn fault(&self, operation: &str, invocation: &str) -> Option<Fault> {
        if !self.on.load(Ordering::SeqCst) || self.requests.load(Ordering::SeqCst) >= self.goal {
            return None;
        }
        let mut state = self.state.lock().unwrap();
        state.weather = match state.weather {
            (_, 0) => (WEATHER[state.chance.below(WEATHER.len())], STRETCH),
            (percent, left) => (percent, left - 1),
        };
        if let Some(fault) = state.doomed.get(invocation).copied() {
            return Some(self.count(&mut state, fault));
        }
        let percent = state.weather.0;
        if !state.chance.percent(percent) {
            return None;
        }
        let writes = ["TransactWriteItems", "PutItem", "UpdateItem", "DeleteItem"];
        let mut kinds = vec![Fault::Throttled, Fault::Failed, Fault::Hung];
        if writes.contains(&operation) {
            // Where something is written is where it may be lost or doubled.
            kinds.extend([Fault::AnswerLost, Fault::AnswerLost, Fault::Conflict]);
        }
        let fault = kinds[state.chance.below(kinds.len())];
        if state.chance.percent(DOOMED) {
            state.doomed.insert(invocation.to_owned(), fault);
        }
        Some(self.count(&mut state, fault))
    }

    fn count(&self, state: &mut State, fault: Fault) -> Fault {
        *state.counts.entry(fault).or_default() += 1;
        self.requests.fetch_add(1, Ordering::SeqCst);
        fault
    }

    fn coin(&self) -> bool {
        self.state.lock().unwrap().chance.percent(50)
    }

    fn below(&self, end: usize) -> usize {
        self.state.lock().unwrap().chance.below(end)
    }

    async fn forward(&self, headers: &HeaderMap, body: Bytes) -> Response<Body> {
        let mut request = self.client.post(&self.upstream).body(body);
        for name in [
            "x-amz-target",
            "x-amz-date",
            "authorization",
            "content-type",
        ] {
            if let Some(value) = headers.get(name) {
                request = request.header(name, value);
            }
        }
        let answer = request.send().await.unwrap();
        let status = answer.status();
        let body = answer.bytes().await.unwrap();
        said(status, body.into())
    }

    /// The records of the stream, as they come when things go wrong.
    fn disturb(&self, answer: &mut Value) {
        let Some(records) = answer["Records"].as_array_mut() else {
            return;
        };
        let mut state = self.state.lock().unwrap();
        let state = &mut *state;
        let mut now: Vec<Value> = std::mem::take(&mut state.late);
        now.append(records);
        if !now.is_empty() && self.on.load(Ordering::SeqCst) && state.chance.percent(STREAM_FAULTS)
        {
            let kinds = [Fault::Repeated, Fault::Shuffled, Fault::Late];
            let fault = kinds[state.chance.below(kinds.len())];
            *state.counts.entry(fault).or_default() += 1;
            self.stream.fetch_add(1, Ordering::SeqCst);
            match fault {
                Fault::Repeated => {
                    now.extend(now.clone());
                    now.append(&mut state.given);
                }
                Fault::Shuffled => state.chance.shuffle(&mut now),
                _ => state.late = now.split_off(state.chance.below(now.len())),
            }
        }
        state.given.extend(now.iter().take(3).cloned());
        *records = now;
    }
}

async fn answer(
    shared: Arc<Shared>,
    request: Request<Incoming>,
) -> Result<Response<Body>, io::Error> {
    let (parts, body) = request.into_parts();
    let body = to_bytes(Body::new(body), BODY_LIMIT).await;
    let body = body.map_err(io::Error::other)?;
    let header = |name: &str| {
        let value = parts.headers.get(name);
        value.map_or("", |value| value.to_str().unwrap())
    };
    let target = header("x-amz-target");
    let operation = target.rsplit('.').next().unwrap_or_default().to_owned();
    let fault = shared.fault(&operation, header("amz-sdk-invocation-id"));
    let answer = match fault {
        Some(Fault::Throttled) if shared.coin() => {
            refused("ProvisionedThroughputExceededException", &json!({}))
        }
        Some(Fault::Throttled) => refused("ThrottlingException", &json!({})),
        Some(Fault::Failed) => failed(),
        Some(Fault::Hung) => {
            tokio::time::sleep(Duration::from_millis(100)).await;
            return Err(io::ErrorKind::ConnectionReset.into());
        }
        Some(Fault::AnswerLost) => {
            shared.forward(&parts.headers, body).await;
            if shared.coin() {
                return Err(io::ErrorKind::ConnectionReset.into());
            }
            failed()
        }
        Some(Fault::Conflict) => conflict(&shared, &operation, &body),
        _ if operation == "GetRecords" => {
            let answer = shared.forward(&parts.headers, body).await;
            let (parts, body) = answer.into_parts();
            let body = to_bytes(body, BODY_LIMIT).await.map_err(io::Error::other)?;
            let mut records: Value = serde_json::from_slice(&body)?;
            shared.disturb(&mut records);
            said(parts.status, records.to_string().into())
        }
        _ => shared.forward(&parts.headers, body).await,
    };
    Ok(answer)
}

fn conflict(shared: &Shared, operation: &str, body: &Bytes) -> Response<Body> {
    if operation != "TransactWriteItems" {
        return refused("TransactionConflictException", &json!({}));
    }
    let asked: Value = serde_json::from_slice(body).unwrap();
    let items = asked["TransactItems"].as_array().unwrap().len();
    let mut reasons = vec![json!({"Code": "None"}); items];
    reasons[shared.below(items)] = json!({"Code": "TransactionConflict", "Message": "…"});
    refused(
        "TransactionCanceledException",
        &json!({"CancellationReasons": reasons}),
    )
}

fn refused(kind: &str, more: &Value) -> Response<Body> {
    let mut answer = more.clone();
    answer["__type"] = format!("com.amazonaws.dynamodb.v20120810#{kind}").into();
    answer["message"] = "made by the proxy of the test".into();
    said(StatusCode::BAD_REQUEST, answer.to_string().into())
}

fn failed() -> Response<Body> {
    let kind = "com.amazonaws.dynamodb.v20120810#InternalServerError";
    let answer = json!({"__type": kind, "message": "made by the proxy of the test"});
    said(StatusCode::INTERNAL_SERVER_ERROR, answer.to_string().into())
}

fn said(status: StatusCode, body: Body) -> Response<Body> {
    Response::builder()
        .status(status)
        .header("content-type", "application/x-amz-json-1.0")
        .body(body)
        .unwrap()
}
