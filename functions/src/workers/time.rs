//! When an event takes place.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::{Clock, system_clock};

/// The `time` that the event says, as a schedule does, and what has passed since it came; the
/// system's where it says none. A worker answers one event at a time.
#[derive(Debug, Clone, Default)]
pub(super) struct EventTime(Arc<Mutex<Option<(Timestamp, Instant)>>>);

impl EventTime {
    /// Notes when this one takes place.
    pub(super) fn note(&self, event: &Value) {
        let said = event["time"].as_str().and_then(|time| time.parse().ok());
        let noted = said.map(|time| (time, Instant::now()));
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = noted;
    }

    /// What tells the time.
    pub(super) fn clock(&self) -> Clock {
        let noted = Arc::clone(&self.0);
        let system = system_clock();
        Arc::new(move || {
            let noted = *noted.lock().unwrap_or_else(PoisonError::into_inner);
            let told = noted.map(|(time, since)| {
                let passed = SignedDuration::try_from(since.elapsed()).unwrap_or_default();
                time.saturating_add(passed).unwrap_or(time)
            });
            told.unwrap_or_else(&*system)
        })
    }
}
