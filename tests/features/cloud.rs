//! The same site as it is deployed: what functions answer goes through their own binaries, a
//! process each as Lambda starts them, behind an HTTP API; the rest is the site's files.
//!
//! `ECOUTE_TEST_WAY=lambda` takes every test of a site this way. What each function asks of the
//! store is noted in the file that `ECOUTE_TEST_CALLS` names.

pub mod function;
mod http_api;
pub mod recorder;
mod runtime_api;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicI64;

use axum::Router;
use axum::body::{self, Body};
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use functions::{Function, ORIGIN_HEADER, OidcSettings, Worker};
use site_gen::address;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

pub use function::{Deployed, ORIGIN_SECRET};
use function::{Environment, Pages};

/// Whether tests of a site go through the functions' own binaries.
pub fn is_the_way() -> bool {
    match std::env::var("ECOUTE_TEST_WAY").as_deref() {
        Ok("lambda") => true,
        Ok("process") | Err(_) => false,
        Ok(other) => panic!("ECOUTE_TEST_WAY is lambda or process, not {other}"),
    }
}

/// What a site is deployed from.
pub struct Deployment<'a> {
    /// The folder of the bundle, of the secret and of the outbox.
    pub data: &'a Path,
    /// The mail server; without one, messages go to the outbox.
    pub smtp: Option<&'a str>,
    /// Who says who a moderator is.
    pub oidc: Option<&'a OidcSettings>,
    /// Where the store is.
    pub engine: String,
    /// What the names of its tables begin with.
    pub tables: &'a str,
    /// Where the site's files are served.
    pub files: SocketAddr,
    /// What tells the time.
    pub clock: Arc<AtomicI64>,
}

impl Deployment<'_> {
    /// What each function is started with.
    fn environment(&self, engine: String) -> Environment {
        Environment {
            engine,
            bundle: self.data.join("bundle.json"),
            secret: std::fs::read_to_string(self.data.join("secret")).unwrap(),
            tables: self.tables.to_owned(),
            mail: match self.smtp {
                Some(url) => ("ECOUTE_SMTP_URL", url.to_owned()),
                None => {
                    let outbox = self.data.join("outbox");
                    ("ECOUTE_OUTBOX", outbox.display().to_string())
                }
            },
            oidc: self.oidc.cloned(),
            logs: self.data.join("logs"),
            pages: Pages::Folder(self.data.join("site")),
        }
    }

    /// A worker that puts pages in a place of its own, and asks the store as the others do.
    pub async fn worker(&self, worker: Worker, pages: Pages) -> Arc<Deployed> {
        let engine = recorder::before(self.engine.clone()).await;
        let environment = Environment {
            pages,
            ..self.environment(engine)
        };
        std::fs::create_dir_all(&environment.logs).unwrap();
        Deployed::named(worker.name(), Arc::new(environment))
    }
}

/// A site that is deployed.
pub struct Cloud {
    /// Where it listens.
    pub address: SocketAddr,
    back_office: Arc<Deployed>,
    deployed: Vec<Arc<Deployed>>,
    serving: JoinHandle<()>,
}

impl Cloud {
    pub async fn start(deployment: Deployment<'_>) -> Self {
        let engine = recorder::before(deployment.engine.clone()).await;
        let environment = Arc::new(deployment.environment(engine));
        std::fs::create_dir_all(&environment.logs).unwrap();
        let mut router = Router::new();
        let mut elsewhere = None;
        let mut back_office = None;
        let mut all = Vec::new();
        for function in Function::ALL {
            let deployed = Deployed::new(function, Arc::clone(&environment));
            let clock = Arc::clone(&deployment.clock);
            let answer = {
                let deployed = Arc::clone(&deployed);
                move |request: Request| http_api::invoke(deployed, clock, request)
            };
            for path in function.paths() {
                router = router.route(&path, any(answer.clone()));
            }
            all.push(Arc::clone(&deployed));
            if function.name() == Function::MODERATION.name() {
                back_office = Some(Arc::clone(&deployed));
            }
            // The HTTP API's default route: a path that none of the others is.
            if function.name() == Function::COUNTS.name() {
                elsewhere = Some(answer);
            }
        }
        let elsewhere = elsewhere.unwrap();
        let files = deployment.files;
        let client = reqwest::Client::new();
        let router = router.fallback(move |request: Request| {
            let (elsewhere, client) = (elsewhere.clone(), client.clone());
            async move {
                let first = request.uri().path().split('/').nth(1).unwrap_or_default();
                if address::OF_FUNCTIONS.contains(&first) {
                    elsewhere(request).await
                } else {
                    passed_on(&client, &format!("http://{files}"), request).await
                }
            }
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let serving = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        let back_office = back_office.unwrap();
        Self {
            address,
            back_office,
            deployed: all,
            serving,
        }
    }

    /// How often each function was invoked.
    pub fn invoked(&self) -> BTreeMap<&'static str, u64> {
        self.deployed.iter().map(|it| it.invoked()).collect()
    }

    /// What the function of the back office answers to who asks the HTTP API itself, with what
    /// they say is the distribution's secret.
    pub async fn past_the_distribution(&self, path: &str, said: Option<&str>) -> StatusCode {
        let mut event = http_api::event(Request::get(path).body(Body::empty()).unwrap(), 1)
            .await
            .unwrap();
        event["headers"][ORIGIN_HEADER] = said.into();
        if said.is_none() {
            event["headers"]
                .as_object_mut()
                .unwrap()
                .remove(ORIGIN_HEADER);
        }
        let answer = self.back_office.invoke(event).await.unwrap().unwrap();
        http_api::response(&answer).unwrap().status()
    }
}

impl Drop for Cloud {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// Asks the same of another server, and answers what it does.
pub async fn passed_on(client: &reqwest::Client, server: &str, request: Request) -> Response {
    const MOST: usize = 64 * 1024 * 1024;
    let (parts, body) = request.into_parts();
    let path = parts.uri.path_and_query().map_or("/", |it| it.as_str());
    let Ok(body) = body::to_bytes(body, MOST).await else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let asked = client
        .request(parts.method, format!("{server}{path}"))
        .headers(parts.headers)
        .body(body)
        .send()
        .await;
    let Ok(answer) = asked else {
        return StatusCode::BAD_GATEWAY.into_response();
    };
    let mut response = Response::new(Body::empty());
    *response.status_mut() = answer.status();
    *response.headers_mut() = answer.headers().clone();
    response.headers_mut().remove("transfer-encoding");
    match answer.bytes().await {
        Ok(bytes) => *response.body_mut() = bytes.into(),
        Err(_) => return StatusCode::BAD_GATEWAY.into_response(),
    }
    response
}
