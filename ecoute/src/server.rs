//! The server of one machine: connections in, requests to the router, within limits of time and
//! size.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use axum::http::Request;
use functions::store::Limits;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tower::ServiceExt;

/// How long is waited for others: who sends, the database, and what is under way at a stop.
#[derive(Debug, Clone, Copy)]
pub struct Timeouts {
    /// For the headers of a request, from when its connection waits for them.
    pub headers: Duration,
    /// For a whole request and its answer.
    pub request: Duration,
    /// For the database.
    pub store: Limits,
    /// For each of what is under way when the site stops: requests, pages, mail.
    pub stop: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            headers: Duration::from_secs(10),
            request: functions::REQUEST_PATIENCE,
            store: Limits::default(),
            stop: Duration::from_secs(10),
        }
    }
}

/// How many connections are open at once: half of the files that the process may open, since the
/// database, the pages and the mail need some too. Who comes when all are taken waits in the
/// system's queue, for no longer than somebody may take to send a request.
fn most_connections() -> usize {
    const MOST: usize = 4_096;
    let files = rustix::process::getrlimit(rustix::process::Resource::Nofile).current;
    files
        .and_then(|files| usize::try_from(files / 2).ok())
        .map_or(MOST, |half| half.clamp(1, MOST))
}

/// Serves until it is asked to stop; what is under way is then answered.
pub(crate) async fn serve(
    listener: TcpListener,
    router: Router,
    timeouts: Timeouts,
    mut stopped: watch::Receiver<bool>,
) {
    let connections = GracefulShutdown::new();
    let places = Arc::new(Semaphore::new(most_connections()));
    let accept = async || {
        let place = Arc::clone(&places).acquire_owned().await;
        listener.accept().await.map(|accepted| (accepted, place))
    };
    loop {
        let accepted = tokio::select! {
            accepted = accept() => accepted,
            // An error means that the site was dropped, which stops it as well.
            _ = stopped.wait_for(|stopped| *stopped) => break,
        };
        match accepted {
            Ok(((stream, peer), place)) => {
                let router = router.clone();
                let served = connection(stream, peer, router, timeouts, connections.watcher());
                tokio::spawn(async move {
                    served.await;
                    drop(place);
                });
            }
            Err(error) => {
                // Too many open files, mostly: others will close.
                tracing::warn!(cause = %error, "a connection was not accepted");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
    connections.shutdown().await;
}

async fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    timeouts: Timeouts,
    watcher: Watcher,
) {
    // Past these a bare 431 is answered; the functions answer a page well before.
    const BUFFER: usize = 64 * 1024;
    const HEADERS: usize = 256;
    let service = router.map_request(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        request
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(timeouts.headers)
        .max_buf_size(BUFFER)
        .max_headers(HEADERS)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(service));
    // A connection that breaks is the client's own affair, and names its address.
    let _ = watcher.watch(connection).await;
}
