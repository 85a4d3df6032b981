//! The content folder: files to a catalogue, or every problem at its place.

mod campaigns;
mod news;
mod origins;
mod results;
mod site;
mod spaces;
mod surveys;

use std::collections::BTreeMap;
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use domain::Slug;
use walkdir::WalkDir;

use crate::address;
use crate::catalogue::{Catalogue, StaticPage};
use crate::citations::Citation;
use crate::front_matter::{Keys, split};
use crate::links::Reference;
use crate::markdown::{self, Images};
use crate::plan::PhaseGroup;
use crate::problem::{Problem, said, sorted, system_said};
use crate::theme::{Asset, hashed_name};

pub(crate) use news::{NewsFile, stamp};

/// The content, read: all but the texts of the news.
pub(crate) struct Content {
    /// What editors wrote, without news.
    pub(crate) catalogue: Catalogue,
    /// The links in it, to be checked against the plan.
    pub(crate) references: Vec<Reference>,
    /// Which contributions are cited, and where.
    pub(crate) citations: Vec<Citation>,
    /// The content's images.
    pub(crate) images: Vec<Asset>,
    /// The files of the news, in the order of their names.
    pub(crate) news: Vec<NewsFile>,
}

/// Reads `site.toml`, and `spaces`, `structures`, `campaigns`, `pages`, `results`, `outcomes`, `news` and
/// `images` under `root`.
///
/// # Errors
/// Every problem of every file, in the order of their paths.
pub(crate) fn load(root: &Path) -> Result<Content, Vec<Problem>> {
    let mut problems = Vec::new();
    let site = site::load_site(root, &mut problems);
    let (images, image_assets) = load_images(root, &mut problems);
    let mut reader = Reader {
        root,
        images: &images,
        problems,
        references: Vec::new(),
        citations: Vec::new(),
    };
    let spaces = reader.folder("spaces", address::space, |file, keys| {
        spaces::space(file, keys, &images)
    });
    let structures = reader.folder("structures", address::structure, |file, keys| {
        spaces::structure(file, keys, &spaces)
    });
    let mut claims = Vec::new();
    let campaigns = reader.folder("campaigns", address::campaign, |file, keys| {
        campaigns::campaign(file, keys, &spaces, &mut claims)
    });
    let pages = reader.folder("pages", address::page, page);
    let results = reader.folder("results", address::results, |file, keys| {
        results::results(file, keys, &campaigns)
    });
    let outcomes = reader.folder(
        "outcomes",
        |_| String::new(),
        |file, keys| results::outcome_news(file, keys, &campaigns, &results),
    );
    let unfounded = origins::check(root, claims, &campaigns, &results);
    reader.problems.extend(unfounded);
    reader.check_addresses(&pages, &campaigns);
    reader.check_parents(&structures);
    if spaces.is_empty() && !campaigns.is_empty() {
        let what = said("content.space-none", &[]);
        reader
            .problems
            .push(Problem::of(&root.join("spaces"), what));
    }
    let news = news::files(&root.join("news"), &mut reader.problems);
    let Reader {
        mut problems,
        references,
        citations,
        ..
    } = reader;
    let mut outcome_news: Vec<_> = outcomes.into_values().collect();
    outcome_news.sort_by(|a, b| (b.date, &a.slug).cmp(&(a.date, &b.slug)));
    match site {
        Some(site) if problems.is_empty() => Ok(Content {
            catalogue: Catalogue {
                site,
                spaces,
                structures,
                campaigns,
                pages,
                results,
                outcome_news,
                news: Vec::new(),
                images,
                pictures: BTreeMap::new(),
            },
            references,
            citations,
            images: image_assets,
            news,
        }),
        _ => {
            problems.extend(
                news.iter()
                    .filter_map(|file| file.read(&images).err())
                    .flatten(),
            );
            Err(sorted(problems))
        }
    }
}

/// A content file: its name, and its text under the front matter.
pub(crate) struct File {
    slug: Slug,
    body: String,
}

/// Reads folders of content, and notes what is to be checked when all is read.
struct Reader<'r> {
    root: &'r Path,
    images: &'r Images,
    problems: Vec<Problem>,
    references: Vec<Reference>,
    citations: Vec<Citation>,
}

impl Reader<'_> {
    /// Reads each `.md` file of a folder, which may be missing, with `read_one`.
    fn folder<T>(
        &mut self,
        folder: &str,
        address: impl Fn(&Slug) -> String,
        mut read_one: impl FnMut(File, &mut Keys<'_, '_>) -> Option<T>,
    ) -> BTreeMap<Slug, T> {
        let mut loaded = BTreeMap::new();
        for path in markdown_files(&self.root.join(folder), &mut self.problems) {
            let stem = path.file_stem().unwrap_or_default().to_string_lossy();
            let Ok(slug) = Slug::parse(&stem) else {
                self.problems
                    .push(Problem::of(&path, said("file.slug", &[])));
                continue;
            };
            let Some(source) = read(&path, &mut self.problems) else {
                continue;
            };
            let (range, body) = match split(&path, &source) {
                Ok(parts) => parts,
                Err(problem) => {
                    self.problems.push(problem);
                    continue;
                }
            };
            let body_start = source.len() - body.len();
            self.check_text(&path, &source, body_start..source.len(), &address(&slug));
            let Some(mut keys) = Keys::parse(&path, &source, range, &mut self.problems) else {
                continue;
            };
            let file = File {
                slug: slug.clone(),
                body: body.to_owned(),
            };
            let value = read_one(file, &mut keys);
            let (cited, texts) = (keys.cited(), keys.texts_in_markdown());
            keys.finish();
            for (text, at) in texts {
                self.check_part(&path, &source, &text, at, &address(&slug));
            }
            self.citations
                .extend(cited.into_iter().map(|cited| Citation {
                    campaign: slug.clone(),
                    contribution: cited.contribution,
                    verbatim: cited.verbatim,
                    place: Reference {
                        path: path.clone(),
                        at: cited.at,
                        target: String::new(),
                    },
                }));
            if let Some(value) = value {
                loaded.insert(slug, value);
            }
        }
        loaded
    }

    /// Notes what is wrong with a Markdown text, and where its links lead.
    fn check_text(&mut self, path: &Path, source: &str, text: Range<usize>, address: &str) {
        let written = markdown::written(&source[text.clone()], self.images);
        for (key, at) in written.faults {
            let at = text.start + at.start..text.start + at.end;
            self.problems
                .push(Problem::at(path, source, at, said(key, &[])));
        }
        for (target, at) in written.links {
            self.references.push(Reference {
                path: path.to_owned(),
                at: text.start + at.start..text.start + at.end,
                target: match target.starts_with('#') {
                    true => format!("{address}{target}"),
                    false => target,
                },
            });
        }
    }

    /// The same of a text that is a value of the front matter: it is shown where the value begins.
    fn check_part(
        &mut self,
        path: &Path,
        source: &str,
        text: &str,
        at: Range<usize>,
        address: &str,
    ) {
        let written = markdown::written(text, self.images);
        for (key, _) in written.faults {
            let problem = Problem::at(path, source, at.clone(), said(key, &[]));
            self.problems.push(problem);
        }
        for (target, _) in written.links {
            self.references.push(Reference {
                path: path.to_owned(),
                at: at.clone(),
                target: match target.starts_with('#') {
                    true => format!("{address}{target}"),
                    false => target,
                },
            });
        }
    }

    /// The parent of a structure is another, and no structure is a part of itself.
    fn check_parents(&mut self, structures: &BTreeMap<Slug, domain::Structure>) {
        for structure in structures.values() {
            let path = self
                .root
                .join("structures")
                .join(format!("{}.md", structure.slug));
            let mut above = structure.parent.as_ref();
            let mut steps = 0;
            while let Some(parent) = above {
                let known = structures.get(parent);
                let key = match known {
                    None => "content.parent-unknown",
                    Some(_) if steps == structures.len() => "content.parent-circle",
                    Some(_) => {
                        steps += 1;
                        above = known.and_then(|known| known.parent.as_ref());
                        continue;
                    }
                };
                let what = said(key, &[("parent", parent.to_string())]);
                self.problems.push(Problem::of(&path, what));
                break;
            }
        }
    }

    /// No page of editors stands where a part of the site does.
    fn check_addresses(
        &mut self,
        pages: &BTreeMap<Slug, StaticPage>,
        campaigns: &BTreeMap<Slug, domain::Campaign>,
    ) {
        const TAKEN: [&str; 16] = [
            "campagnes",
            "espaces",
            "resultats",
            "actualites",
            "recherche",
            "plan-du-site",
            "participer",
            "temoignages",
            "temoigner",
            "accord",
            "statistiques",
            "suivi",
            "moderation",
            "assets",
            "images",
            "api",
        ];
        let pages = pages.keys().filter(|slug| TAKEN.contains(&slug.as_str()));
        let taken = pages.map(|slug| ("pages", slug, address::page(slug)));
        let groups = PhaseGroup::ALL.map(PhaseGroup::slug);
        let campaigns = campaigns
            .keys()
            .filter(|slug| groups.contains(&slug.as_str()) || slug.as_str() == "espace");
        let taken = taken.chain(campaigns.map(|slug| ("campaigns", slug, address::campaign(slug))));
        for (folder, slug, address) in taken {
            let path = self.root.join(folder).join(format!("{slug}.md"));
            let what = said("content.address-taken", &[("address", address)]);
            self.problems.push(Problem::of(&path, what));
        }
    }
}

/// The files of `images/`, each under a name that changes with its content.
fn load_images(root: &Path, problems: &mut Vec<Problem>) -> (Images, Vec<Asset>) {
    let mut images = Images::new();
    let mut assets = Vec::new();
    let folder = root.join("images");
    for path in files(&folder, problems) {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        match fs::read(&path) {
            Ok(bytes) => {
                let held = format!("assets/{}", hashed_name(&name, &bytes));
                images.insert(format!("/images/{name}"), format!("/{held}"));
                assets.push(Asset { path: held, bytes });
            }
            Err(error) => {
                let what = said("file.unreadable", &[("error", system_said(&error))]);
                problems.push(Problem::of(&path, what));
            }
        }
    }
    (images, assets)
}

fn markdown_files(folder: &Path, problems: &mut Vec<Problem>) -> Vec<PathBuf> {
    let mut found = files(folder, problems);
    found.retain(|path| path.extension().is_some_and(|extension| extension == "md"));
    found
}

/// The files of a folder, which may be missing, in the order of their names.
fn files(folder: &Path, problems: &mut Vec<Problem>) -> Vec<PathBuf> {
    if !folder.exists() {
        return Vec::new();
    }
    let mut files = Vec::new();
    for entry in WalkDir::new(folder).max_depth(1).sort_by_file_name() {
        match entry {
            Ok(entry) if entry.file_type().is_file() => {
                if !entry.file_name().to_string_lossy().starts_with('.') {
                    files.push(entry.into_path());
                }
            }
            Ok(_) => {}
            Err(error) => {
                let what = said("file.folder", &[("error", system_said(&error.into()))]);
                problems.push(Problem::of(folder, what));
            }
        }
    }
    files
}

fn read(path: &Path, problems: &mut Vec<Problem>) -> Option<String> {
    match fs::read_to_string(path) {
        Ok(source) => Some(plain(source)),
        Err(error) => {
            let what = said("file.unreadable", &[("error", system_said(&error))]);
            problems.push(Problem::of(path, what));
            None
        }
    }
}

/// A text without the mark that some editors put first, and with one sort of line break.
fn plain(source: String) -> String {
    let source = match source.strip_prefix('\u{feff}') {
        Some(rest) => rest.to_owned(),
        None => source,
    };
    match source.contains('\r') {
        true => source.replace("\r\n", "\n"),
        false => source,
    }
}

fn page(file: File, keys: &mut Keys<'_, '_>) -> Option<StaticPage> {
    let title = keys.text("title");
    let summary = keys.text("summary");
    let order = keys.optional_number("order");
    Some(StaticPage {
        slug: file.slug,
        title: title?,
        summary: summary?,
        order: order.unwrap_or(i64::MAX),
        body: file.body,
    })
}
