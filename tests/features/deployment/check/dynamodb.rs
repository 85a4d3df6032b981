//! What stands before the engine, and says of its tables what DynamoDB would where the engine knows
//! no such thing: the key that encrypts them, and that they can be restored. It can be made to say
//! otherwise, too.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{self, Body};
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::cloud::passed_on;

const MOST: usize = 16 * 1024 * 1024;

/// What is wrong with the tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    NoIdentities,
    BeingChanged,
    OtherKeys,
    NoIndex,
    OtherIndex,
    NoStream,
    HalfAStream,
    UnderNoKey,
    Unrestorable,
    NotAllowedToSee,
    NotAllowedTheQueue,
}

impl Fault {
    pub const ALL: [Self; 11] = [
        Self::NoIdentities,
        Self::BeingChanged,
        Self::OtherKeys,
        Self::NoIndex,
        Self::OtherIndex,
        Self::NoStream,
        Self::HalfAStream,
        Self::UnderNoKey,
        Self::Unrestorable,
        Self::NotAllowedToSee,
        Self::NotAllowedTheQueue,
    ];
}

/// The endpoint.
pub struct DynamoDb {
    pub address: String,
    fault: Arc<Mutex<Option<Fault>>>,
}

impl DynamoDb {
    pub async fn before(engine: &str) -> Self {
        let fault = Arc::new(Mutex::new(None));
        let (client, engine) = (reqwest::Client::new(), engine.trim_end_matches('/'));
        let (engine, known) = (engine.to_owned(), Arc::clone(&fault));
        let router = Router::new().fallback(move |request: Request| {
            let (client, engine) = (client.clone(), engine.clone());
            let fault: Option<Fault> = *known.lock().unwrap();
            async move { answered(&client, &engine, fault, request).await }
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { address, fault }
    }

    /// It has this fault from now on.
    pub fn has(&self, fault: Option<Fault>) {
        *self.fault.lock().unwrap() = fault;
    }
}

async fn answered(
    client: &reqwest::Client,
    engine: &str,
    fault: Option<Fault>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let body = body::to_bytes(body, MOST).await.unwrap();
    let operation = parts.headers["x-amz-target"].to_str().unwrap().to_owned();
    let asked: Value = serde_json::from_slice(&body).unwrap();
    let table = asked["TableName"].as_str().unwrap_or_default().to_owned();
    let is_main = table.ends_with("-contributions");
    let request = Request::from_parts(parts, Body::from(body));
    match operation.rsplit('.').next().unwrap() {
        "DescribeTable" if fault == Some(Fault::NoIdentities) && !is_main => {
            refused("ResourceNotFoundException")
        }
        "DescribeTable" => {
            let answer = passed_on(client, engine, request).await;
            let bytes = body::to_bytes(answer.into_body(), MOST).await.unwrap();
            let mut answer: Value = serde_json::from_slice(&bytes).unwrap();
            describe(&mut answer["Table"], is_main, fault);
            said(&answer)
        }
        "Query" if fault == Some(Fault::NotAllowedTheQueue) && asked["IndexName"] == "queue" => {
            refused("AccessDeniedException")
        }
        "DescribeContinuousBackups" if fault == Some(Fault::NotAllowedToSee) => {
            refused("AccessDeniedException")
        }
        "DescribeContinuousBackups" => {
            let on = match fault {
                Some(Fault::Unrestorable) if is_main => "DISABLED",
                _ => "ENABLED",
            };
            said(&json!({ "ContinuousBackupsDescription": {
                "ContinuousBackupsStatus": "ENABLED",
                "PointInTimeRecoveryDescription": { "PointInTimeRecoveryStatus": on },
            }}))
        }
        _ => passed_on(client, engine, request).await,
    }
}

fn describe(table: &mut Value, is_main: bool, fault: Option<Fault>) {
    match (fault, is_main) {
        (Some(Fault::BeingChanged), true) => table["TableStatus"] = "UPDATING".into(),
        (Some(Fault::OtherKeys), true) => table["KeySchema"][0]["AttributeName"] = "id".into(),
        (Some(Fault::NoIndex), true) => table["GlobalSecondaryIndexes"] = json!([]),
        (Some(Fault::OtherIndex), true) => {
            table["GlobalSecondaryIndexes"][0]["Projection"]["ProjectionType"] = "KEYS_ONLY".into();
        }
        (Some(Fault::NoStream), true) => table["StreamSpecification"] = Value::Null,
        (Some(Fault::HalfAStream), true) => {
            table["StreamSpecification"]["StreamViewType"] = "NEW_IMAGE".into();
        }
        _ => {}
    }
    if !is_main && fault != Some(Fault::UnderNoKey) {
        table["SSEDescription"] = json!({ "Status": "ENABLED", "SSEType": "KMS" });
    }
}

fn said(answer: &Value) -> Response {
    let kind = [("content-type", "application/x-amz-json-1.0")];
    (kind, answer.to_string()).into_response()
}

fn refused(code: &str) -> Response {
    let kind = format!("com.amazonaws.dynamodb.v20120810#{code}");
    let said = said(&json!({ "__type": kind, "message": "as the test says" }));
    (StatusCode::BAD_REQUEST, said).into_response()
}
