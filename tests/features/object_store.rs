//! An S3 server in this process (s3s-fs on a folder), which checks signatures: what is written
//! is noted in order, and what each function asks; it can be made to refuse, to be away, or to let
//! somebody else come first.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{self, Body};
use axum::extract::Request;
use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::serve::Listener;
use functions::{Bucket, BucketPlace, Tag, Worker};
use s3s::auth::SimpleAuth;
use s3s::service::{S3Service, S3ServiceBuilder};
use s3s_fs::FileSystem;
use tempfile::TempDir;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tower::ServiceExt;

use crate::cloud::function::SECRET_OF_FUNCTIONS;
use crate::cloud::recorder;

pub const BUCKET: &str = "ecoute-test";
pub const KEY: &str = "a-key";
pub const SECRET: &str = "its-secret";

/// The most that is put at once.
const MOST: usize = 16 * 1024 * 1024;

/// A change to what is in the bucket.
#[derive(Debug, Clone)]
pub enum Written {
    Put(File),
    Removed(String),
}

/// A file as it was put.
#[derive(Debug, Clone)]
pub struct File {
    pub path: String,
    pub bytes: Vec<u8>,
    pub kind: String,
    pub kept: String,
}

/// A request that waits.
pub struct Held {
    /// Comes when it was asked.
    pub asked: oneshot::Receiver<()>,
    /// Lets it go on.
    pub go_on: oneshot::Sender<()>,
}

/// The server, for as long as it is held.
pub struct ObjectStore {
    pub address: String,
    folder: TempDir,
    state: Arc<State>,
}

/// A method and a path; what is told when such a request comes, and what lets it go on.
type Awaited = (Method, String, oneshot::Sender<()>, oneshot::Receiver<()>);

#[derive(Default)]
struct State {
    /// The folder of the bucket.
    files: PathBuf,
    written: Mutex<Vec<Written>>,
    /// The actions that a policy must allow for what was asked.
    asked: Mutex<BTreeSet<&'static str>>,
    /// How many more requests are answered before all are refused.
    left: Mutex<Option<usize>>,
    /// How many more requests get no answer that is worth one.
    busy: Mutex<usize>,
    /// A request before which somebody else comes.
    held: Mutex<Option<Awaited>>,
    /// What functions asked, as `infra/calls.txt` says it.
    calls: Mutex<BTreeSet<String>>,
    /// Whether nobody answers at all.
    is_away: AtomicBool,
    one_by_one: tokio::sync::Mutex<()>,
}

impl ObjectStore {
    pub async fn start() -> Self {
        let folder = TempDir::new().unwrap();
        std::fs::create_dir(folder.path().join(BUCKET)).unwrap();
        let mut service = S3ServiceBuilder::new(FileSystem::new(folder.path()).unwrap());
        let mut keys = SimpleAuth::from_single(KEY, SECRET);
        for worker in Worker::ALL {
            keys.register(worker.name().to_owned(), SECRET_OF_FUNCTIONS.into());
        }
        service.set_auth(keys);
        let service = service.build();
        let state = Arc::new(State {
            files: folder.path().join(BUCKET),
            ..State::default()
        });
        let router = Router::new().fallback({
            let state = state.clone();
            // Who asked may be gone before it is answered: what is written is noted all the same.
            move |request: Request| {
                let answered = tokio::spawn(answered(state.clone(), service.clone(), request));
                async { answered.await.unwrap() }
            }
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let listener = Door(listener, state.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self {
            address,
            folder,
            state,
        }
    }

    /// The bucket, or a folder in it.
    pub fn bucket(&self, place: &str) -> Bucket {
        let place = BucketPlace::parse(place).unwrap();
        Bucket::at(&self.address, place, KEY, SECRET)
    }

    /// The folder in which its files are.
    pub fn files(&self) -> PathBuf {
        self.folder.path().join(BUCKET)
    }

    /// What was written since the last time this was asked, in order.
    pub fn written(&self) -> Vec<Written> {
        std::mem::take(&mut *self.state.written.lock().unwrap())
    }

    /// What a policy must allow for what was asked so far.
    pub fn asked(&self) -> BTreeSet<&'static str> {
        self.state.asked.lock().unwrap().clone()
    }

    /// Refuses everything after so many requests; nothing any more where it is none.
    pub fn refuse_after(&self, requests: Option<usize>) {
        *self.state.left.lock().unwrap() = requests;
    }

    /// Hangs up on who comes, without a word; or no longer.
    pub fn is_away(&self, is_away: bool) {
        self.state.is_away.store(is_away, Ordering::SeqCst);
    }

    /// What functions asked until now: a line each, as in `infra/calls.txt`.
    pub fn calls(&self) -> BTreeSet<String> {
        self.state.calls.lock().unwrap().clone()
    }

    /// Asks for patience at the next requests.
    pub fn is_busy_for(&self, requests: usize) {
        *self.state.busy.lock().unwrap() = requests;
    }

    /// Holds a file's next request of this method until somebody else was there.
    pub fn hold(&self, method: Method, path: &str) -> Held {
        let ((tell, asked), (go_on, wait)) = (oneshot::channel(), oneshot::channel());
        let path = format!("/{BUCKET}/{path}");
        *self.state.held.lock().unwrap() = Some((method, path, tell, wait));
        Held { asked, go_on }
    }
}

/// Where connections come in, if anybody is there.
struct Door(TcpListener, Arc<State>);

impl Listener for Door {
    type Io = TcpStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (TcpStream, SocketAddr) {
        loop {
            let (stream, from) = Listener::accept(&mut self.0).await;
            if !self.1.is_away.load(Ordering::SeqCst) {
                return (stream, from);
            }
        }
    }

    fn local_addr(&self) -> std::io::Result<SocketAddr> {
        self.0.local_addr()
    }
}

/// Notes what a function asks, for its policy.
fn note(state: &State, request: &Request) {
    let signed = request.headers().get(header::AUTHORIZATION);
    let who = signed.and_then(|signed| recorder::caller(signed.to_str().ok()?));
    let Some(who) = who.filter(|who| Worker::ALL.iter().any(|it| it.name() == *who)) else {
        return;
    };
    let is_list = request.uri().path() == format!("/{BUCKET}/");
    let action = match *request.method() {
        Method::GET if is_list => "ListBucket",
        Method::GET | Method::HEAD => "GetObject",
        Method::PUT => "PutObject",
        Method::DELETE => "DeleteObject",
        ref other => panic!("{other} is not known to the recorder"),
    };
    let call = format!("{who} s3:{action} site");
    recorder::note([call.clone()].into_iter());
    state.calls.lock().unwrap().insert(call);
}

async fn answered(state: Arc<State>, service: S3Service, request: Request) -> Response {
    note(&state, &request);
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    state.asked.lock().unwrap().insert(match method {
        Method::GET if path == format!("/{BUCKET}/") => "s3:ListBucket",
        Method::GET | Method::HEAD => "s3:GetObject",
        Method::PUT => "s3:PutObject",
        Method::DELETE => "s3:DeleteObject",
        _ => panic!("{method}: nobody says which action that is"),
    });
    let held = {
        let mut held = state.held.lock().unwrap();
        held.take_if(|(on, of, _, _)| *on == method && *of == path)
    };
    if let Some((_, _, tell, wait)) = held {
        tell.send(()).unwrap();
        wait.await.unwrap();
    }
    let refused = state.left.lock().unwrap().as_mut().is_some_and(|left| {
        let none = *left == 0;
        *left = left.saturating_sub(1);
        none
    });
    if refused {
        return said(StatusCode::FORBIDDEN, "AccessDenied");
    }
    let busy = {
        let mut busy = state.busy.lock().unwrap();
        let is_busy = *busy > 0;
        *busy = busy.saturating_sub(1);
        is_busy
    };
    if busy {
        return said(StatusCode::SERVICE_UNAVAILABLE, "SlowDown");
    }
    let _turn = state.one_by_one.lock().await;
    let (parts, body) = request.into_parts();
    let bytes = body::to_bytes(body, MOST).await.unwrap();
    let file = path
        .strip_prefix(&format!("/{BUCKET}/"))
        .unwrap_or_default();
    assert!(!file.contains('%'), "{file}: no page has such an address");
    let file = file.to_owned();
    let header = |name| parts.headers.get(name).map(|it| it.to_str().unwrap());
    let header = |name| header(name).unwrap_or_default().to_owned();
    let (kind, kept) = (header(header::CONTENT_TYPE), header(header::CACHE_CONTROL));
    let sent = Request::from_parts(parts, Body::from(bytes.clone()));
    let response = service.oneshot(sent).await.unwrap();
    if response.status().is_success() {
        let mut written = state.written.lock().unwrap();
        match method {
            Method::PUT => written.push(Written::Put(File {
                path: file,
                bytes: bytes.to_vec(),
                kind,
                kept,
            })),
            Method::DELETE => written.push(Written::Removed(file)),
            _ => {}
        }
    }
    let is_list = method == Method::GET && path == format!("/{BUCKET}/");
    if is_list && response.status().is_success() {
        return with_tags(response.map(Body::new), &state.files).await;
    }
    response.map(Body::new)
}

/// This server lists files without their tags; S3 lists them with.
async fn with_tags(response: Response, files: &Path) -> Response {
    let (mut parts, body) = response.into_parts();
    let text = body::to_bytes(body, MOST).await.unwrap();
    let text = String::from_utf8(text.to_vec()).unwrap();
    let mut listed = String::new();
    for part in text.split_inclusive("</Key>") {
        listed.push_str(part);
        let key = part.strip_suffix("</Key>");
        let key = key.and_then(|part| part.rsplit_once("<Key>"));
        if let Some((_, key)) = key {
            let bytes = std::fs::read(files.join(key.replace("%2F", "/"))).unwrap();
            let tag = Tag::of(&bytes).to_string().replace('"', "&quot;");
            listed.push_str(&format!("<ETag>{tag}</ETag>"));
        }
    }
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(listed))
}

fn said(status: StatusCode, code: &str) -> Response {
    let body = format!("<?xml version=\"1.0\"?><Error><Code>{code}</Code></Error>");
    (status, [(header::CONTENT_TYPE, "application/xml")], body).into_response()
}
