//! A file of rows under a header, tab-, comma- or semicolon-separated, or of a JSON object a line,
//! and the columns asked of it.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use csv::{ReaderBuilder, StringRecord};
use serde_json::Value;

use super::sha256;
use crate::error::Stopped;
use crate::words::say;

type Object = serde_json::Map<String, Value>;

/// A file's rows.
pub(crate) struct Table {
    path: PathBuf,
    /// The SHA-256 of the file.
    pub(crate) sha256: String,
    /// The names of its columns.
    pub(crate) header: Vec<String>,
    /// Each row with its line, or the problem of a row that can't be read.
    pub(crate) rows: Vec<(u64, Result<StringRecord, String>)>,
}

impl Table {
    /// Reads a file; tabs separate the columns of a `.tsv`, a `.jsonl` or `.ndjson` has a JSON
    /// object a line, and else the columns are separated by what the header has most of.
    pub(crate) fn read(path: &Path) -> Result<Self, Stopped> {
        let bytes = fs::read(path).map_err(|error| Stopped::io("file", path, &error))?;
        let sha256 = sha256(&bytes);
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
        let has_objects = |extension: &OsStr| extension == "jsonl" || extension == "ndjson";
        if path.extension().is_some_and(has_objects) {
            return Self::of_objects(path, sha256, bytes);
        }
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

    /// Reads a JSON object a line. Its columns are the names that any object has, in the order in
    /// which they come; a value that is a text is read as it is, and none where there is none.
    fn of_objects(path: &Path, sha256: String, bytes: &[u8]) -> Result<Self, Stopped> {
        let lines = bytes.split(|byte| *byte == b'\n').zip(1..);
        let lines = lines.filter(|(line, _)| !line.trim_ascii().is_empty());
        let read: Vec<(u64, Result<Object, String>)> = lines
            .map(|(line, number)| {
                let object = serde_json::from_slice::<Object>(line);
                (number, object.map_err(|_| say("row.object", &[])))
            })
            .collect();
        let mut header: Vec<String> = Vec::new();
        let mut places: BTreeMap<&str, usize> = BTreeMap::new();
        for name in read
            .iter()
            .flat_map(|(_, it)| it.iter().flat_map(Object::keys))
        {
            if !places.contains_key(name.as_str()) {
                places.insert(name, header.len());
                header.push(name.clone());
            }
        }
        if header.is_empty() && read.iter().all(|(_, object)| object.is_ok()) {
            return Err(Stopped::at("empty-objects", path, &""));
        }
        let cells = |object: &Object| {
            let mut cells = vec![String::new(); header.len()];
            for (name, value) in object {
                cells[places[name.as_str()]] = match value {
                    Value::Null => String::new(),
                    Value::String(text) => text.clone(),
                    other => other.to_string(),
                };
            }
            StringRecord::from(cells)
        };
        let rows = read
            .iter()
            .map(|(line, object)| (*line, object.as_ref().map(cells).map_err(Clone::clone)))
            .collect();
        Ok(Self {
            path: path.to_owned(),
            sha256,
            rows,
            header,
        })
    }

    /// A problem of a row, at its line.
    pub(crate) fn problem(&self, line: u64, what: String) -> String {
        let args = [
            ("file", self.path.display().to_string()),
            ("line", line.to_string()),
            ("what", what),
        ];
        say("row.place", &args)
    }
}

/// Which column each field is read from.
pub(crate) struct Columns {
    places: BTreeMap<&'static str, (usize, String)>,
}

impl Columns {
    /// Parses `field=column` pairs; `id` is the column `id`, where there is one and none is said.
    pub(crate) fn parse(
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
    pub(crate) fn get<'r>(&self, row: &'r StringRecord, field: &str) -> Option<&'r str> {
        let (place, _) = self.places.get(field)?;
        row.get(*place).map(str::trim)
    }

    /// Whether a field is read from the column at this place.
    pub(crate) fn reads(&self, place: usize) -> bool {
        self.places.values().any(|(read, _)| *read == place)
    }

    /// The name of a field's column.
    pub(crate) fn name(&self, field: &str) -> String {
        self.places
            .get(field)
            .map(|(_, column)| column.clone())
            .unwrap_or_default()
    }
}
