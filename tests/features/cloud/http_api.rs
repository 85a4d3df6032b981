//! An HTTP API of API Gateway behind a distribution, as far as requests of this site go: a request
//! becomes an event of version 2.0, and what the function answers a response.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use axum::body::{self, Body};
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use functions::ORIGIN_HEADER;
use serde_json::{Map, Value, json};

use super::function::{Deployed, ORIGIN_SECRET};

/// The most that a body may be, in bytes: 10 MB.
const MOST: usize = 10_000_000;
/// The address of the distribution, as the HTTP API sees it.
const DISTRIBUTION: &str = "198.51.100.7";
/// The name by which the distribution asks.
const API: &str = "a1b2c3.execute-api.eu-west-3.amazonaws.com";

/// Answers a request by a function.
pub async fn invoke(function: Arc<Deployed>, clock: Arc<AtomicI64>, request: Request) -> Response {
    let now = clock.load(Ordering::SeqCst);
    let Some(event) = event(request, now).await else {
        return plain(StatusCode::PAYLOAD_TOO_LARGE, "Request Entity Too Large");
    };
    match function.invoke(event).await {
        Some(Ok(answer)) => response(&answer).unwrap_or_else(broken),
        Some(Err(_)) => broken(),
        None => plain(StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable"),
    }
}

/// The event of a request that came through the distribution; none where its body is too large.
pub async fn event(request: Request, now: i64) -> Option<Value> {
    let (parts, body) = request.into_parts();
    let body = body::to_bytes(body, MOST).await.ok()?;
    let mut headers = Map::new();
    for name in parts.headers.keys() {
        if name == header::COOKIE {
            continue;
        }
        let values: Vec<_> = parts.headers.get_all(name).iter().collect();
        // Several lines of a header are one, with commas.
        let values: Vec<_> = values
            .iter()
            .map(|value| String::from_utf8_lossy(value.as_bytes()))
            .collect();
        headers.insert(name.as_str().to_owned(), values.join(",").into());
    }
    // The distribution asks by another name, says who asked it, and shows its secret.
    headers.insert("host".to_owned(), API.into());
    headers.insert(ORIGIN_HEADER.to_owned(), ORIGIN_SECRET.into());
    let asked = headers.get("x-forwarded-for").and_then(Value::as_str);
    let forwarded = match asked {
        Some(asked) => format!("{asked}, {DISTRIBUTION}"),
        None => format!("127.0.0.1, {DISTRIBUTION}"),
    };
    headers.insert("x-forwarded-for".to_owned(), forwarded.into());
    let cookies: Vec<String> = parts
        .headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split("; "))
        .map(str::to_owned)
        .collect();
    let path = parts.uri.path();
    let query = parts.uri.query().unwrap_or_default();
    let mut event = json!({
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": query,
        "headers": headers,
        "requestContext": {
            "accountId": "1", "apiId": "a1b2c3", "domainName": API,
            "domainPrefix": "a1b2c3", "requestId": "r", "routeKey": "$default",
            "stage": "$default", "time": "23/Nov/2026:10:00:00 +0000",
            "timeEpoch": now,
            "http": {
                "method": parts.method.as_str(), "path": path, "protocol": "HTTP/1.1",
                "sourceIp": DISTRIBUTION, "userAgent": "Amazon CloudFront",
            },
        },
        "isBase64Encoded": false,
    });
    if !cookies.is_empty() {
        event["cookies"] = cookies.into();
    }
    if !body.is_empty() {
        // A form is no text to the HTTP API.
        event["body"] = STANDARD.encode(&body).into();
        event["isBase64Encoded"] = true.into();
    }
    Some(event)
}

/// The response that a function's answer is; none where it is no answer to the HTTP API.
pub fn response(answer: &Value) -> Option<Response> {
    let status = u16::try_from(answer["statusCode"].as_u64()?).ok()?;
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::from_u16(status).ok()?;
    let headers = response.headers_mut();
    for (name, value) in answer["headers"].as_object()? {
        headers.insert(
            HeaderName::try_from(name).ok()?,
            HeaderValue::from_str(value.as_str()?).ok()?,
        );
    }
    for (name, values) in answer["multiValueHeaders"]
        .as_object()
        .into_iter()
        .flatten()
    {
        let values: Option<Vec<&str>> = values.as_array()?.iter().map(Value::as_str).collect();
        headers.insert(
            HeaderName::try_from(name).ok()?,
            HeaderValue::from_str(&values?.join(",")).ok()?,
        );
    }
    for cookie in answer["cookies"].as_array().into_iter().flatten() {
        headers.append(
            header::SET_COOKIE,
            HeaderValue::from_str(cookie.as_str()?).ok()?,
        );
    }
    let body = answer["body"].as_str().unwrap_or_default();
    *response.body_mut() = if answer["isBase64Encoded"] == true {
        STANDARD.decode(body).ok()?.into()
    } else {
        body.to_owned().into()
    };
    Some(response)
}

fn broken() -> Response {
    plain(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error")
}

fn plain(status: StatusCode, message: &str) -> Response {
    (status, json!({ "message": message }).to_string()).into_response()
}
