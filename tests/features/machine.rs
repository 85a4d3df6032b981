//! On one machine: what others on it can read, what erasing leaves in the files, what is logged,
//! and what a crowd of connections does.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{ChildStdout, Command, Stdio};

use reqwest::header::ORIGIN;
use reqwest::{Client, StatusCode};
use tempfile::TempDir;

use crate::app::{TestApp, repository};
use crate::binary::binary;
use crate::command::Running;
use crate::open_campaign::put_open_campaign;
use crate::page::Page;

const ADDRESS: &str = "canari.e51d@example.org";

const IDEA: [(&str, &str); 5] = [
    ("kind", "idea"),
    ("category", "Horaires"),
    ("title", "Ouvrir le soir"),
    ("text", "Le soir, c’est fermé."),
    ("email", ADDRESS),
];

/// The files of a folder, but those of one name, that hold these bytes.
fn holding(folder: &Path, but: &str, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if name == but {
            continue;
        }
        if path.is_dir() {
            found.extend(holding(&path, but, text));
        } else {
            let bytes = std::fs::read(&path).unwrap();
            let mut windows = bytes.windows(text.len());
            if windows.any(|window| window == text.as_bytes()) {
                found.push(name);
            }
        }
    }
    found
}

#[tokio::test]
async fn what_is_erased_is_no_longer_in_the_files() {
    if std::env::var("ECOUTE_TEST_DYNAMODB").is_ok() {
        return;
    }
    let app = TestApp::start().await;
    let receipt = app.send_idea(&IDEA).await;
    app.outbox(1).await;
    let mut moderator = app.moderator().await;
    app.get_as(&mut moderator, "/moderation/").await;
    assert_ne!(holding(app.data.path(), "outbox", ADDRESS), [""; 0]);
    let erase = [("faire", "effacer")];
    let erased = app.post(&format!("{receipt}/adresse"), &erase).await;
    assert_eq!(erased.status, StatusCode::SEE_OTHER);
    let data = app.stop().await;
    assert_eq!(holding(data.path(), "outbox", ADDRESS), [""; 0]);
}

#[cfg(unix)]
#[tokio::test]
async fn other_accounts_of_the_machine_read_no_address_and_pages_reach_no_engine() {
    use std::os::unix::fs::PermissionsExt;
    if std::env::var("ECOUTE_TEST_DYNAMODB").is_ok() {
        return;
    }
    let app = TestApp::start().await;
    app.send_idea(&IDEA).await;
    app.outbox(1).await;
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let data = app.data.path();
    for name in [
        "ecoute.db",
        "ecoute.db-wal",
        "ecoute.db-shm",
        "engine.lock",
        "secret",
    ] {
        assert_eq!(mode(&data.join(name)), 0o600, "{name}");
    }
    for message in std::fs::read_dir(data.join("outbox")).unwrap() {
        assert_eq!(mode(&message.unwrap().path()), 0o600);
    }
    let endpoint = std::fs::read_to_string(data.join("engine.lock")).unwrap();
    assert!(endpoint.starts_with("http://127."), "{endpoint}");
    if cfg!(target_os = "linux") {
        assert!(!endpoint.starts_with("http://127.0.0.1:"), "{endpoint}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_path_of_a_page_has_its_headers_and_the_generator_s_files_have_none() {
    let app = TestApp::start().await;
    let idea = app.published_idea("Ouvrir le soir").await;
    assert!(app.data.path().join("site/.site-gen").exists());
    let pages = [
        "/",
        &idea,
        "/campagnes/flux.xml",
        "/robots.txt",
        "/sitemap.xml",
    ];
    let missing = [
        "/absente",
        "/.site-gen",
        "/%2esite-gen",
        "/%2Esite-gen",
        "/campagnes/%2e%2e/.site-gen",
        "/campagnes/..%2f.site-gen",
        "//campagnes",
        "//exemple.org/",
        "/%2f.site-gen",
    ];
    let answers = pages
        .iter()
        .map(|path| (path, StatusCode::OK))
        .chain(missing.iter().map(|path| (path, StatusCode::NOT_FOUND)));
    for (path, status) in answers {
        // As it is spelled: a client library would put the path in order first.
        let (answered, headers) = ask(&app.served.address.to_string(), path);
        assert_eq!(answered, status.as_u16(), "{path}");
        for header in [
            "content-security-policy: default-src 'none';",
            "x-content-type-options: nosniff",
            "referrer-policy: same-origin",
        ] {
            assert!(headers.contains(header), "{path}: {headers}");
        }
    }
}

/// The status and the headers, in small letters, of a path asked for as it is spelled.
fn ask(address: &str, path: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(address).unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let answer = String::from_utf8_lossy(&answer);
    let headers = answer.split("\r\n\r\n").next().unwrap().to_lowercase();
    let status = headers.split(' ').nth(1).unwrap().parse().unwrap();
    (status, headers)
}

/// The process itself, with a campaign that is open today, and what it logs.
struct Process {
    running: Running,
    // It says goodbye there.
    _said: BufReader<ChildStdout>,
    data: TempDir,
    _content: TempDir,
    url: String,
}

impl Process {
    /// Starts it with this before its name in the shell, such as a limit.
    fn start(before: &str, log: &str) -> Self {
        let (data, content) = (TempDir::new().unwrap(), TempDir::new().unwrap());
        put_open_campaign(content.path());
        let log_file = std::fs::File::create(data.path().join("log")).unwrap();
        let mut shell = Command::new("sh");
        shell
            .arg("-c")
            .arg(format!("{before} exec \"$0\" \"$@\""))
            .arg(binary("ecoute"))
            .args(["serve", "--listen", "127.0.0.1:0", "--content"])
            .arg(content.path())
            .arg("--theme")
            .arg(repository("themes/default"))
            .arg("--data-dir")
            .arg(data.path().join("data"))
            .env("ECOUTE_LOG", log)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log_file);
        let mut running = Running(shell.spawn().unwrap());
        let mut said = String::new();
        let mut lines = BufReader::new(running.0.stdout.take().unwrap());
        while !said.contains("Ctrl-C") {
            assert_ne!(lines.read_line(&mut said).unwrap(), 0, "{said}");
        }
        let url = said.split("Site\u{a0}: ").nth(1).unwrap();
        let url = url.lines().next().unwrap().trim_end_matches('/').to_owned();
        Self {
            running,
            _said: lines,
            data,
            _content: content,
            url,
        }
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.data.path().join("log")).unwrap()
    }

    async fn stop(&mut self) {
        let id = self.running.0.id().to_string();
        let asked = Command::new("kill").args(["-INT", &id]).status();
        assert!(asked.unwrap().success());
        assert!(self.running.0.wait().unwrap().success());
    }
}

#[tokio::test]
async fn an_address_is_in_no_log_however_much_is_logged() {
    let mut process = Process::start("", "trace");
    let client = Client::new();
    let post = async |path: &str, form: &[(String, String)]| {
        let url = format!("{}{path}", process.url);
        let sent = client.post(url).header(ORIGIN, &process.url).form(form);
        let answer = sent.send().await.unwrap();
        let (status, path) = (answer.status(), answer.url().path().to_owned());
        (status, path, answer.text().await.unwrap())
    };
    let form = IDEA.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let (status, _, review) = post("/participer/accueil/idees", &form).await;
    assert_eq!(status, StatusCode::OK, "{review}");
    let (action, fields) = Page::parse(&review).form_ending("/envoyer");
    let (status, receipt, _) = post(&action, &fields).await;
    assert_eq!(status, StatusCode::OK);
    let token = receipt.strip_prefix("/suivi/").unwrap();
    process.stop().await;
    let log = process.log();
    assert!(!log.contains(ADDRESS) && !log.contains("canari.e51d%40"));
    assert!(!log.contains(token));
}

#[tokio::test]
async fn a_crowd_of_connections_leaves_files_for_the_rest() {
    let process = Process::start("ulimit -n 128;", "warn,dynoxide=error");
    let address = process.url.strip_prefix("http://").unwrap();
    let mut crowd = Vec::new();
    for _ in 0..120 {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.write_all(b"GET / HTTP/1.1\r\nHost: ").unwrap();
        crowd.push(stream);
    }
    // Those that hold a place give it back once their time is up.
    let (status, _) = ask(address, "/");
    assert_eq!(status, 200);
    drop(crowd);
    assert_eq!(process.log(), "");
}
