//! Asking again and again, and how long each time took.

use std::future::Future;
use std::time::{Duration, Instant};

/// How long each operation took.
pub(crate) struct Measured {
    pub(crate) elapsed: Duration,
    pub(crate) latencies: Vec<Duration>,
}

impl Measured {
    pub(crate) fn count(&self) -> usize {
        self.latencies.len()
    }

    /// Operations a second.
    pub(crate) fn rate(&self) -> f64 {
        f64::from(u32::try_from(self.count()).unwrap()) / self.elapsed.as_secs_f64()
    }

    /// The time within which so many in a hundred were done.
    pub(crate) fn percentile(&self, percent: usize) -> Duration {
        let mut sorted = self.latencies.clone();
        sorted.sort();
        let place = (sorted.len() * percent).div_ceil(100);
        sorted[place.saturating_sub(1)]
    }
}

/// Does it again and again for a time, so many at once. What it answers is how long the part that
/// is measured took.
pub(crate) async fn for_a_while<F, D>(connections: usize, time: Duration, once: F) -> Measured
where
    F: Fn() -> D + Send + Sync + Clone + 'static,
    D: Future<Output = Duration> + Send,
{
    let mut running = tokio::task::JoinSet::new();
    let began = Instant::now();
    for _ in 0..connections {
        let once = once.clone();
        running.spawn(async move {
            let mut latencies = Vec::new();
            while began.elapsed() < time {
                latencies.push(once().await);
            }
            latencies
        });
    }
    let latencies = running.join_all().await.concat();
    Measured {
        elapsed: began.elapsed(),
        latencies,
    }
}

/// Milliseconds with a decimal.
pub(crate) fn milliseconds(time: Duration) -> String {
    format!("{:.1}", time.as_secs_f64() * 1000.0)
}
