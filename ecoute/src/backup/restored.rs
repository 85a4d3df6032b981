//! A backup put back: checked whole before anything is written, and in its place only once all
//! of it is.

use std::fs::{self, File};
use std::path::Path;

use functions::Store;
use functions::store::{AT_ONCE, Item, Table};

use super::file::{self, Checked, Unsound};
use super::{Folder, say};
use crate::error::Stopped;
use crate::first_start::write_private;
use crate::progress;
use crate::serve::Database;

/// Puts a backup in a data folder that has nothing yet, and answers what to say of it.
///
/// # Errors
/// One clear sentence; nothing is then written.
pub async fn restore(
    database: &Database,
    data_dir: &Path,
    backup: &Path,
) -> Result<String, Stopped> {
    let mut opened = File::open(backup).map_err(|error| Stopped::io("file", backup, &error))?;
    let checked = file::check(&mut opened).map_err(|unsound| said(&unsound, backup))?;
    if !is_empty(data_dir)? {
        return Err(Stopped::at("restore-not-empty", data_dir, &""));
    }
    if let Some(above) = data_dir.parent() {
        fs::create_dir_all(above).map_err(|error| Stopped::io("data-dir", above, &error))?;
    }
    let folder = Folder::beside(data_dir)?;
    let (engine, store) = database.join(&folder.path)?;
    store.create_tables().await?;
    let foreign = *database != Database::Embedded;
    if foreign && !store.items(Table::Contributions, None).await?.0.is_empty() {
        return Err(Stopped::at("restore-not-empty", data_dir, &""));
    }
    write_all(&store, &mut opened, &checked, backup).await?;
    if let Some(secret) = &checked.secret {
        let path = folder.path.join("secret");
        write_private(&path, &secret.expose())
            .map_err(|error| Stopped::io("write", &path, &error))?;
    }
    // Closing waits for the engine's thread, which must not hold this runtime up.
    let _ = tokio::task::spawn_blocking(move || engine.stop()).await;
    put(&folder, data_dir).map_err(|error| Stopped::io("data-dir", data_dir, &error))?;
    let mut args = checked.counts.args(data_dir).to_vec();
    let made_at = site_gen::dates::iso(checked.made_at);
    args.push(("made-at", made_at));
    let mut lines = vec![say("restore.done", &args)];
    if checked.secret.is_none() {
        lines.push(say("restore.no-secret", &[]));
    }
    lines.push(say("restore.sessions", &[]));
    Ok(lines.join("\n"))
}

fn is_empty(data_dir: &Path) -> Result<bool, Stopped> {
    match fs::read_dir(data_dir) {
        Ok(mut entries) => Ok(entries.next().is_none()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(true),
        Err(error) => Err(Stopped::io("data-dir", data_dir, &error)),
    }
}

/// Puts a folder in the place of none, or of one that is empty.
fn put(folder: &Folder, data_dir: &Path) -> std::io::Result<()> {
    match fs::remove_dir(data_dir) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    fs::rename(&folder.path, data_dir)
}

async fn write_all(
    store: &Store,
    opened: &mut File,
    checked: &Checked,
    backup: &Path,
) -> Result<(), Stopped> {
    let counts = checked.counts;
    let all = usize::try_from(counts.contributions + counts.identities).unwrap_or(usize::MAX);
    let bar = progress::bar(all, "restore.writing");
    let mut batch: Vec<Item> = Vec::new();
    let mut of = Table::Contributions;
    for read in file::items(opened).map_err(|unsound| said(&unsound, backup))? {
        let (table, item) = read.map_err(|unsound| said(&unsound, backup))?;
        if table != of || batch.len() == AT_ONCE {
            bar.inc(batch.len() as u64);
            write(store, of, &mut batch).await?;
            of = table;
        }
        batch.push(item);
    }
    write(store, of, &mut batch).await?;
    bar.finish_and_clear();
    Ok(())
}

async fn write(store: &Store, table: Table, batch: &mut Vec<Item>) -> Result<(), Stopped> {
    if !batch.is_empty() {
        store.put_items(table, std::mem::take(batch)).await?;
    }
    Ok(())
}

fn said(unsound: &Unsound, backup: &Path) -> Stopped {
    let (key, detail) = match unsound {
        Unsound::Foreign => ("restore-foreign", String::new()),
        Unsound::Version(version) => ("restore-version", version.to_string()),
        Unsound::Cut => ("restore-cut", String::new()),
        Unsound::Altered => ("restore-altered", String::new()),
        Unsound::Unreadable(kind) => ("file", kind.to_string()),
    };
    Stopped::at(key, backup, &detail)
}
