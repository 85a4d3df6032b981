//! `ecoute export`: everything published, for a full build elsewhere.

use std::fs;
use std::path::Path;

use crate::error::Stopped;
use crate::serve::Database;
use crate::words::say;

/// Writes every published contribution to a file, and answers what to say of it.
///
/// # Errors
/// One clear sentence.
pub async fn export(data_dir: &Path, file: &Path) -> Result<String, Stopped> {
    let (_engine, store) = Database::Embedded.join(data_dir)?;
    store.create_tables().await?;
    let published = store.published().await?;
    let part = file.with_extension("part");
    fs::write(&part, published.to_lines())
        .and_then(|()| fs::rename(&part, file))
        .map_err(|error| Stopped::io("write", file, &error))?;
    let args = [
        ("ideas", published.ideas.len().to_string()),
        ("path", file.display().to_string()),
    ];
    Ok(say("export.done", &args))
}
