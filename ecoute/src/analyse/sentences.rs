//! The vectors of sentences: the model's file, and those that are kept from one run to the next.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Write};
use std::path::Path;

use insights::themes::{Contribution, Vectors};
use insights::vectors::{Cache, DIMENSIONS, Key, Model, ModelError};

use super::steps::Steps;
use crate::error::Stopped;
use crate::whole_file::{Legible, WholeFile};
use crate::words::say;

/// A vector for each contribution, in their order.
pub(super) struct Sentences {
    values: Vec<f32>,
}

impl Sentences {
    /// Makes those that are not kept, and keeps them at `place`, and no other: of a text that is
    /// no longer there, nothing is left.
    pub(super) fn read(
        model: &Path,
        place: &Path,
        contributions: &[Contribution],
        steps: &Steps,
    ) -> Result<Self, Stopped> {
        let wheel = fs::read(model).map_err(|error| Stopped::io("model", model, &error))?;
        let read = Model::read(&wheel).map_err(|error| {
            tracing::info!(%error, "the model can't be read");
            Stopped::at("model", model, &said(&error))
        })?;
        let mut kept = match fs::read(place) {
            Ok(bytes) => Cache::read(&bytes).map_err(|_| Stopped::at("vectors", place, &""))?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Cache::default(),
            Err(error) => return Err(Stopped::io("file", place, &error)),
        };
        let texts: Vec<String> = contributions.iter().map(whole).collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let vectors = read.vectors_with(&mut kept, &texts, &|done, of| {
            steps.at("sentences", done, of);
        });
        let there: BTreeSet<Key> = texts.iter().map(|text| read.key(text)).collect();
        kept.keep(|key| there.contains(key));
        keep(place, &kept).map_err(|error| Stopped::io("write", place, &error))?;
        let values = vectors.into_iter().flatten().collect();
        Ok(Self { values })
    }

    pub(super) fn vectors(&self) -> Vectors<'_> {
        Vectors {
            dimensions: DIMENSIONS,
            values: &self.values,
        }
    }
}

/// What is wrong with a model, in the words of who runs the command.
fn said(error: &ModelError) -> String {
    let (key, member) = match error {
        ModelError::NotAnArchive { .. } => ("not-an-archive", ""),
        ModelError::Missing { member, .. } => ("missing", &**member),
        ModelError::Damaged { member, .. } => ("damaged", &**member),
        ModelError::TooLarge { member, .. } => ("too-large", &**member),
        ModelError::Unfit { member, .. } => ("unfit", &**member),
    };
    say(
        &format!("error.model-{key}"),
        &[("member", member.to_owned())],
    )
}

/// A contribution as one text: its title says what it is about as much as its text does.
fn whole(contribution: &Contribution) -> String {
    match contribution.title.as_deref() {
        Some(title) if !title.is_empty() => format!("{title}. {}", contribution.text),
        _ => contribution.text.clone(),
    }
}

/// Vectors tell something of texts that may not be public.
fn keep(place: &Path, kept: &Cache) -> io::Result<()> {
    if let Some(folder) = place.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut file = WholeFile::begin(place, Legible::ToOwner)?;
    file.write_all(&kept.to_bytes())?;
    file.finish()
}
