//! `ecoute import testimonials`: what was told elsewhere and published there, with what was
//! answered. The structures that it concerns are made in the content where they are missing.

use std::path::PathBuf;

use domain::{Place, PublishedTestimonial, Slug, Status};
use jiff::Timestamp;
use site_gen::Catalogue;

use super::structures::Structures;
use super::table::{Columns, Table};
use super::testimonial_rows::{pairs, testimonials};
use super::{ROWS_SHOWN, Run, note, problems_said, write_all};
use crate::error::Stopped;
use crate::serve::{self, Database};
use crate::words::{count, say};

/// What to import, and where to.
pub struct Options {
    /// The folder of the database.
    pub data_dir: PathBuf,
    /// The content, in which the space and its structures are.
    pub content: PathBuf,
    /// The theme, which is loaded with the content.
    pub theme: PathBuf,
    /// The space's name.
    pub space: String,
    /// The file.
    pub file: PathBuf,
    /// Whether anything is written.
    pub run: Run,
    /// Where contributions are kept.
    pub database: Database,
}

/// Imports testimonials with what was answered, published on the day on which they were written,
/// and answers what to say of it. Where they are there already, they stay as they are.
///
/// # Errors
/// One clear sentence, or a line for each row that does not hold; nothing is then written.
pub async fn import(options: Options) -> Result<String, Stopped> {
    let (bundle, _) = serve::load(&options.content, &options.theme, "")?;
    let space = space_of(&bundle.catalogue, &options.space)?;
    let mut structures = Structures::of(&bundle.catalogue, space);
    let table = Table::read(&options.file)?;
    let published = read(&table, &options, space, &mut structures)?;
    if options.run == Run::Dry {
        let testimonials = count("import.n-testimonials", published.len());
        let mut lines = vec![say(
            "import.dry-testimonials",
            &[("testimonials", testimonials)],
        )];
        lines.extend(structures_said("import.structures-dry", &structures));
        return Ok(lines.join("\n"));
    }
    let (_engine, store) = options.database.join(&options.data_dir)?;
    store.create_tables().await?;
    structures.write(&options.content)?;
    let place = Place::Testimonials(space.clone());
    let counts = format!("testimonials:{}", published.len());
    let sha256 = [table.sha256.clone()];
    note(&store, &place, Status::Published, &counts, &sha256).await?;
    let keep = |published: PublishedTestimonial| {
        let store = store.clone();
        async move { store.import_testimonial(&published).await }
    };
    let written = write_all(published, "import.testimonials", keep).await?;
    let args = [
        ("new", written.new.to_string()),
        ("already", written.already.to_string()),
    ];
    let mut lines = vec![say("import.done-testimonials", &args)];
    if let Some(made) = structures_said("import.structures", &structures) {
        lines.push(made);
        let folder = options.content.join("structures").display().to_string();
        lines.push(say("import.structures-next", &[("path", folder)]));
    }
    Ok(lines.join("\n"))
}

fn read(
    table: &Table,
    options: &Options,
    space: &Slug,
    structures: &mut Structures<'_>,
) -> Result<Vec<PublishedTestimonial>, Stopped> {
    let pairs = pairs(table).map_err(|missing| {
        let args = [
            ("path", options.file.display().to_string()),
            ("missing", missing.join("\u{a0}», «\u{a0}")),
        ];
        Stopped::because("testimonial-columns", &args)
    })?;
    let fields: Vec<&'static str> = super::testimonial_rows::fields().collect();
    let columns = Columns::parse(&pairs, &fields, &[], "", table)?;
    let rows = testimonials(table, &columns, space, structures, Timestamp::now());
    let wrong: Vec<&Vec<String>> = rows.problems.values().collect();
    if !wrong.is_empty() {
        return Err(Stopped::saying(problems_said(&wrong)));
    }
    Ok(rows.contributions)
}

/// The space of a name, which takes testimonials.
fn space_of<'a>(catalogue: &'a Catalogue, name: &str) -> Result<&'a Slug, Stopped> {
    let takes = catalogue.spaces.values();
    let takes = takes.filter(|space| space.testimonials.is_some());
    let takes: Vec<&Slug> = takes.map(|space| &space.slug).collect();
    let found = takes.iter().find(|slug| slug.as_str() == name);
    found.copied().ok_or_else(|| {
        let known: Vec<&str> = takes.iter().map(|slug| slug.as_str()).collect();
        let args = [("space", name.to_owned()), ("known", known.join(", "))];
        let key = match (Slug::parse(name), known.is_empty()) {
            (Ok(slug), false) if catalogue.spaces.contains_key(&slug) => "space-takes-none",
            (_, false) => "testimonial-space",
            (_, true) => "no-space-takes",
        };
        Stopped::because(key, &args)
    })
}

/// The structures that are to be made; none where there is none.
fn structures_said(key: &str, structures: &Structures<'_>) -> Option<String> {
    let made = structures.made();
    if made.is_empty() {
        return None;
    }
    let shown = made.len().min(ROWS_SHOWN);
    let mut names = made[..shown].join("\u{a0}», «\u{a0}");
    if made.len() > shown {
        let more = (made.len() - shown).to_string();
        names = say("import.structures-more", &[("names", names), ("n", more)]);
    } else {
        names = say("import.structures-all", &[("names", names)]);
    }
    Some(format!("{} {names}", count(key, made.len())))
}
