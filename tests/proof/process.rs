//! The binary, in a process of its own.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use ecoute::export::export_site;
use ecoute::serve::Database;
use jiff::Timestamp;
use site_gen::Contributions;
use tokio::net::TcpSocket;

use crate::binary::binary;
use crate::open_campaign::put_open_campaign;
use crate::site::{assert_same, files, full_build, repository};

/// A process that serves a folder, and that ends with the test, however that ends.
pub struct Process {
    child: Child,
    pub password: Option<String>,
}

impl Process {
    /// Starts, and waits until the site answers.
    pub fn start(places: &Places) -> Self {
        let mut child = Command::new(binary("ecoute"))
            .args(["serve", "--behind-proxy"])
            .args(["--listen", places.url.trim_start_matches("http://")])
            .arg("--content")
            .arg(&places.content)
            .arg("--data-dir")
            .arg(&places.data)
            .current_dir(repository("."))
            .env("ECOUTE_LOG", "off")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut process = Self {
            child,
            password: None,
        };
        loop {
            let line = said.next().expect("the site starts").unwrap();
            if let Some((_, password)) = line.split_once("Mot de passe\u{a0}: ") {
                process.password = Some(password.to_owned());
            }
            if line.starts_with("Ctrl-C") {
                return process;
            }
        }
    }

    /// Ends at once, with whatever is under way.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Where a site is, from one start to the next.
pub struct Places {
    pub data: PathBuf,
    content: PathBuf,
    pub url: String,
    /// Keeps the address from whoever asks for any that is free, while no process listens there:
    /// a socket that may be shared and does not listen leaves those who ask for it by number to
    /// listen.
    _port: TcpSocket,
}

impl Places {
    /// A folder with a campaign that is open now, and an address that is free.
    pub fn new(folder: &Path) -> Self {
        let content = folder.join("content");
        put_open_campaign(&content);
        let port = TcpSocket::new_v4().unwrap();
        port.set_reuseaddr(true).unwrap();
        port.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        Self {
            data: folder.join("data"),
            content,
            url: format!("http://{}", port.local_addr().unwrap()),
            _port: port,
        }
    }

    /// Fails where the pages of the site that runs are not those of a full build.
    pub async fn assert_pages(&self) {
        let exported = self.data.with_file_name("contributions.jsonl");
        export_site(&Database::Embedded, &self.data, &exported)
            .await
            .unwrap_or_else(|stopped| panic!("{stopped}"));
        let published = Contributions::read(&exported).unwrap();
        let now = Timestamp::now();
        let built = full_build(&self.content, &self.url, &published, now);
        assert_same(&files(&self.data.join("site")), &built);
    }
}
