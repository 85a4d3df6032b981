#![no_main]
//! The header of cookies, as a browser or a program sends it.

use axum::http::{HeaderMap, HeaderValue, header};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|raw: &[u8]| {
    let mut headers = HeaderMap::new();
    for part in raw.split(|byte| *byte == b'\n') {
        if let Ok(value) = HeaderValue::from_bytes(part) {
            headers.append(header::COOKIE, value);
        }
    }
    if let Some(value) = functions::cookie(&headers, "session") {
        assert!(!value.contains(';'), "{value:?}");
    }
    // Whatever stands before it, a cookie of the site's own is found.
    headers.insert(header::COOKIE, HeaderValue::from_static("a=b; session=own"));
    assert_eq!(
        functions::cookie(&headers, "session").as_deref(),
        Some("own")
    );
});
