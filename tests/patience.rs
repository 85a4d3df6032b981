//! How long a site under test waits for others: as long as a busy machine takes. Who holds a
//! connection and asks nothing is waited for as on a real site.

use std::time::Duration;

use ecoute::serve::Timeouts;
use functions::store::Limits;

pub const TIMEOUTS: Timeouts = Timeouts {
    headers: Duration::from_secs(10),
    request: Duration::from_secs(120),
    store: LIMITS,
    stop: Duration::from_secs(60),
};

pub const LIMITS: Limits = Limits {
    connect: Duration::from_secs(60),
    attempt: Duration::from_secs(60),
    operation: Duration::from_secs(60),
};
