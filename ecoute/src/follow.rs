//! What keeps the pages up to date on one machine: the stream, and the clock.

use std::time::{Duration, Instant};

use functions::{Due, PublishError, Publisher, Record, Throttle};
use jiff::Timestamp;
use site_gen::Material;
use tokio::sync::watch;

use crate::tail::Tail;

const IDLE: Duration = Duration::from_millis(60);
const RETRY: Duration = Duration::from_secs(1);

/// Publishes what the stream says, and the whole site when a campaign opens or closes, until
/// the site stops; then what is left in the stream, and what waits for its turn.
pub(crate) async fn follow(
    publisher: Publisher,
    material: Material,
    mut tail: Tail,
    endpoint: String,
    mut stopped: watch::Receiver<bool>,
) {
    let mut boundary = next_boundary(&publisher);
    let mut throttle = Throttle::default();
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
        // Another process may have put one.
        if records.iter().any(Record::tells_of_letter) {
            publisher.store.wake_mailer();
        }
        let idle = records.is_empty();
        let began = Instant::now();
        while let Err(error) = publish(&publisher, &records, &mut throttle).await {
            tracing::error!(cause = %error, "a change was not published, and is tried again");
            if *stopped.borrow() {
                return;
            }
            tokio::time::sleep(RETRY).await;
        }
        let due = throttle.due((publisher.clock)());
        render_likes(&publisher, due, &mut throttle).await;
        if boundary.is_some_and(|boundary| (publisher.clock)() >= boundary) {
            if let Err(error) = publisher.publish_all(&material).await {
                tracing::error!(cause = %error, "the site was not built again");
                tokio::time::sleep(RETRY).await;
                continue;
            }
            boundary = next_boundary(&publisher);
        }
        if idle && stopping {
            let waiting = throttle.all();
            render_likes(&publisher, waiting, &mut throttle).await;
            return;
        }
        // Under load it rests as long as it worked: what comes meanwhile is counted at once.
        let rest = IDLE.max(if idle { IDLE } else { began.elapsed() });
        let rest = rest.min(Duration::from_millis(500));
        if idle || !stopping {
            let _ = tokio::time::timeout(rest, stopped.wait_for(|stopped| *stopped)).await;
        }
    }
}

/// Counts what records touch, renders it, and leaves the pages of likes to their turn.
async fn publish(
    publisher: &Publisher,
    records: &[Record],
    throttle: &mut Throttle,
) -> Result<(), PublishError> {
    let mut counted = publisher.count(records).await?;
    throttle.take(&mut counted);
    publisher.render(counted).await.map(|_| ())
}

async fn render_likes(publisher: &Publisher, due: Due, throttle: &mut Throttle) {
    if due.is_empty() {
        return;
    }
    if let Err(error) = publisher.render_likes(&due).await {
        tracing::error!(cause = %error, "counts of likes were not rendered, and will be");
        throttle.again(due);
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
