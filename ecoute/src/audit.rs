//! `ecoute audit`: the log of decisions, checked and shown.

use std::path::Path;

use functions::exports;
use functions::store::{Broken, Entry};
use site_gen::dates;

use crate::error::Stopped;
use crate::serve::Database;
use crate::words::{count, say};

/// How the log is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A line each entry.
    Text,
    /// A table.
    Csv,
}

/// Checks the log, and that a seal noted before is still in it; answers what to say of it.
///
/// # Errors
/// A line for each thing that is wrong.
pub async fn verify(
    database: &Database,
    data_dir: &Path,
    expected: Option<&str>,
) -> Result<String, Stopped> {
    let (_engine, store) = database.join(data_dir)?;
    store.create_tables().await?;
    let verified = store.verify_audit().await?;
    let mut wrong: Vec<String> = verified.broken.iter().map(broken).collect();
    let mut lines = Vec::new();
    if let Some(expected) = expected {
        let log = store.audit_log().await?;
        let expected = expected.trim().to_lowercase();
        match log.iter().find(|entry| entry.seal == expected) {
            Some(entry) => {
                let args = [("sequence", entry.sequence.to_string())];
                lines.push(say("audit.expected", &args));
            }
            None => wrong.push(say("audit.not-expected", &[])),
        }
    }
    if !wrong.is_empty() {
        wrong.push(count("audit.broken", wrong.len()));
        return Err(Stopped::saying(wrong.join("\n")));
    }
    if verified.entries == 0 {
        return Ok(say("audit.empty", &[]));
    }
    let entries = usize::try_from(verified.entries).unwrap_or(usize::MAX);
    let args = [("entries", count("audit.entries", entries))];
    lines.insert(0, say("audit.whole", &args));
    lines.push(say("audit.seal", &[("seal", verified.seal)]));
    Ok(lines.join("\n"))
}

fn broken(broken: &Broken) -> String {
    let (key, sequence) = match broken {
        Broken::Emptied => return say("audit.emptied", &[]),
        Broken::Missing(sequence) => ("audit.missing", sequence),
        Broken::Chain(sequence) => ("audit.chain", sequence),
        Broken::Changed(sequence) => ("audit.changed", sequence),
        Broken::Cut(sequence) => ("audit.cut", sequence),
        Broken::Beyond(sequence) => ("audit.beyond", sequence),
        Broken::Endless(sequence) => ("audit.endless", sequence),
    };
    say(key, &[("sequence", sequence.to_string())])
}

/// What the log says, of one thing or of all.
///
/// # Errors
/// One clear sentence.
pub async fn show(
    database: &Database,
    data_dir: &Path,
    about: Option<&str>,
    form: Form,
) -> Result<String, Stopped> {
    let (_engine, store) = database.join(data_dir)?;
    store.create_tables().await?;
    let mut log = store.audit_log().await?;
    if let Some(about) = about {
        log.retain(|entry| is_about(entry, about));
    }
    Ok(match form {
        Form::Text if log.is_empty() => say("audit.none", &[]),
        Form::Text => log.iter().map(line).collect::<Vec<_>>().join("\n"),
        Form::Csv => table(&log),
    })
}

/// Whether an entry is about what somebody names: as the log does, or by the reference that a
/// page shows, which of a comment is its own alone.
fn is_about(entry: &Entry, asked: &str) -> bool {
    let spelled: String = asked
        .to_lowercase()
        .chars()
        .filter(|c| *c != '-' && !c.is_whitespace())
        .collect();
    let own = entry.about.rsplit('-').next().unwrap_or_default();
    entry.about == asked || own == spelled || entry.about.replace('-', "") == spelled
}

fn line(entry: &Entry) -> String {
    let change = match (entry.before.as_str(), entry.after.as_str()) {
        ("", "") => String::new(),
        (before, after) => say(
            "audit.change",
            &[("before", before.to_owned()), ("after", after.to_owned())],
        ),
    };
    say(
        "audit.entry",
        &[
            ("sequence", entry.sequence.to_string()),
            ("at", dates::iso(entry.at)),
            ("by", entry.by.clone()),
            ("action", entry.action.clone()),
            ("about", entry.about.clone()),
            ("change", change),
        ],
    )
}

fn table(log: &[Entry]) -> String {
    const COLUMNS: [&str; 8] = [
        "sequence", "at", "by", "action", "about", "before", "after", "seal",
    ];
    let mut rows = vec![
        COLUMNS
            .map(|key| say(&format!("audit.column.{key}"), &[]))
            .to_vec(),
    ];
    rows.extend(log.iter().map(|entry| {
        vec![
            entry.sequence.to_string(),
            dates::iso(entry.at),
            entry.by.clone(),
            entry.action.clone(),
            entry.about.clone(),
            entry.before.clone(),
            entry.after.clone(),
            entry.seal.clone(),
        ]
    }));
    // Whoever prints it ends the last line.
    exports::table(&rows).trim_end_matches('\n').to_owned()
}
