//! Every error → a status and a page, in one place.

use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use domain::{Action, Slug};
use serde_json::{Value, json};
use site_gen::view::Head;
use site_gen::{RenderError, address, dates};

use crate::quota::TooMany;
use crate::store::StoreError;
use crate::{App, SharedApp};

/// Why a request has no answer of its own.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The request can't be read as the form it should be.
    #[error("unreadable request")]
    BadRequest,
    /// There is nothing here.
    #[error("not found")]
    NotFound,
    /// What was here is elsewhere now, at this address.
    #[error("moved")]
    Moved(String),
    /// The request comes from another site.
    #[error("sent from another site")]
    Forbidden,
    /// The moderator lacks a right.
    #[error("a right is lacking: {} in {:?}", .0.action.key(), .0.space)]
    NotAllowed(Lacking),
    /// The body is over 64 KiB.
    #[error("body too large")]
    TooLarge,
    /// The headers are over 16 KiB, or over 100.
    #[error("headers too large")]
    HeadersTooLarge,
    /// The answer took too long, or its request did not come.
    #[error("the request took too long")]
    TooSlow,
    /// More came from one network address than is taken in an hour.
    #[error("more than is taken in an hour")]
    TooMany(TooMany),
    /// The form is too old.
    #[error("form expired")]
    Expired,
    /// The store did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A template is at fault.
    #[error(transparent)]
    Render(#[from] RenderError),
    /// Something that must not happen.
    #[error("{0}")]
    Broken(&'static str),
}

/// The right that a moderator lacks, and the space where; everywhere where it is none.
#[derive(Debug, Clone)]
pub struct Lacking {
    pub(crate) action: Action,
    pub(crate) space: Option<Slug>,
}

impl Failure {
    fn status(&self) -> StatusCode {
        match self {
            Self::BadRequest => StatusCode::BAD_REQUEST,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Moved(_) => StatusCode::SEE_OTHER,
            Self::Forbidden | Self::NotAllowed(_) => StatusCode::FORBIDDEN,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::HeadersTooLarge => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Expired => StatusCode::GONE,
            Self::Store(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Render(_) | Self::Broken(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        if let Self::Moved(to) = &self {
            return Redirect::to(to).into_response();
        }
        // The page is made by `pages`, which has the theme.
        let mut response = self.status().into_response();
        response.extensions_mut().insert(Cause(self.to_string()));
        match self {
            Self::NotAllowed(lacking) => {
                response.extensions_mut().insert(lacking);
            }
            Self::TooMany(too_many) => {
                let seconds = too_many.until.as_second() - too_many.now.as_second();
                response
                    .headers_mut()
                    .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
                response.extensions_mut().insert(too_many);
            }
            _ => {}
        }
        response
    }
}

/// Why an answer is an error, on its way to the log.
#[derive(Clone)]
struct Cause(String);

/// Gives a page to every answer that has a status of error and no page, nor JSON.
pub(crate) async fn pages(State(app): State<SharedApp>, request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    let status = response.status();
    let kind = response.headers().get(header::CONTENT_TYPE);
    let kind = kind.map_or(&b""[..], |kind| kind.as_bytes());
    let has_page = kind.starts_with(b"text/html") || kind == b"application/json";
    if has_page || !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    if status.is_server_error() {
        let cause = response.extensions().get::<Cause>();
        let cause = cause.map_or("an extractor refused the request", |cause| cause.0.as_str());
        tracing::error!(cause, "a request failed");
    }
    let extensions = response.extensions();
    let page = match (extensions.get::<Lacking>(), extensions.get::<TooMany>()) {
        (Some(lacking), _) => not_allowed(&app, lacking),
        (None, Some(too_many)) => too_much(&app, too_many),
        (None, None) => page(&app, status),
    };
    let (parts, _) = response.into_parts();
    let mut answer = (status, axum::response::Html(page)).into_response();
    for name in [header::ALLOW, header::RETRY_AFTER] {
        if let Some(value) = parts.headers.get(&name) {
            answer.headers_mut().insert(name, value.clone());
        }
    }
    if status == StatusCode::SERVICE_UNAVAILABLE {
        answer
            .headers_mut()
            .insert(header::RETRY_AFTER, HeaderValue::from_static("30"));
    }
    answer
}

fn page(app: &App, status: StatusCode) -> String {
    let name = match status {
        StatusCode::BAD_REQUEST | StatusCode::UNSUPPORTED_MEDIA_TYPE => "bad-request",
        StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => "not-found",
        StatusCode::FORBIDDEN => "forbidden",
        StatusCode::PAYLOAD_TOO_LARGE => "too-large",
        StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE => "headers-too-large",
        StatusCode::GONE => "expired",
        StatusCode::REQUEST_TIMEOUT | StatusCode::SERVICE_UNAVAILABLE => "timeout",
        _ => "internal",
    };
    said(app, name, &[], &[])
}

/// Which right is lacking, and whom to ask.
fn not_allowed(app: &App, lacking: &Lacking) -> String {
    let messages = app.renderer.messages();
    let right = messages.text(&format!("right.{}", lacking.action.key()), &[]);
    let place = match &lacking.space {
        Some(space) => {
            let space = app.renderer.catalogue().spaces.get(space);
            let name = space.map(|space| space.name.clone()).unwrap_or_default();
            messages.text("right.in-space", &[("space", name)])
        }
        None => messages.text("right.everywhere", &[]),
    };
    let arguments = [("right", right), ("place", place)];
    said(app, "not-allowed", &arguments, &[])
}

/// When to try again, and what was typed.
fn too_much(app: &App, too_many: &TooMany) -> String {
    let until = dates::moment(too_many.until, app.renderer.messages());
    said(app, "too-many", &[("until", until)], &too_many.typed)
}

fn said(app: &App, name: &str, arguments: &[(&str, String)], typed: &[(String, String)]) -> String {
    let say = |part: &str| {
        app.renderer
            .messages()
            .text(&format!("error-page.{name}.{part}"), arguments)
    };
    let trail = app.renderer.trail_home();
    let head = Head {
        indexed: false,
        ..Head::of(say("heading"), say("text"), address::HOME.to_owned(), trail)
    };
    let typed: Vec<Value> = typed
        .iter()
        .map(|(label, value)| json!({"label": label, "value": value}))
        .collect();
    let view = json!({
        "heading": say("heading"),
        "text": say("text"),
        "advice": say("advice"),
        "typed": typed,
    });
    app.renderer
        .document("error.html", &head, &view)
        .unwrap_or_else(|error| {
            tracing::error!(cause = %error, "the error page failed");
            say("text")
        })
}
