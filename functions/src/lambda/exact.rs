//! An answer byte for byte.
//!
//! What lambda_http makes of a text by itself is decoded first, and so loses the mark by which a
//! spreadsheet knows that a file is UTF-8, while its length still counts it.

use std::pin::Pin;

use axum::body::{self, Body as AxumBody};
use axum::http::{Response, StatusCode};
use lambda_http::Body;

/// An answer of a router, for Lambda: as text where its bytes are one, in base 64 where they are
/// not.
pub(super) struct Exact(pub(super) Response<AxumBody>);

impl lambda_http::IntoResponse for Exact {
    fn into_response(self) -> Pin<Box<dyn Future<Output = Response<Body>> + Send>> {
        let (parts, body) = self.0.into_parts();
        Box::pin(async move {
            // Bodies are made in memory: one that can't be read is no answer.
            let Ok(bytes) = body::to_bytes(body, usize::MAX).await else {
                let mut broken = Response::new(Body::Empty);
                *broken.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
                return broken;
            };
            let body = match String::from_utf8(bytes.into()) {
                Ok(text) => Body::Text(text),
                Err(error) => Body::Binary(error.into_bytes()),
            };
            Response::from_parts(parts, body)
        })
    }
}
