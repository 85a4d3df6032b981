//! The site's pages on one machine, as a CDN would serve them.

use std::path::Path;

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use functions::CONTENT_SECURITY_POLICY;
use tower::ServiceExt;
use tower_http::compression::CompressionLayer;
use tower_http::services::{ServeDir, ServeFile};

/// What the functions answer, by the first segment of the path; everything else is a file.
const FUNCTIONS: [&str; 3] = ["participer", "suivi", "moderation"];

/// The functions and the files of `site`, as one router.
pub(crate) fn router(functions: Router, site: &Path) -> Router {
    let files = ServeDir::new(site)
        .append_index_html_on_directories(true)
        .not_found_service(ServeFile::new(site.join("404.html")));
    let pages = Router::new()
        .fallback_service(files)
        .layer(middleware::from_fn(as_a_page));
    let route = move |request: Request| {
        let first = request.uri().path().split('/').nth(1).unwrap_or_default();
        let router = if FUNCTIONS.contains(&first) {
            functions.clone()
        } else {
            pages.clone()
        };
        router.oneshot(request)
    };
    Router::new().fallback(route).layer(CompressionLayer::new())
}

/// The headers of a file. Pages are asked for afresh each time: a file's date has seconds, and
/// two decisions may fall in one. Assets have names that change with their content.
async fn as_a_page(mut request: Request, next: Next) -> Response {
    let path = request.uri().path();
    if path.contains("/.") {
        return StatusCode::NOT_FOUND.into_response();
    }
    let is_asset = path.starts_with("/assets/");
    if !is_asset {
        request.headers_mut().remove(header::IF_MODIFIED_SINCE);
        request.headers_mut().remove(header::IF_UNMODIFIED_SINCE);
    }
    let mut response = next.run(request).await;
    let found = response.status().is_success();
    let headers = response.headers_mut();
    let mut set = |name: HeaderName, value: &'static str| {
        headers.insert(name, HeaderValue::from_static(value));
    };
    set(header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY);
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::REFERRER_POLICY, "same-origin");
    if is_asset && found {
        set(header::CACHE_CONTROL, "public, max-age=31536000, immutable");
    } else {
        set(header::CACHE_CONTROL, "no-cache");
        headers.remove(header::LAST_MODIFIED);
    }
    let is_html = headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    if is_html {
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("text/html; charset=utf-8"),
        );
    }
    response
}
