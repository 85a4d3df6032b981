//! `ecoute backup` and `ecoute restore`: all that a site keeps, in one file and back.
//!
//! The file is gzip; inside, lines of JSON: what it is, the secret of the data folder, every item
//! of both tables, and at the end how many there are and the SHA-256 of all the lines before.

mod file;
mod restored;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use functions::Store;
use functions::store::{Item, Table};
use jiff::Timestamp;
use rusqlite::Connection;

use crate::engine::{Engine, Expired};
use crate::error::Stopped;
use crate::first_start::known_secret;
use crate::progress;
use crate::serve::{self, Database};
use crate::words::say;
use file::Writer;

pub use restored::restore;

/// What was kept, or is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Items of the table of contributions.
    pub contributions: u64,
    /// Items of the table of identities.
    pub identities: u64,
}

impl Counts {
    fn add(&mut self, table: Table) {
        match table {
            Table::Contributions => self.contributions += 1,
            Table::Identities => self.identities += 1,
        }
    }

    fn args(self, path: &Path) -> [(&'static str, String); 3] {
        [
            ("contributions", site_gen::number(self.contributions)),
            ("identities", site_gen::number(self.identities)),
            ("path", path.display().to_string()),
        ]
    }
}

/// Writes all that the site of a data folder keeps to a file, and answers what to say of it. On
/// the embedded engine it is the state of one moment, of a site that runs too: SQLite copies its
/// file in one transaction, and the copy is read. Elsewhere each item is as it was at some moment
/// of the reading.
///
/// # Errors
/// One clear sentence; there is then no file, or the one that was there.
pub async fn backup(
    database: &Database,
    data_dir: &Path,
    file: &Path,
    now: Timestamp,
) -> Result<String, Stopped> {
    let written = |error: &std::io::Error| Stopped::io("write", file, error);
    let secret = known_secret(data_dir)?;
    let copy = Copied::of(database, data_dir)?;
    let mut writer = Writer::begin(file, now).map_err(|error| written(&error))?;
    if let Some(secret) = secret {
        writer.secret(&secret).map_err(|error| written(&error))?;
    }
    let counter = progress::counter("backup.writing");
    for table in Table::ALL {
        let mut from = None;
        loop {
            let (items, next) = copy.store.items(table, from).await?;
            for item in items.iter().filter(|item| !item.is_of_the_moment()) {
                let item = spelled(item)?;
                writer.item(table, item).map_err(|error| written(&error))?;
            }
            counter.inc(items.len() as u64);
            from = next;
            if from.is_none() {
                break;
            }
        }
    }
    counter.finish_and_clear();
    let counts = writer.finish().map_err(|error| written(&error))?;
    copy.remove().await;
    let lines = [
        say("backup.done", &counts.args(file)),
        say("backup.warning", &[]),
    ];
    Ok(lines.join("\n"))
}

fn spelled(item: &Item) -> Result<serde_json::Value, Stopped> {
    item.to_json()
        .ok_or_else(|| Stopped::because("backup-item", &[]))
}

/// A store that nobody writes to meanwhile, where that can be had.
struct Copied {
    store: Store,
    engine: Engine,
    folder: Option<Folder>,
}

impl Copied {
    fn of(database: &Database, data_dir: &Path) -> Result<Self, Stopped> {
        if *database != Database::Embedded {
            let (engine, store) = database.join(data_dir)?;
            return Ok(Self {
                store,
                engine,
                folder: None,
            });
        }
        let source = data_dir.join("ecoute.db");
        if !source.exists() {
            return Err(Stopped::at("no-data", data_dir, &""));
        }
        let folder = Folder::beside(&data_dir.join("backup"))?;
        let target = folder.path.join("ecoute.db");
        copy(&source, &target).map_err(|error| Stopped::at("damaged", &source, &error))?;
        let engine = Engine::start(&folder.path, Expired::Kept)?;
        Ok(Self {
            store: Store::local(engine.endpoint(), serve::TABLES),
            engine,
            folder: Some(folder),
        })
    }

    async fn remove(self) {
        let (engine, folder) = (self.engine, self.folder);
        // Closing waits for the engine's thread, which must not hold this runtime up.
        let _ = tokio::task::spawn_blocking(move || engine.stop()).await;
        drop(folder);
    }
}

/// Copies a database as it is at one moment, whoever writes to it.
fn copy(source: &Path, target: &Path) -> rusqlite::Result<()> {
    let connection = Connection::open(source)?;
    connection.busy_timeout(Duration::from_secs(30))?;
    let target = target.to_string_lossy();
    connection.execute("VACUUM INTO ?1", [&*target]).map(|_| ())
}

/// A folder for its owner alone, which goes when it is no longer needed.
struct Folder {
    path: PathBuf,
}

impl Folder {
    /// Makes one beside a place, under a name that nothing has.
    fn beside(place: &Path) -> Result<Self, Stopped> {
        let random = u64::from_be_bytes(functions::random());
        let mut name = place.file_name().unwrap_or_default().to_owned();
        name.push(format!(".part-{random:016x}"));
        let path = place.with_file_name(name);
        let mut builder = fs::DirBuilder::new();
        #[cfg(unix)]
        {
            use std::os::unix::fs::DirBuilderExt;
            builder.mode(0o700);
        }
        builder
            .create(&path)
            .map_err(|error| Stopped::io("data-dir", &path, &error))?;
        Ok(Self { path })
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // Gone already where it was put in its place.
        let _ = fs::remove_dir_all(&self.path);
    }
}
