//! How fast messages leave: as the operator says, and slower for a while where the server asks.
//!
//! SES takes so many messages a second of an account (14 at first in production), lets a short burst
//! pass, and refuses the rest with 454, to be tried again:
//! <https://docs.aws.amazon.com/ses/latest/dg/manage-sending-quotas-errors.html>. What slows down and
//! what speeds up again is additive and multiplicative the way that TCP's is (RFC 5681, 3.1), so
//! that a rate that nobody said is found.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

/// What lies at least between two messages once a server asked to go slower.
const SLOWED: Duration = Duration::from_millis(50);
/// What lies between two messages at the most, where the operator asks for no more.
const SLOWEST: Duration = Duration::from_secs(1);
/// What a server says within this time is of the same burst.
const BURST: Duration = Duration::from_secs(1);

/// When the next message may leave.
pub(super) struct Pace {
    /// Between two messages, as the operator says.
    least: Duration,
    now: Mutex<Now>,
}

struct Now {
    between: Duration,
    next: Instant,
    slowed_until: Instant,
}

impl Pace {
    /// So many messages a second; as many as leave where it is none.
    pub(super) fn of(a_second: Option<u32>) -> Self {
        let least = a_second.map_or(Duration::ZERO, |rate| Duration::from_secs(1) / rate.max(1));
        let start = Instant::now();
        Self {
            least,
            now: Mutex::new(Now {
                between: least,
                next: start,
                slowed_until: start,
            }),
        }
    }

    /// Waits until a message may leave. Those who wait leave one after the other.
    pub(super) async fn turn(&self) {
        let at = {
            let mut now = self.lock();
            let at = now.next.max(Instant::now());
            now.next = at + now.between;
            at
        };
        sleep_until(at).await;
    }

    /// A message was taken: a server that asked to go slower is slowly tried faster again.
    pub(super) fn taken(&self) {
        let mut now = self.lock();
        now.between = (now.between - now.between / 50).max(self.least);
    }

    /// The server asks to go slower.
    pub(super) fn slower(&self) {
        let mut now = self.lock();
        let said = Instant::now();
        if said < now.slowed_until {
            return;
        }
        now.slowed_until = said + BURST;
        now.between = (2 * now.between).clamp(SLOWED, SLOWEST.max(self.least));
        now.next = now.next.max(said + BURST);
    }

    fn lock(&self) -> MutexGuard<'_, Now> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
