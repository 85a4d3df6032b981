//! The structures that a file names: those of the content, and those that are made for it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use domain::{Slug, Title};
use site_gen::Catalogue;

use super::sha256;
use crate::error::Stopped;
use crate::services_publics_plus::team;
use crate::whole_file::{Legible, WholeFile};
use crate::words::say;

/// The structures of a space, and those that are to be made in it.
pub(super) struct Structures<'c> {
    catalogue: &'c Catalogue,
    space: &'c Slug,
    /// Those of the content, by name.
    known: BTreeMap<&'c str, &'c Slug>,
    /// Those to be made.
    made: BTreeMap<Slug, Made>,
}

/// A structure to be made.
struct Made {
    name: String,
    summary: String,
}

impl<'c> Structures<'c> {
    pub(super) fn of(catalogue: &'c Catalogue, space: &'c Slug) -> Self {
        let structures = catalogue.structures_of(space);
        let by_name = |it: &'c domain::Structure| (it.name.as_str(), &it.slug);
        Self {
            catalogue,
            space,
            known: structures.into_iter().map(by_name).collect(),
            made: BTreeMap::new(),
        }
    }

    /// The names in a cell, which commas separate. A name that holds commas is one name where the
    /// content has a structure of that name: of several that begin at the same place, the longest.
    pub(super) fn names(&self, cell: &str) -> Vec<String> {
        let parts: Vec<&str> = cell.split(',').collect();
        let mut names = Vec::new();
        let mut first = 0;
        while first < parts.len() {
            let name_to = |end: usize| one_line(&parts[first..end].join(","));
            let is_known = |end: &usize| self.known.contains_key(name_to(*end).as_str());
            let end = (first + 1..=parts.len()).rev().find(is_known);
            let end = end.unwrap_or(first + 1);
            let name = name_to(end);
            if !name.is_empty() {
                names.push(name);
            }
            first = end;
        }
        names
    }

    /// The structure of a name, which is made where there is none; none where no address can be
    /// made of the name.
    pub(super) fn named(&mut self, name: &str) -> Option<Slug> {
        if let Some(slug) = self.known.get(name) {
            return Some((*slug).clone());
        }
        let candidates = addresses(name, self.space);
        let slug = candidates.into_iter().find(|slug| self.is_free(slug))?;
        self.make(&slug, name, "structure.summary");
        Some(slug)
    }

    /// The structure to which answers are attributed that concern none.
    pub(super) fn team(&mut self) -> Option<Slug> {
        let candidates = team(self.space).into_iter();
        let slug = candidates.into_iter().find(|slug| self.is_free(slug))?;
        self.make(&slug, &say("structure.team", &[]), "structure.team-summary");
        Some(slug)
    }

    /// Whether a structure of this space has the address, or none. The same address is the same
    /// structure: editors may have given it another name since.
    fn is_free(&self, slug: &Slug) -> bool {
        let held = self.catalogue.structures.get(slug);
        held.is_none_or(|structure| structure.space == *self.space)
    }

    fn make(&mut self, slug: &Slug, name: &str, summary: &str) {
        if !self.catalogue.structures.contains_key(slug) {
            self.made.entry(slug.clone()).or_insert_with(|| Made {
                name: name.to_owned(),
                summary: say(summary, &[]),
            });
        }
    }

    /// The name of one of them.
    pub(super) fn name(&self, slug: &Slug) -> String {
        let held = self.catalogue.structures.get(slug);
        let held = held.map(|structure| structure.name.clone());
        held.or_else(|| self.made.get(slug).map(|made| made.name.clone()))
            .unwrap_or_else(|| slug.to_string())
    }

    /// The names of those to be made, in the order of their addresses.
    pub(super) fn made(&self) -> Vec<&str> {
        self.made.values().map(|made| made.name.as_str()).collect()
    }

    /// Writes those to be made in the content: all of them, or none.
    ///
    /// # Errors
    /// One sentence, with the file that can't be written.
    pub(super) fn write(&self, content: &Path) -> Result<(), Stopped> {
        if self.made.is_empty() {
            return Ok(());
        }
        let folder = content.join("structures");
        let is_new = !folder.exists();
        fs::create_dir_all(&folder).map_err(|error| Stopped::io("structure", &folder, &error))?;
        let mut written: Vec<PathBuf> = Vec::new();
        for (slug, made) in &self.made {
            let file = folder.join(format!("{slug}.md"));
            let text = made.front_matter(self.space);
            if let Err(error) = WholeFile::write(&file, Legible::ToAll, &text) {
                // What was written before it goes; what can't be removed is there at the next try.
                for file in &written {
                    let _ = fs::remove_file(file);
                }
                if is_new {
                    let _ = fs::remove_dir(&folder);
                }
                return Err(Stopped::io("structure", &file, &error));
            }
            written.push(file);
        }
        Ok(())
    }
}

impl Made {
    fn front_matter(&self, space: &Slug) -> String {
        let (name, summary) = (quoted(&self.name), quoted(&self.summary));
        format!("+++\nname = {name}\nspace = \"{space}\"\nsummary = {summary}\n+++\n")
    }
}

/// A text without controls as TOML has it: a string of JSON is one of TOML's basic strings.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// A name as the content has it; empty where it is none.
fn one_line(raw: &str) -> String {
    Title::parse(raw, Title::MAX).map_or_else(|_| String::new(), String::from)
}

/// The addresses that a structure may have, the best first. One that fills its room may have lost
/// the end of the name: it ends with a fingerprint of it.
fn addresses(name: &str, space: &Slug) -> Vec<Slug> {
    const ROOM: usize = 58;
    const HEAD: usize = 50;
    const FINGERPRINT: usize = 8;
    let Some(words) = Slug::from_words(name) else {
        return Vec::new();
    };
    let head = words.as_str().get(..HEAD).unwrap_or(words.as_str());
    let fingerprint = &sha256(name.as_bytes())[..FINGERPRINT];
    let told_apart = Slug::from_words(&format!("{head} {fingerprint}"));
    let mut addresses = Vec::new();
    if words.as_str().len() <= ROOM {
        addresses.extend(Slug::parse(&format!("{words}-{space}")).ok());
        addresses.insert(0, words);
    }
    addresses.extend(told_apart);
    addresses.retain(|slug| !team(space).contains(slug));
    addresses
}
