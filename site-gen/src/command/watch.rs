//! `site-gen watch`: the site on this machine, made again at each change, with its problems shown
//! in the page.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Query, Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use notify::{RecursiveMode, Watcher};
use site_gen::{Directory, Placement, Problem};
use tokio::sync::watch;
use tower_http::services::{ServeDir, ServeFile};

use super::{Sources, open, say, words};

/// The script that loads a page again when the site has changed.
const SCRIPT: &str = include_str!("watch/reload.js");
const SCRIPT_PATH: &str = "/.site-gen/reload.js";
const CHANGES_PATH: &str = "/.site-gen/changes";

#[derive(clap::Args)]
pub(crate) struct Watch {
    #[command(flatten)]
    sources: Sources,
    #[arg(long, value_name = "DOSSIER", default_value = "dist", hide_default_value = true, help = say("out", &[]))]
    out: PathBuf,
    #[arg(long, value_name = "ADRESSE", default_value = "127.0.0.1:8081", hide_default_value = true, help = say("listen", &[]))]
    listen: SocketAddr,
}

/// What a build left: its turn, and what it found wrong.
#[derive(Debug, Clone, Default)]
struct Turn {
    number: u64,
    problems: Arc<[String]>,
}

impl Watch {
    pub(crate) fn run(self) -> Result<String, Vec<Problem>> {
        let output = open(&self.out)?;
        let (changed, changes) = mpsc::channel();
        let _watcher = self.watcher(changed).map_err(|error| {
            let args = [("error", error.to_string())];
            crate::problem(&self.sources.content, "watch-failed", &args)
        })?;
        let (turns, seen) = watch::channel(Turn::default());
        let site = output.root().to_owned();
        let runtime = tokio::runtime::Runtime::new().map_err(|error| self.cannot_listen(&error))?;
        let listener = runtime
            .block_on(tokio::net::TcpListener::bind(self.listen))
            .map_err(|error| self.cannot_listen(&error))?;
        let address = listener.local_addr().unwrap_or(self.listen);
        rebuild(&self.sources, &output, &turns);
        println!(
            "{}",
            say("watching", &[("url", format!("http://{address}/"))])
        );
        let sources = self.sources.clone();
        std::thread::spawn(move || {
            while changes.recv().is_ok() {
                // An editor writes a file in several steps: what comes right after is of the same.
                while changes.recv_timeout(Duration::from_millis(5)).is_ok() {}
                rebuild(&sources, &output, &turns);
            }
        });
        runtime
            .block_on(async { axum::serve(listener, router(&site, seen)).await })
            .map_err(|error| self.cannot_listen(&error))?;
        Ok(String::new())
    }

    /// Tells of each change of the content, the theme and the contributions.
    fn watcher(&self, changed: mpsc::Sender<()>) -> notify::Result<notify::RecommendedWatcher> {
        let mut watcher =
            notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
                if event.is_ok_and(|event| !event.kind.is_access()) {
                    // Nobody listens any more when the command stops.
                    let _ = changed.send(());
                }
            })?;
        watcher.watch(&self.sources.content, RecursiveMode::Recursive)?;
        watcher.watch(&self.sources.theme, RecursiveMode::Recursive)?;
        if let Some(file) = &self.sources.contributions {
            watcher.watch(file, RecursiveMode::NonRecursive)?;
        }
        Ok(watcher)
    }

    fn cannot_listen(&self, error: &std::io::Error) -> Vec<Problem> {
        let args = [("error", site_gen::system_said(error))];
        crate::problem(Path::new(&self.listen.to_string()), "listen-failed", &args)
    }
}

/// Builds again what changed, and tells the pages that are open.
fn rebuild(sources: &Sources, output: &Directory, turns: &watch::Sender<Turn>) {
    let started = Instant::now();
    let built = sources
        .load()
        .and_then(|mut loaded| loaded.build(output, Placement::Each, &[]));
    let problems: Vec<String> = match built {
        Ok(built) => {
            let args = [
                (
                    "rendered",
                    words().count("command.pages", built.rendered as u64),
                ),
                ("written", built.written.to_string()),
                ("removed", built.removed.to_string()),
                ("ms", started.elapsed().as_millis().to_string()),
            ];
            println!("{}", say("rebuilt", &args));
            Vec::new()
        }
        Err(problems) => {
            crate::print(&problems);
            problems.iter().map(ToString::to_string).collect()
        }
    };
    turns.send_modify(|turn| {
        turn.number += 1;
        turn.problems = problems.into();
    });
}

fn router(site: &Path, turns: watch::Receiver<Turn>) -> Router {
    let files = ServeDir::new(site)
        .append_index_html_on_directories(true)
        .not_found_service(ServeFile::new(site.join("404.html")));
    Router::new()
        .route(
            SCRIPT_PATH,
            get(|| async { ([(header::CONTENT_TYPE, "text/javascript")], SCRIPT) }),
        )
        .route(CHANGES_PATH, get(next_turn))
        .fallback_service(files)
        .layer(middleware::from_fn_with_state(turns.clone(), with_problems))
        .with_state(turns)
}

#[derive(serde::Deserialize)]
struct Since {
    turn: u64,
}

/// Answers the number of the build after the one that a page has seen.
async fn next_turn(
    State(mut turns): State<watch::Receiver<Turn>>,
    Query(since): Query<Since>,
) -> Response {
    match turns.wait_for(|turn| turn.number != since.turn).await {
        Ok(turn) => turn.number.to_string().into_response(),
        Err(_) => StatusCode::GONE.into_response(),
    }
}

/// Puts the script, and what is wrong, in each page.
async fn with_problems(
    State(turns): State<watch::Receiver<Turn>>,
    mut request: Request,
    next: Next,
) -> Response {
    if request.uri().path().starts_with("/.site-gen/") {
        return next.run(request).await;
    }
    // The page changes with the problems, which the file's date does not say.
    request.headers_mut().remove(header::IF_MODIFIED_SINCE);
    request.headers_mut().remove(header::IF_NONE_MATCH);
    let turn = turns.borrow().clone();
    let response = next.run(request).await;
    let kind = response.headers().get(header::CONTENT_TYPE);
    let is_page = kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    let is_missing = response.status() == StatusCode::NOT_FOUND && !turn.problems.is_empty();
    if !is_page && !is_missing {
        return response;
    }
    let status = response.status();
    let page = match to_bytes(response.into_body(), usize::MAX).await {
        Ok(bytes) if is_page => String::from_utf8_lossy(&bytes).into_owned(),
        _ => "<!doctype html><html lang=\"fr\"><head><title>site-gen</title></head><body></body></html>".to_owned(),
    };
    let script = format!(
        "<script src=\"{SCRIPT_PATH}\" data-turn=\"{}\" defer></script>",
        turn.number
    );
    let page = page.replacen("</head>", &format!("{script}</head>"), 1);
    let body_end = page
        .find("<body")
        .and_then(|at| Some(at + page[at..].find('>')? + 1));
    let page = match body_end {
        Some(at) if !turn.problems.is_empty() => {
            format!("{}{}{}", &page[..at], panel(&turn.problems), &page[at..])
        }
        _ => page,
    };
    let no_store = [(header::CACHE_CONTROL, "no-store")];
    (status, no_store, Html(Body::from(page))).into_response()
}

/// What is wrong, above the page as it was.
fn panel(problems: &[String]) -> String {
    let title = words().count("command.watch-problems", problems.len() as u64);
    let mut panel = format!(
        "<div role=\"alert\" style=\"position:relative;z-index:9;padding:16px 24px;background:#fcebe7;color:#221d16;border-bottom:4px solid #8a1c14;font:16px/1.5 system-ui\"><p style=\"margin:0\"><b>{title}</b> {}</p>",
        say("watch-old", &[])
    );
    for problem in problems {
        panel.push_str("<pre style=\"margin:12px 0 0;padding:12px;overflow:auto;background:#fff;color:#221d16;font:14px/1.45 ui-monospace,monospace\">");
        panel.push_str(
            &problem
                .replace('&', "&amp;")
                .replace('<', "&lt;")
                .replace('>', "&gt;"),
        );
        panel.push_str("</pre>");
    }
    panel.push_str("</div>");
    panel
}
