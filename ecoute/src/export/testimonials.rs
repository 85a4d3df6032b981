//! `ecoute export testimonials`: what is published of testimonials, in the columns of the national
//! open-data export.

use std::path::{Path, PathBuf};

use domain::{ContributionId, PublishedTestimonial, Slug, Testimonial, paris};
use functions::exports::written;
use jiff::Timestamp;
use site_gen::{Catalogue, departments};

use super::{Exported, write};
use crate::cli::ExportTestimonialsArguments;
use crate::error::Stopped;
use crate::serve::{self, Database};
use crate::services_publics_plus::{
    COLUMNS, FORMAT, MORE_ANSWERS, NO_STRUCTURE, cell, channel, sentiment, team,
};
use crate::whole_file::Legible;
use crate::words::{count, say};

/// What to export, and where to.
pub struct Options {
    /// The folder of the database.
    pub data_dir: PathBuf,
    /// The content, in which the structures are.
    pub content: PathBuf,
    /// The theme, which is loaded with the content.
    pub theme: PathBuf,
    /// The space whose testimonials they are; all where it is none.
    pub space: Option<String>,
    /// The file; one named after the day where it is none.
    pub out: Option<PathBuf>,
    /// The time.
    pub now: Timestamp,
    /// Where contributions are kept.
    pub database: Database,
}

impl Options {
    /// What the command line asks for.
    #[must_use]
    pub fn of(arguments: ExportTestimonialsArguments, now: Timestamp) -> Self {
        Self {
            data_dir: arguments.places.data_dir,
            content: arguments.places.content,
            theme: arguments.places.theme,
            space: arguments.space,
            out: arguments.out,
            now,
            database: Database::Embedded,
        }
    }
}

/// Writes the published testimonials: to a file, or to the standard output where the file is `-`.
///
/// # Errors
/// One clear sentence; no file is left half written.
pub async fn export(options: Options) -> Result<Exported, Stopped> {
    let (bundle, _) = serve::load(&options.content, &options.theme, "")?;
    let catalogue = &bundle.catalogue;
    let space = options.space.as_deref();
    if let Some(space) = space.filter(|space| !is_space(catalogue, space)) {
        let known: Vec<&str> = catalogue.spaces.keys().map(Slug::as_str).collect();
        let args = [("space", space.to_owned()), ("known", known.join("\n"))];
        return Err(Stopped::because("unknown-space", &args));
    }
    let (_engine, store) = options.database.join(&options.data_dir)?;
    store.create_tables().await?;
    let published = store.published().await?.testimonials;
    let is_asked = |it: &PublishedTestimonial| {
        space.is_none_or(|space| it.testimonial.space.as_str() == space)
    };
    let published: Vec<_> = published.into_values().filter(is_asked).collect();
    let n_testimonials = count("import.n-testimonials", published.len());
    let text = file(published, catalogue);
    let mut args = vec![("testimonials", n_testimonials)];
    let said = if options.out.as_deref() == Some(Path::new("-")) {
        let said = say("export.done-testimonials-output", &args);
        (said, Some(text))
    } else {
        let day = options.now.to_zoned(paris()).date();
        let named = || PathBuf::from(format!("{FORMAT}-{day}.csv"));
        let file = options.out.unwrap_or_else(named);
        write(&file, Legible::ToAll, &text)?;
        args.push(("path", file.display().to_string()));
        (say("export.done-testimonials", &args), None)
    };
    let (said, text) = said;
    Ok(Exported {
        said: format!("{said}\n{}", say("export.licence", &[])),
        text,
    })
}

fn is_space(catalogue: &Catalogue, name: &str) -> bool {
    catalogue.spaces.keys().any(|space| space.as_str() == name)
}

/// Testimonials as a file, in the order of their identifiers.
fn file(mut published: Vec<PublishedTestimonial>, catalogue: &Catalogue) -> String {
    published.sort_by_cached_key(|it| place(&it.testimonial));
    let answered = published.iter().map(answered_places).max();
    let columns = COLUMNS.len() + answered.unwrap_or_default().saturating_sub(1);
    let names = COLUMNS.iter().chain(&MORE_ANSWERS).take(columns);
    let header = names.map(|(_, name)| (*name).to_owned()).collect();
    let mut rows: Vec<Vec<String>> = vec![header];
    for it in &published {
        let mut row = row(it, catalogue);
        row.resize(columns, String::new());
        rows.push(row);
    }
    written(&rows, cell)
}

/// Where a testimonial stands in the file: by the number that it has on the platform that it came
/// from, then those that have none there, by their own identifiers.
fn place(testimonial: &Testimonial) -> (bool, u64, String, ContributionId) {
    let source = testimonial.source.as_ref();
    let number = source.and_then(|source| source.parse().ok());
    (
        number.is_none(),
        number.unwrap_or_default(),
        source.cloned().unwrap_or_default(),
        testimonial.id.clone(),
    )
}

/// The place of the last of the structures that answered, from one.
fn answered_places(published: &PublishedTestimonial) -> usize {
    let structures = &published.testimonial.structures;
    let last = structures
        .iter()
        .rposition(|structure| answer(published, structure).is_some());
    last.map_or(0, |last| last + 1)
}

fn answer<'p>(published: &'p PublishedTestimonial, structure: &Slug) -> Option<&'p str> {
    let response = published.answers.get(structure)?.response.as_ref()?;
    Some(response.text.as_str())
}

fn row(published: &PublishedTestimonial, catalogue: &Catalogue) -> Vec<String> {
    let it = &published.testimonial;
    let id = it.source.as_deref().unwrap_or(it.id.as_str());
    let day = it.received_at.to_zoned(paris()).date();
    // With the apostrophe of the national export.
    let department = it.department.as_deref().and_then(departments::name);
    let department = department.unwrap_or_default().replace('’', "'");
    let channels: Vec<&str> = it.channels.iter().map(|it| channel(*it)).collect();
    let mut answers = it.structures.iter();
    let mut next_answer = || {
        let answer = answers.next().and_then(|slug| answer(published, slug));
        answer.unwrap_or_default().to_owned()
    };
    let mut row = vec![
        id.to_owned(),
        day.to_string(),
        it.title.as_str().to_owned(),
        it.body.as_str().to_owned(),
        it.pseudonym.as_str().to_owned(),
        sentiment(it.sentiment).to_owned(),
        department,
        channels.join(","),
        structures(it, catalogue),
        next_answer(),
    ];
    let said = |aspect| it.aspects.get(&aspect).map(|felt| sentiment(*felt));
    let aspects = domain::Aspect::ALL.map(|aspect| said(aspect).unwrap_or_default().to_owned());
    row.extend(aspects);
    row.extend(MORE_ANSWERS.map(|_| next_answer()));
    row
}

/// The structures that a testimonial concerns: the team that answers where there is none is none.
fn structures(testimonial: &Testimonial, catalogue: &Catalogue) -> String {
    match testimonial.structures.as_slice() {
        [] => NO_STRUCTURE.to_owned(),
        [one] if team(&testimonial.space).contains(one) => NO_STRUCTURE.to_owned(),
        several => {
            let name = |slug: &Slug| {
                let known = catalogue.structures.get(slug);
                known.map_or_else(|| slug.to_string(), |known| known.name.clone())
            };
            let names: Vec<String> = several.iter().map(name).collect();
            names.join(", ")
        }
    }
}
