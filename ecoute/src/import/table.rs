//! A file of rows under a header, tab-, comma- or semicolon-separated, and the columns asked of it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use csv::{ReaderBuilder, StringRecord};

use super::sha256;
use crate::error::Stopped;
use crate::words::say;

/// A file's rows.
pub(super) struct Table {
    path: PathBuf,
    /// The SHA-256 of the file.
    pub(super) sha256: String,
    /// The names of its columns.
    pub(super) header: Vec<String>,
    /// Each row with its line, or the problem of a row that can't be read.
    pub(super) rows: Vec<(u64, Result<StringRecord, String>)>,
}

impl Table {
    /// Reads a file; tabs separate the columns of a `.tsv`, else what the header has most of.
    pub(super) fn read(path: &Path) -> Result<Self, Stopped> {
        let bytes = fs::read(path).map_err(|error| Stopped::io("file", path, &error))?;
        let sha256 = sha256(&bytes);
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
        let first_line = bytes
            .split(|byte| *byte == b'\n')
            .next()
            .unwrap_or_default();
        let is_tsv = path.extension().is_some_and(|extension| extension == "tsv");
        let delimiter = if is_tsv {
            b'\t'
        } else {
            let count = |wanted: u8| first_line.iter().filter(|byte| **byte == wanted).count();
            [b';', b',', b'\t']
                .into_iter()
                .max_by_key(|delimiter| count(*delimiter))
                .unwrap_or(b';')
        };
        let mut reader = ReaderBuilder::new().delimiter(delimiter).from_reader(bytes);
        let header: Vec<String> = reader
            .headers()
            .map_err(|error| Stopped::at("file", path, &error))?
            .iter()
            .map(|name| name.trim().to_owned())
            .collect();
        if header.iter().all(String::is_empty) {
            return Err(Stopped::at("empty-file", path, &""));
        }
        let mut rows = Vec::new();
        let mut record = StringRecord::new();
        loop {
            let line = reader.position().line();
            match reader.read_record(&mut record) {
                Ok(true) => {
                    let line = record.position().map_or(line, csv::Position::line);
                    rows.push((line, Ok(record.clone())));
                }
                Ok(false) => break,
                Err(error) => {
                    let at = error.position().map_or(line, csv::Position::line);
                    let what = match error.kind() {
                        csv::ErrorKind::Utf8 { .. } => say("row.encoding", &[]),
                        csv::ErrorKind::UnequalLengths { .. } => say("row.columns", &[]),
                        _ => return Err(Stopped::at("file", path, &error)),
                    };
                    rows.push((at, Err(what)));
                }
            }
        }
        Ok(Self {
            path: path.to_owned(),
            sha256,
            header,
            rows,
        })
    }

    /// A problem of a row, at its line.
    pub(super) fn problem(&self, line: u64, what: String) -> String {
        let args = [
            ("file", self.path.display().to_string()),
            ("line", line.to_string()),
            ("what", what),
        ];
        say("row.place", &args)
    }
}

/// Which column each field is read from.
pub(super) struct Columns {
    places: BTreeMap<&'static str, (usize, String)>,
}

impl Columns {
    /// Parses `field=column` pairs; `id` is the column `id`, where there is one and none is said.
    pub(super) fn parse(
        pairs: &[String],
        fields: &[&'static str],
        required: &[&str],
        option: &str,
        table: &Table,
    ) -> Result<Self, Stopped> {
        let mut places = BTreeMap::new();
        for pair in pairs {
            let named = pair.split_once('=').and_then(|(field, column)| {
                let field = fields.iter().find(|known| **known == field.trim())?;
                Some((*field, column.trim()))
            });
            let Some((field, column)) = named else {
                let args = [("pair", pair.clone()), ("known", fields.join(", "))];
                return Err(Stopped::because("map", &args));
            };
            let Some(place) = table.header.iter().position(|name| name == column) else {
                let args = [
                    ("path", table.path.display().to_string()),
                    ("column", column.to_owned()),
                    ("known", table.header.join(", ")),
                ];
                return Err(Stopped::because("column", &args));
            };
            places.insert(field, (place, column.to_owned()));
        }
        if let Some(missing) = required.iter().find(|field| !places.contains_key(**field)) {
            let args = [
                ("field", (*missing).to_owned()),
                ("option", option.to_owned()),
            ];
            return Err(Stopped::because("map-missing", &args));
        }
        if let Some(place) = table.header.iter().position(|name| name == "id") {
            places.entry("id").or_insert((place, "id".to_owned()));
        }
        Ok(Self { places })
    }

    /// What a row has in a field, trimmed; none where the field has no column.
    pub(super) fn get<'r>(&self, row: &'r StringRecord, field: &str) -> Option<&'r str> {
        let (place, _) = self.places.get(field)?;
        row.get(*place).map(str::trim)
    }

    /// Whether a field is read from the column at this place.
    pub(super) fn reads(&self, place: usize) -> bool {
        self.places.values().any(|(read, _)| *read == place)
    }

    /// The name of a field's column.
    pub(super) fn name(&self, field: &str) -> String {
        self.places
            .get(field)
            .map(|(_, column)| column.clone())
            .unwrap_or_default()
    }
}
