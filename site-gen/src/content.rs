//! The content folder: files to a catalogue, or every problem at its place.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use domain::{Audience, Campaign, Modality, Slug, Space, Stage};
use walkdir::WalkDir;

use crate::address;
use crate::catalogue::{Catalogue, Site, StaticPage};
use crate::front_matter::{Keys, split};
use crate::problem::{Problem, said, system_said};

/// Reads `site.toml`, `spaces/*.md`, `campaigns/*.md` and `pages/*.md` under `root`.
///
/// # Errors
/// Every problem of every file, in the order of their paths.
pub(crate) fn load(root: &Path) -> Result<Catalogue, Vec<Problem>> {
    let mut problems = Vec::new();
    let site = load_site(root, &mut problems);
    let spaces = load_folder(root, "spaces", &mut problems, space);
    let campaigns = load_folder(root, "campaigns", &mut problems, |file, keys| {
        campaign(file, keys, &spaces)
    });
    let pages = load_folder(root, "pages", &mut problems, page);
    if spaces.is_empty() && problems.is_empty() {
        problems.push(Problem::of(
            &root.join("spaces"),
            said("content.space-none", &[]),
        ));
    }
    for page in pages.values() {
        let address = address::page(&page.slug);
        let taken = [
            "campagnes",
            "espaces",
            "plan-du-site",
            "participer",
            "suivi",
            "moderation",
            "assets",
            "api",
        ];
        if taken.contains(&page.slug.as_str()) {
            problems.push(Problem::of(
                &root.join("pages").join(format!("{}.md", page.slug)),
                said("content.address-taken", &[("address", address)]),
            ));
        }
    }
    match site {
        Some(site) if problems.is_empty() => Ok(Catalogue {
            site,
            spaces,
            campaigns,
            pages,
        }),
        _ => {
            problems.sort();
            problems.dedup();
            Err(problems)
        }
    }
}

/// A content file: its name, and its text under the front matter.
struct File {
    slug: Slug,
    body: String,
}

fn load_site(root: &Path, problems: &mut Vec<Problem>) -> Option<Site> {
    let path = root.join("site.toml");
    if !path.exists() {
        let problem = match fs::read_dir(root) {
            Ok(_) => Problem::of(&path, said("content.site-missing", &[])),
            Err(error) => Problem::of(root, said("file.folder", &[("error", system_said(&error))])),
        };
        problems.push(problem);
        return None;
    }
    let source = read(&path, problems)?;
    let mut keys = Keys::parse(&path, &source, 0..source.len(), problems)?;
    let name = keys.text("name");
    let tagline = keys.text("tagline");
    let description = keys.text("description");
    let accessibility = keys.text("accessibility");
    let source_code = keys.text("source_code");
    let contact_email = keys.text("contact_email");
    let moderation_delay = keys.text("moderation_delay");
    keys.finish();
    Some(Site {
        name: name?,
        tagline: tagline?,
        description: description?,
        accessibility: accessibility?,
        source_code: source_code?,
        contact_email: contact_email?,
        moderation_delay: moderation_delay?,
    })
}

/// Reads each `.md` file of a folder, which may be missing, with `read_one`.
fn load_folder<T>(
    root: &Path,
    folder: &str,
    problems: &mut Vec<Problem>,
    read_one: impl Fn(File, &mut Keys<'_, '_>) -> Option<T>,
) -> BTreeMap<Slug, T> {
    let mut loaded = BTreeMap::new();
    for path in markdown_files(&root.join(folder), problems) {
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        let Ok(slug) = Slug::parse(&stem) else {
            problems.push(Problem::of(&path, said("file.slug", &[])));
            continue;
        };
        let Some(source) = read(&path, problems) else {
            continue;
        };
        let (range, body) = match split(&path, &source) {
            Ok(parts) => parts,
            Err(problem) => {
                problems.push(problem);
                continue;
            }
        };
        let Some(mut keys) = Keys::parse(&path, &source, range, problems) else {
            continue;
        };
        let file = File {
            slug: slug.clone(),
            body: body.to_owned(),
        };
        let value = read_one(file, &mut keys);
        keys.finish();
        if let Some(value) = value {
            loaded.insert(slug, value);
        }
    }
    loaded
}

fn markdown_files(folder: &Path, problems: &mut Vec<Problem>) -> Vec<PathBuf> {
    if !folder.exists() {
        return Vec::new();
    }
    let mut files = Vec::new();
    for entry in WalkDir::new(folder).max_depth(1).sort_by_file_name() {
        match entry {
            Ok(entry) if entry.file_type().is_file() => {
                if entry
                    .path()
                    .extension()
                    .is_some_and(|extension| extension == "md")
                {
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
        Ok(source) => Some(source.replace("\r\n", "\n")),
        Err(error) => {
            let what = said("file.unreadable", &[("error", system_said(&error))]);
            problems.push(Problem::of(path, what));
            None
        }
    }
}

fn space(file: File, keys: &mut Keys<'_, '_>) -> Option<Space> {
    let name = keys.text("name");
    let place = keys.text("place");
    let department = keys.optional_text("department");
    let summary = keys.text("summary");
    let order = keys.optional_number("order");
    Some(Space {
        slug: file.slug,
        name: name?,
        place: place?,
        department,
        summary: summary?,
        order: order.unwrap_or(i64::MAX),
        body: file.body,
    })
}

fn campaign(
    file: File,
    keys: &mut Keys<'_, '_>,
    spaces: &BTreeMap<Slug, Space>,
) -> Option<Campaign> {
    let title = keys.text("title");
    let short = keys.text("short");
    let summary = keys.text("summary");
    let space_name = keys.text("space");
    let space = space_name.as_deref().and_then(|name| {
        let found = Slug::parse(name)
            .ok()
            .filter(|slug| spaces.contains_key(slug));
        if found.is_none() {
            let known = spaces
                .keys()
                .map(Slug::as_str)
                .collect::<Vec<_>>()
                .join(", ");
            let place = keys.place("space");
            keys.problem(
                &place,
                "content.space-unknown",
                &[("space", name.to_owned()), ("known", known)],
            );
        }
        found
    });
    let opens = keys.date("opens");
    let closes = keys.date("closes");
    if let (Some((opens, _)), Some((closes, place))) = (&opens, &closes)
        && closes < opens
    {
        keys.problem(place, "content.closes-before-opens", &[]);
    }
    let stage = keys.choice(
        "stage",
        &[
            ("analysis", Stage::Analysis),
            ("results", Stage::Results),
            ("archived", Stage::Archived),
        ],
    );
    let modalities = keys.choices(
        "modalities",
        &[
            ("ideas", Modality::Ideas),
            ("survey", Modality::Survey),
            ("workshops", Modality::Workshops),
        ],
    );
    let audience = keys.choice(
        "audience",
        &[("public", Audience::Public), ("staff", Audience::Staff)],
    );
    let categories = keys.texts("categories");
    let questions = keys.texts("questions");
    Some(Campaign {
        slug: file.slug,
        space: space?,
        title: title?,
        short: short?,
        summary: summary?,
        opens: opens?.0,
        closes: closes?.0,
        stage: stage.map(|(stage, _)| stage),
        modalities,
        audience: audience.map_or(Audience::Public, |(audience, _)| audience),
        categories,
        questions,
        body: file.body,
    })
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
