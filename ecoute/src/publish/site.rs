//! The site as it is built before it leaves.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use functions::Tag;
use jiff::Timestamp;
use site_gen::{Build, Built, Bundle, Contributions, Directory, Material, Placement, Renderer};
use walkdir::WalkDir;

use crate::error::Stopped;
use crate::serve::{open_output, problems_said};

/// What the site is made of, and the folder in which it is built.
pub(crate) struct Site {
    pub(crate) bundle: Bundle,
    renderer: Renderer,
    material: Material,
    work: PathBuf,
    output: Directory,
}

impl Site {
    pub(crate) fn open(
        work: &Path,
        theme: &Path,
        mut bundle: Bundle,
        material: Material,
    ) -> Result<Self, Stopped> {
        bundle.catalogue.news = material
            .news(&bundle)
            .map_err(|problems| problems_said(&problems))?;
        let renderer = Renderer::new(bundle.clone(), &theme.join("templates"))
            .map_err(|problem| problems_said(&[problem]))?;
        Ok(Self {
            bundle,
            renderer,
            material,
            work: work.to_owned(),
            output: open_output(work)?,
        })
    }

    /// Builds what changed since the last time here, and answers every file with its tag.
    pub(crate) fn build(
        &mut self,
        contributions: &Contributions,
        now: Timestamp,
    ) -> Result<BTreeMap<String, Tag>, Stopped> {
        put(
            &mut self.renderer,
            &self.material,
            contributions,
            now,
            &self.output,
        )?;
        tags(&self.work)
    }

    /// Builds it in another folder, which takes the place of the one before in one step.
    pub(super) fn build_in(
        &mut self,
        folder: &Path,
        contributions: &Contributions,
        now: Timestamp,
    ) -> Result<Built, Stopped> {
        let output = open_output(folder)?;
        put(
            &mut self.renderer,
            &self.material,
            contributions,
            now,
            &output,
        )
    }

    /// What a file holds that was built.
    pub(super) fn read(&self, path: &str) -> Result<Vec<u8>, Stopped> {
        let file = self.work.join(path);
        fs::read(&file).map_err(|error| Stopped::io("file", &file, &error))
    }
}

fn put(
    renderer: &mut Renderer,
    material: &Material,
    contributions: &Contributions,
    now: Timestamp,
    output: &Directory,
) -> Result<Built, Stopped> {
    let build = Build {
        renderer,
        material,
        contributions,
        now,
        copies: &[],
    };
    build
        .put(output, Placement::Whole)
        .map_err(|problems| problems_said(&problems))
}

/// The files of a folder by their paths, each with its tag; but those of the generator, which
/// begin with a dot.
pub(super) fn tags(folder: &Path) -> Result<BTreeMap<String, Tag>, Stopped> {
    let of_readers = |entry: &walkdir::DirEntry| {
        entry.depth() == 0 || !entry.file_name().to_string_lossy().starts_with('.')
    };
    let mut found = BTreeMap::new();
    for entry in WalkDir::new(folder).into_iter().filter_entry(of_readers) {
        let entry = entry.map_err(|error| Stopped::at("site-dir", folder, &error))?;
        if !entry.file_type().is_file() {
            continue;
        }
        let path = entry.path();
        let bytes = fs::read(path).map_err(|error| Stopped::io("file", path, &error))?;
        let parts = path.strip_prefix(folder).unwrap_or(path).components();
        let parts: Vec<_> = parts
            .map(|part| part.as_os_str().to_string_lossy())
            .collect();
        found.insert(parts.join("/"), Tag::of(&bytes));
    }
    Ok(found)
}
