//! The file of a backup: its lines, written and read.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, Write};
use std::path::Path;

use flate2::Compression;
use flate2::bufread::GzDecoder;
use flate2::write::GzEncoder;
use functions::Secret;
use functions::store::{Item, Table};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::Counts;
use crate::whole_file::{Legible, WholeFile};

const FORMAT: &str = "ecoute-backup";
const VERSION: u32 = 1;

/// A line.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Line {
    /// The first: what it is, and of when.
    Backup {
        format: String,
        version: u32,
        made_at: Timestamp,
    },
    /// What signs links and cookies.
    Secret(String),
    /// An item of a table.
    Item { table: String, item: Value },
    /// The last: what there is, and the SHA-256 of all the lines before.
    End {
        contributions: u64,
        identities: u64,
        sha256: String,
    },
}

/// A backup being written.
pub(super) struct Writer {
    lines: GzEncoder<WholeFile>,
    digest: Sha256,
    counts: Counts,
}

impl Writer {
    pub(super) fn begin(file: &Path, now: Timestamp) -> io::Result<Self> {
        let file = WholeFile::begin(file, Legible::ToOwner)?;
        let mut writer = Self {
            lines: GzEncoder::new(file, Compression::default()),
            digest: Sha256::new(),
            counts: Counts::default(),
        };
        writer.line(&Line::Backup {
            format: FORMAT.to_owned(),
            version: VERSION,
            made_at: now,
        })?;
        Ok(writer)
    }

    pub(super) fn secret(&mut self, secret: &Secret) -> io::Result<()> {
        self.line(&Line::Secret(secret.expose()))
    }

    pub(super) fn item(&mut self, table: Table, item: Value) -> io::Result<()> {
        self.counts.add(table);
        let table = table.key().to_owned();
        self.line(&Line::Item { table, item })
    }

    /// Ends the file and puts it in its place.
    pub(super) fn finish(mut self) -> io::Result<Counts> {
        let counts = self.counts;
        let sha256 = hex(&self.digest.clone().finalize());
        self.line(&Line::End {
            contributions: counts.contributions,
            identities: counts.identities,
            sha256,
        })?;
        self.lines.finish()?.finish()?;
        Ok(counts)
    }

    fn line(&mut self, line: &Line) -> io::Result<()> {
        let mut text = serde_json::to_string(line)?;
        text.push('\n');
        self.digest.update(text.as_bytes());
        self.lines.write_all(text.as_bytes())
    }
}

/// Why a file is not restored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Unsound {
    /// It is no backup.
    Foreign,
    /// It is of a version that this program does not know.
    Version(u32),
    /// Its end is missing.
    Cut,
    /// It is not as it was written.
    Altered,
    /// It can't be read.
    Unreadable(io::ErrorKind),
}

/// What a sound backup holds, beside its items.
pub(super) struct Checked {
    pub(super) made_at: Timestamp,
    pub(super) secret: Option<Secret>,
    pub(super) counts: Counts,
}

/// Reads a whole file, and answers what it holds where it is as it was written.
pub(super) fn check(file: &mut File) -> Result<Checked, Unsound> {
    let mut lines = Lines::of(file)?;
    let Some(Line::Backup {
        format,
        version,
        made_at,
    }) = lines.next().map_err(first)?
    else {
        return Err(Unsound::Foreign);
    };
    if format != FORMAT {
        return Err(Unsound::Foreign);
    }
    if version != VERSION {
        return Err(Unsound::Version(version));
    }
    let mut checked = Checked {
        made_at,
        secret: None,
        counts: Counts::default(),
    };
    loop {
        let before = hex(&lines.digest.clone().finalize());
        let altered = Unsound::Altered;
        match lines.next()?.ok_or(Unsound::Cut)? {
            Line::Backup { .. } => return Err(altered),
            Line::Secret(secret) => {
                checked.secret = Some(Secret::parse(&secret).ok_or(altered)?);
            }
            Line::Item { table, item } => {
                let table = Table::from_key(&table).ok_or(altered.clone())?;
                Item::from_json(&item).ok_or(altered)?;
                checked.counts.add(table);
            }
            Line::End {
                contributions,
                identities,
                sha256,
            } => {
                let counts = Counts {
                    contributions,
                    identities,
                };
                let ends = lines.next()?.is_none();
                if counts != checked.counts || sha256 != before || !ends {
                    return Err(altered);
                }
                return Ok(checked);
            }
        }
    }
}

/// What is not even a line at the beginning is no backup.
fn first(unsound: Unsound) -> Unsound {
    match unsound {
        Unsound::Altered => Unsound::Foreign,
        other => other,
    }
}

/// The items of a file that was checked.
pub(super) fn items(
    file: &mut File,
) -> Result<impl Iterator<Item = Result<(Table, Item), Unsound>>, Unsound> {
    let mut lines = Lines::of(file)?;
    Ok(std::iter::from_fn(move || {
        loop {
            match lines.next() {
                Ok(Some(Line::Item { table, item })) => {
                    let read = Table::from_key(&table).zip(Item::from_json(&item));
                    return Some(read.ok_or(Unsound::Altered));
                }
                Ok(Some(_)) => {}
                Ok(None) => return None,
                Err(unsound) => return Some(Err(unsound)),
            }
        }
    }))
}

struct Lines<'a> {
    reader: BufReader<GzDecoder<BufReader<&'a mut File>>>,
    digest: Sha256,
    text: Vec<u8>,
}

impl<'a> Lines<'a> {
    fn of(file: &'a mut File) -> Result<Self, Unsound> {
        file.rewind()
            .map_err(|error| Unsound::Unreadable(error.kind()))?;
        Ok(Self {
            reader: BufReader::new(GzDecoder::new(BufReader::new(file))),
            digest: Sha256::new(),
            text: Vec::new(),
        })
    }

    fn next(&mut self) -> Result<Option<Line>, Unsound> {
        // An item has 400 KB at most, and JSON may write a character in six: what is longer was
        // not written by a backup, and is not read into memory.
        const LONGEST: u64 = 4 * 1024 * 1024;
        self.text.clear();
        let read = (&mut self.reader)
            .take(LONGEST)
            .read_until(b'\n', &mut self.text);
        match read {
            Ok(read) if read as u64 == LONGEST && !self.text.ends_with(b"\n") => {
                Err(Unsound::Altered)
            }
            Ok(0) => Ok(None),
            Ok(_) if !self.text.ends_with(b"\n") => Err(Unsound::Cut),
            Ok(_) => {
                self.digest.update(&self.text);
                serde_json::from_slice(&self.text)
                    .map(Some)
                    .map_err(|_| Unsound::Altered)
            }
            Err(error) => Err(match error.kind() {
                io::ErrorKind::UnexpectedEof => Unsound::Cut,
                io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData => Unsound::Altered,
                other => Unsound::Unreadable(other),
            }),
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
