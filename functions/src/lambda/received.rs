//! When a request was received, which is when it takes place: what waited for a function to start
//! is not late.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::Timestamp;
use lambda_http::request::RequestContext;
use lambda_http::{Request, RequestExt};

use crate::{Clock, system_clock};

/// When the HTTP API received the request that is answered now (`requestContext.timeEpoch`, in
/// milliseconds). A function answers one at a time.
#[derive(Debug, Clone, Default)]
pub(super) struct Received(Arc<AtomicI64>);

impl Received {
    /// Notes when this one was.
    pub(super) fn note(&self, request: &Request) {
        let at = match request.request_context_ref() {
            Some(RequestContext::ApiGatewayV2(context)) => context.time_epoch,
            _ => 0,
        };
        self.0.store(at, Ordering::Relaxed);
    }

    /// What tells that time; the system's where the HTTP API said none.
    pub(super) fn clock(&self) -> Clock {
        let noted = Arc::clone(&self.0);
        let system = system_clock();
        Arc::new(move || match noted.load(Ordering::Relaxed) {
            0 => system(),
            at => Timestamp::from_millisecond(at).unwrap_or_else(|_| system()),
        })
    }
}
