//! What keeps the pages up to date on one machine: the stream, and the clock.

use std::time::Duration;

use functions::Publisher;
use jiff::Timestamp;
use site_gen::Material;
use tokio::sync::watch;

use crate::tail::Tail;

/// Publishes what the stream says, and the whole site when a campaign opens or closes, until
/// the site stops; then what is left in the stream.
pub(crate) async fn follow(
    publisher: Publisher,
    material: Material,
    mut tail: Tail,
    endpoint: String,
    mut stopped: watch::Receiver<bool>,
) {
    const IDLE: Duration = Duration::from_millis(60);
    const RETRY: Duration = Duration::from_secs(1);
    let mut boundary = next_boundary(&publisher);
    loop {
        let stopping = *stopped.borrow();
        let records = match tail.next().await {
            Ok(records) => records,
            Err(error) if stopping => {
                tracing::error!(cause = %error, "the last changes will be published at the next start");
                return;
            }
            Err(error) => {
                tracing::warn!(cause = %error, "the stream is opened again");
                tokio::time::sleep(RETRY).await;
                let table = publisher.store.streamed_table();
                if let Ok(opened) = Tail::open(&endpoint, table).await {
                    tail = opened;
                    boundary = Some(Timestamp::UNIX_EPOCH);
                }
                continue;
            }
        };
        let idle = records.is_empty();
        while let Err(error) = publisher.publish(&records).await {
            tracing::error!(cause = %error, "a change was not published, and is tried again");
            if *stopped.borrow() {
                return;
            }
            tokio::time::sleep(RETRY).await;
        }
        if boundary.is_some_and(|boundary| (publisher.clock)() >= boundary) {
            if let Err(error) = publisher.publish_all(&material).await {
                tracing::error!(cause = %error, "the site was not built again");
                tokio::time::sleep(RETRY).await;
                continue;
            }
            boundary = next_boundary(&publisher);
        }
        if idle {
            if stopping {
                return;
            }
            let _ = tokio::time::timeout(IDLE, stopped.wait_for(|stopped| *stopped)).await;
        }
    }
}

/// When the next campaign opens or closes.
fn next_boundary(publisher: &Publisher) -> Option<Timestamp> {
    let now = (publisher.clock)();
    publisher
        .renderer
        .catalogue()
        .campaigns
        .values()
        .flat_map(|campaign| [campaign.opens_at(), campaign.closes_at()])
        .filter(|boundary| *boundary > now)
        .min()
}
