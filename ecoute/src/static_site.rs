//! The site's pages on one machine, as a CDN would serve them.

use std::path::Path;

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, Uri, header};
use axum::middleware::{self, Next};
use axum::response::Response;
use functions::CONTENT_SECURITY_POLICY;
use percent_encoding::percent_decode_str;
use site_gen::address;
use tower::ServiceExt;
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;
use tower_http::services::{ServeDir, ServeFile};

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
        let router = if address::OF_FUNCTIONS.contains(&first) {
            functions.clone()
        } else {
            pages.clone()
        };
        router.oneshot(request)
    };
    Router::new().fallback(route).layer(compression())
}

/// The headers of a file. A page is asked for afresh each time, and sent again only where it has
/// changed since: its tag says so to the nanosecond, its date only to the second, in which two
/// decisions may fall. Assets have names that change with their content.
async fn as_a_page(mut request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    if is_kept_back(&path) {
        // No page has this name: the page that says so is answered, with its headers.
        *request.uri_mut() = Uri::from_static("/404.html/");
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
    let kind = headers.get(header::CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let with_charset = match kind {
        "text/xml" if path.ends_with("/flux.xml") => Some("application/atom+xml; charset=utf-8"),
        "text/xml" => Some("application/xml; charset=utf-8"),
        "text/html" => Some("text/html; charset=utf-8"),
        "text/csv" => Some("text/csv; charset=utf-8"),
        "text/plain" => Some("text/plain; charset=utf-8"),
        _ => None,
    };
    if let Some(kind) = with_charset {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    }
    // A compressed copy is the same page, not the same bytes (RFC 9110, section 8.8.1).
    let weak = headers
        .get(header::ETAG)
        .and_then(|tag| tag.to_str().ok())
        .filter(|tag| !tag.starts_with("W/"))
        .and_then(|tag| HeaderValue::from_str(&format!("W/{tag}")).ok());
    if let Some(tag) = weak {
        headers.insert(header::ETAG, tag);
    }
    response
}

/// Whether a path is of no page, however it is spelled: the generator's own files begin with a
/// dot, and `//name` would be led to as if it were another site.
fn is_kept_back(path: &str) -> bool {
    let spelled = percent_decode_str(path).collect::<Vec<u8>>();
    path.starts_with("//") || spelled.windows(2).any(|pair| pair == b"/.")
}

/// Brotli or gzip, at a level that costs about a millisecond a page.
fn compression() -> CompressionLayer {
    const LEVEL: i32 = 9;
    CompressionLayer::new().quality(CompressionLevel::Precise(LEVEL))
}
