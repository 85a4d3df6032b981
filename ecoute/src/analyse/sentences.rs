//! The vectors of sentences: the model's file, and those that are kept from one run to the next.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use insights::themes::{Contribution, Vectors};
use insights::vectors::{Cache, DIMENSIONS, Model, ModelError};

use super::steps::Steps;
use crate::error::Stopped;
use crate::whole_file::{Legible, WholeFile};
use crate::words::say;

/// A vector for each contribution, in their order.
pub(super) struct Sentences {
    values: Vec<f32>,
}

impl Sentences {
    /// Makes those that are not kept, and keeps them.
    pub(super) fn read(
        model: &Path,
        cache: Option<&Path>,
        contributions: &[Contribution],
        steps: &Steps,
    ) -> Result<Self, Stopped> {
        let wheel = fs::read(model).map_err(|error| Stopped::io("model", model, &error))?;
        let read = Model::read(&wheel).map_err(|error| {
            tracing::info!(%error, "the model can't be read");
            Stopped::at("model", model, &said(&error))
        })?;
        let place = cache.map_or_else(|| beside(model), Path::to_path_buf);
        let mut kept = match fs::read(&place) {
            Ok(bytes) => Cache::read(&bytes).map_err(|_| Stopped::at("vectors", &place, &""))?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Cache::default(),
            Err(error) => return Err(Stopped::io("file", &place, &error)),
        };
        let known = kept.len();
        let texts: Vec<String> = contributions.iter().map(whole).collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let vectors = read.vectors_with(&mut kept, &texts, &|done, of| {
            steps.at("sentences", done, of);
        });
        if kept.len() != known || kept.damaged() > 0 {
            keep(&place, &kept).map_err(|error| Stopped::io("write", &place, &error))?;
        }
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
    let mut file = WholeFile::begin(place, Legible::ToOwner)?;
    file.write_all(&kept.to_bytes())?;
    file.finish()
}

/// `modele.whl` → `modele.whl.vectors`.
fn beside(model: &Path) -> PathBuf {
    let mut name = model.file_name().unwrap_or_default().to_owned();
    name.push(".vectors");
    model.with_file_name(name)
}
