//! The embedded DynamoDB engine: one SQLite file, served on loopback to this machine alone.
//!
//! One process at a time holds a data folder's engine; another that needs it (an import beside a
//! running site) finds its address in the folder and asks it.

use std::fs::{self, File, TryLockError};
use std::io::{Read, Seek, Write};
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::thread::JoinHandle;
use std::time::Duration;

use dynoxide::Database;
use jiff::Timestamp;
use rusqlite::Connection;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::error::Stopped;

/// For how long stream records are kept, as DynamoDB keeps them: 24 hours.
const STREAM_SECONDS: i64 = 24 * 3600;
/// How often what has expired, or was deleted, is removed from the files.
const TIDY_EVERY: Duration = Duration::from_secs(600);

/// What becomes of what has expired.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expired {
    /// It is removed, by this system's clock.
    Removed,
    /// It stays: for a copy, which is of one moment; and where another clock is told.
    Kept,
}

/// The engine of a data folder.
pub struct Engine {
    endpoint: String,
    running: Option<Running>,
}

/// The engine when it runs in this process.
struct Running {
    database: PathBuf,
    stop: oneshot::Sender<()>,
    thread: JoinHandle<()>,
    // Held for as long as the engine runs: the folder is ours.
    _lock: File,
}

impl Engine {
    /// Starts the engine of a data folder, which is made where it is missing.
    ///
    /// # Errors
    /// Where another process runs it, or the folder or the file can't be used.
    pub fn start(data_dir: &Path, expired: Expired) -> Result<Self, Stopped> {
        match lock(data_dir)? {
            Some(lock) => Self::start_locked(data_dir, lock, expired),
            None => Err(Stopped::at("running", data_dir, &"")),
        }
    }

    /// Starts the engine of a data folder, or joins the one that another process runs.
    ///
    /// # Errors
    /// Where the folder or the file can't be used.
    pub fn start_or_join(data_dir: &Path) -> Result<Self, Stopped> {
        match lock(data_dir)? {
            Some(lock) => Self::start_locked(data_dir, lock, Expired::Removed),
            None => {
                let mut endpoint = String::new();
                File::open(lock_path(data_dir))
                    .and_then(|mut file| file.read_to_string(&mut endpoint))
                    .map_err(|error| Stopped::io("data-dir", data_dir, &error))?;
                if endpoint.is_empty() {
                    return Err(Stopped::at("running", data_dir, &""));
                }
                Ok(Self {
                    endpoint,
                    running: None,
                })
            }
        }
    }

    /// An engine that runs elsewhere: any DynamoDB endpoint.
    #[must_use]
    pub fn at(endpoint: &str) -> Self {
        Self {
            endpoint: endpoint.to_owned(),
            running: None,
        }
    }

    /// Where it answers: `http://127.….….…:PORT`, of this machine alone.
    #[must_use]
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// Lets requests under way finish, then closes the file.
    pub fn stop(mut self) {
        self.close();
    }

    fn start_locked(data_dir: &Path, mut lock: File, expired: Expired) -> Result<Self, Stopped> {
        let path = data_dir.join("ecoute.db");
        check(&path)?;
        keep_to_owner(&path).map_err(|error| Stopped::io("data-dir", &path, &error))?;
        let database = path
            .to_str()
            .ok_or_else(|| Stopped::at("data-dir", data_dir, &"UTF-8"))
            .and_then(|name| {
                Database::new(name).map_err(|error| Stopped::at("damaged", &path, &error))
            })?;
        index_streams(&path).map_err(|error| Stopped::at("damaged", &path, &error))?;
        let kept = database.clone();
        let (endpoint, stop, thread) = serve(database)?;
        tidy(kept, path.clone(), expired);
        lock.set_len(0)
            .and_then(|()| lock.rewind())
            .and_then(|()| lock.write_all(endpoint.as_bytes()))
            .map_err(|error| Stopped::io("data-dir", data_dir, &error))?;
        Ok(Self {
            endpoint,
            running: Some(Running {
                database: path,
                stop,
                thread,
                _lock: lock,
            }),
        })
    }

    fn close(&mut self) {
        if let Some(running) = self.running.take() {
            // Either may be gone already, which is what is wanted.
            let _ = running.stop.send(());
            let _ = running.thread.join();
            if let Err(error) = checkpoint(&running.database) {
                tracing::warn!(cause = %error, "the last writes stay in the write-ahead log");
            }
        }
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.close();
    }
}

fn lock_path(data_dir: &Path) -> PathBuf {
    data_dir.join("engine.lock")
}

/// The folder's lock; none where another process has it.
fn lock(data_dir: &Path) -> Result<Option<File>, Stopped> {
    let failed = |error: std::io::Error| Stopped::io("data-dir", data_dir, &error);
    fs::create_dir_all(data_dir).map_err(failed)?;
    let file = to_owner()
        .create(true)
        .truncate(false)
        .read(true)
        .write(true)
        .open(lock_path(data_dir))
        .map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(failed(error)),
    }
}

/// How a file is opened that its owner alone may read, where it is made.
fn to_owner() -> fs::OpenOptions {
    let mut options = File::options();
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options
}

/// Keeps the database to its owner: it holds addresses. What SQLite writes beside it has its mode.
fn keep_to_owner(path: &Path) -> std::io::Result<()> {
    let file = to_owner().append(true).create(true).open(path)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        file.set_permissions(fs::Permissions::from_mode(0o600))?;
    }
    Ok(())
}

/// Whether the file is a sound SQLite database; nothing is written to one that is not.
fn check(path: &Path) -> Result<(), Stopped> {
    if !path.exists() {
        return Ok(());
    }
    let damaged = |error: &dyn std::fmt::Display| Stopped::at("damaged", path, error);
    let connection = Connection::open(path).map_err(|error| damaged(&error))?;
    let verdict: String = connection
        .query_row("PRAGMA quick_check(1)", [], |row| row.get(0))
        .map_err(|error| damaged(&error))?;
    if verdict == "ok" {
        Ok(())
    } else {
        Err(damaged(&verdict.lines().next().unwrap_or_default()))
    }
}

/// The index without which each write of a streamed table reads the whole stream. It touches a
/// private schema of the engine, hence the engine's pinned version and a test of this name.
fn index_streams(path: &Path) -> rusqlite::Result<()> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.execute_batch(
        "CREATE INDEX IF NOT EXISTS ecoute_stream_sequence
         ON _stream_records(table_name, CAST(sequence_number AS INTEGER))",
    )
}

/// Removes stream records that are over a day old. The last of each table stays, since the
/// engine numbers the next one after it.
fn trim_streams(path: &Path, now: Timestamp) -> rusqlite::Result<usize> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.execute(
        "DELETE FROM _stream_records WHERE created_at < ?1 AND id NOT IN
         (SELECT MAX(id) FROM _stream_records GROUP BY table_name)",
        [now.as_second() - STREAM_SECONDS],
    )
}

/// Brings all that was written into the file itself, so that a copy of it alone is whole, and
/// empties the write-ahead log, which holds what was deleted since the last time.
fn checkpoint(path: &Path) -> rusqlite::Result<()> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
}

/// A loopback port at an address drawn at random, of the sixteen million that a machine has for
/// itself: the engine takes any credentials, and what any page asks of it that a browser on this
/// machine shows. No page can try them all. Where a system has one loopback address alone, that.
fn listen() -> std::io::Result<std::net::TcpListener> {
    let [b, c, d] = functions::random();
    std::net::TcpListener::bind((Ipv4Addr::new(127, b, c, d), 0))
        .or_else(|_| std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)))
}

/// Serves a database on a loopback port, on a runtime of its own, since it blocks on SQLite.
fn serve(database: Database) -> Result<(String, oneshot::Sender<()>, JoinHandle<()>), Stopped> {
    let listener = listen().map_err(|error| unavailable(&error))?;
    let address = listener.local_addr().map_err(|error| unavailable(&error))?;
    listener
        .set_nonblocking(true)
        .map_err(|error| unavailable(&error))?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .thread_name("engine")
        .enable_all()
        .build()
        .map_err(|error| unavailable(&error))?;
    let (stop, stopped) = oneshot::channel();
    let thread = std::thread::spawn(move || {
        runtime.block_on(async move {
            let served = match TcpListener::from_std(listener) {
                Ok(listener) => {
                    let wait = async {
                        // Stopped by a message, or by the engine's handle being dropped.
                        let _ = stopped.await;
                    };
                    dynoxide::server::serve_with_shutdown(listener, database, wait).await
                }
                Err(error) => Err(error.to_string()),
            };
            if let Err(cause) = served {
                tracing::error!(cause, "the engine stopped");
            }
        });
    });
    Ok((format!("http://{address}"), stop, thread))
}

/// Removes what has expired, and what was deleted from the write-ahead log, now and then, for as
/// long as the process lives.
fn tidy(database: Database, path: PathBuf, expired: Expired) {
    let tidied = std::thread::Builder::new()
        .name("tidy".to_owned())
        .spawn(move || {
            loop {
                if expired == Expired::Removed
                    && let Err(error) = database.sweep_ttl()
                {
                    tracing::warn!(cause = %error, "what has expired was not removed");
                }
                if let Err(error) = trim_streams(&path, Timestamp::now()) {
                    tracing::warn!(cause = %error, "old stream records were not removed");
                }
                if let Err(error) = checkpoint(&path) {
                    tracing::warn!(cause = %error, "what was deleted stays in the write-ahead log");
                }
                std::thread::sleep(TIDY_EVERY);
            }
        });
    if let Err(error) = tidied {
        tracing::warn!(cause = %error, "what expires will not be removed");
    }
}

fn unavailable(error: &dyn std::fmt::Display) -> Stopped {
    Stopped::because("engine", &[("error", error.to_string())])
}
