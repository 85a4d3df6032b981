//! What every answer goes through: the size of bodies, where a request comes from, and the
//! headers that keep a page to itself.

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};

use crate::{Failure, SharedApp, error};

/// The largest body, in bytes.
const BODY_LIMIT: usize = 64 * 1024;

/// The content security policy of every page: its own style, script and pictures, and forms
/// that go to the site alone.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; \
     img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

pub(crate) fn protect(routes: Router<SharedApp>, app: &SharedApp) -> Router<SharedApp> {
    routes
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(middleware::from_fn_with_state(app.clone(), same_site))
        .layer(middleware::from_fn_with_state(app.clone(), error::pages))
        .layer(middleware::from_fn(headers))
}

/// Refuses what another site makes a browser send (OWASP, cross-site request forgery): what
/// changes something must say that it comes from here, where it says anything.
async fn same_site(State(app): State<SharedApp>, request: Request, next: Next) -> Response {
    if matches!(*request.method(), Method::GET | Method::HEAD) {
        return next.run(request).await;
    }
    let from_here = comes_from_here(request.headers(), &app.site_url);
    if from_here {
        next.run(request).await
    } else {
        Failure::Forbidden.into_response()
    }
}

fn comes_from_here(headers: &HeaderMap, site_url: &str) -> bool {
    let text = |name: &str| headers.get(name)?.to_str().ok();
    match text("sec-fetch-site") {
        Some(site) => site == "same-origin" || site == "none",
        None => match text("origin") {
            Some(origin) => {
                let host = text("host").unwrap_or_default();
                origin == site_url
                    || origin
                        .split_once("://")
                        .is_some_and(|(_, sender)| sender == host)
            }
            None => true,
        },
    }
}

/// Pages for one person are kept by nobody: an answer that is for all says so itself. Their addresses are told to no other site, yet to
/// this one: a form of a page without a referrer is sent without an origin (Fetch, "append a
/// request `Origin` header"), and would be taken for another site's. A page that is stricter
/// says so itself.
async fn headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers
        .entry(header::REFERRER_POLICY)
        .or_insert(HeaderValue::from_static("same-origin"));
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    let mut set = |name: HeaderName, value: &'static str| {
        headers.insert(name, HeaderValue::from_static(value));
    };
    set(header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY);
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(HeaderName::from_static("x-robots-tag"), "noindex");
    response
}
