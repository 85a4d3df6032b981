//! `ecoute export`: a campaign as open data or for analysts, and everything published for a full
//! build elsewhere; testimonials, and answers to surveys, in files of their own.

pub mod survey;
pub mod testimonials;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use functions::exports::{self, Export, Format, Making, Readers};
use functions::store::Noted;
use jiff::Timestamp;
use site_gen::Bundle;

use crate::cli::{ExportArguments, ExportCommand};
use crate::error::Stopped;
use crate::import::campaign_of;
use crate::progress;
use crate::serve::{self, Database};
use crate::whole_file::{Legible, WholeFile};
use crate::words::{count, say};

/// What to export of a campaign, and where to.
pub struct Options {
    /// The folder of the database.
    pub data_dir: PathBuf,
    /// The content, in which the campaign is.
    pub content: PathBuf,
    /// The theme, in which the words of the columns are.
    pub theme: PathBuf,
    /// The campaign's name.
    pub campaign: String,
    /// How it is written.
    pub format: Format,
    /// For whom.
    pub readers: Readers,
    /// The file; one named after the campaign where it is none.
    pub out: Option<PathBuf>,
    /// The public address of the site; that of its last start where it is none.
    pub site_url: Option<String>,
    /// The time.
    pub now: Timestamp,
    /// Where contributions are kept.
    pub database: Database,
}

/// What the command line asks for.
pub enum Asked {
    /// Everything published, for a full build.
    Site {
        /// The folder of the database.
        data_dir: PathBuf,
        /// The file.
        file: PathBuf,
    },
    /// A campaign.
    Campaign(Options),
    /// Testimonials.
    Testimonials(testimonials::Options),
    /// Answers to a survey.
    Survey(survey::Options),
}

/// Reads what the command line asks for.
///
/// # Errors
/// Where its options don't go together.
pub fn asked(arguments: ExportArguments, now: Timestamp) -> Result<Asked, Stopped> {
    match arguments.what {
        None => {}
        Some(ExportCommand::Testimonials(arguments)) => {
            let options = testimonials::Options::of(arguments, now);
            return Ok(Asked::Testimonials(options));
        }
        Some(ExportCommand::Survey(arguments)) => {
            return Ok(Asked::Survey(survey::Options::of(arguments, now)));
        }
    }
    let places = arguments.places;
    let out = arguments.file.or(arguments.out);
    let Some(campaign) = arguments.campaign else {
        if arguments.format.as_deref().is_some_and(|it| it != "site") {
            return Err(Stopped::because("export-campaign", &[]));
        }
        let file = out.ok_or_else(|| Stopped::because("export-file", &[]))?;
        return Ok(Asked::Site {
            data_dir: places.data_dir,
            file,
        });
    };
    let format = match arguments.format.as_deref() {
        None => Format::Csv,
        Some(key) => Format::from_key(key).ok_or_else(|| Stopped::because("export-site", &[]))?,
    };
    Ok(Asked::Campaign(Options {
        data_dir: places.data_dir,
        content: places.content,
        theme: places.theme,
        campaign,
        format,
        readers: if arguments.readers == "analysts" {
            Readers::Analysts
        } else {
            Readers::Public
        },
        out,
        site_url: arguments.site_url,
        now,
        database: Database::Embedded,
    }))
}

/// What was done.
pub struct Exported {
    /// What to say of it.
    pub said: String,
    /// What goes to the standard output, where that was asked.
    pub text: Option<String>,
}

/// Writes every published contribution to a file, and answers what to say of it.
///
/// # Errors
/// One clear sentence.
pub async fn export_site(
    database: &Database,
    data_dir: &Path,
    file: &Path,
) -> Result<String, Stopped> {
    let (_engine, store) = database.join(data_dir)?;
    store.create_tables().await?;
    // What was answered to a survey is counted by its questions: those of the last start.
    let published = match bundle(data_dir) {
        Some(bundle) => {
            let now = Timestamp::now();
            store.published_with_surveys(&bundle.catalogue, now).await?
        }
        None => store.published().await?,
    };
    write(file, Legible::ToAll, &published.to_lines())?;
    let args = [
        ("ideas", count("import.n-ideas", published.ideas.len())),
        (
            "testimonials",
            count("import.n-testimonials", published.testimonials.len()),
        ),
        ("path", file.display().to_string()),
    ];
    Ok(say("export.done", &args))
}

/// Writes a campaign's contributions: to a file, with what its columns mean beside it where it
/// does not hold them; or to the standard output, where the file is `-`.
///
/// # Errors
/// One clear sentence; no file is left half written.
pub async fn export(options: Options) -> Result<Exported, Stopped> {
    let (bundle, _) = serve::load(&options.content, &options.theme, "")?;
    let campaign = campaign_of(&bundle.catalogue, &options.campaign)?;
    let site_url = site_url(&options)?;
    let (_engine, store) = options.database.join(&options.data_dir)?;
    store.create_tables().await?;
    let making = Making {
        campaign,
        catalogue: &bundle.catalogue,
        messages: &bundle.theme.messages,
        site_url: &site_url,
        readers: options.readers,
        now: options.now,
    };
    let counter = progress::counter("export.reading");
    let export = Export::read(&store, making, &|read| counter.inc(read)).await?;
    counter.finish_and_clear();
    if options.readers == Readers::Analysts {
        let noted = Noted::of_export(campaign, functions::store::COMMAND, options.now);
        store.note(&noted).await?;
    }
    let text = export.written(options.format);
    let mut args = vec![
        ("ideas", count("import.n-ideas", export.ideas())),
        ("comments", count("import.n-comments", export.comments())),
    ];
    let mut lines = Vec::new();
    let to_output = options.out.as_deref() == Some(Path::new("-"));
    let text = if to_output {
        lines.push(say("export.done-output", &args));
        Some(text)
    } else {
        let file = options.out.clone().unwrap_or_else(|| {
            let (readers, format) = (options.readers, options.format);
            exports::file_name(campaign, readers, format, options.now).into()
        });
        args.push(("path", file.display().to_string()));
        let legible = match options.readers {
            Readers::Public => Legible::ToAll,
            Readers::Analysts => Legible::ToOwner,
        };
        write(&file, legible, &text)?;
        lines.push(say("export.done-campaign", &args));
        if options.format == Format::Csv {
            let columns = beside(&file);
            let described = exports::columns_csv(&bundle.theme.messages, options.readers);
            write(&columns, legible, &described)?;
            let args = [("path", columns.display().to_string())];
            lines.push(say("export.done-columns", &args));
        }
        None
    };
    lines.push(match options.readers {
        Readers::Public => say("export.licence", &[]),
        Readers::Analysts => say("export.restricted", &[]),
    });
    Ok(Exported {
        said: lines.join("\n"),
        text,
    })
}

/// Writes what was asked for on the standard output.
///
/// # Errors
/// One clear sentence.
pub fn to_output(text: &str) -> Result<(), Stopped> {
    let mut output = std::io::stdout().lock();
    output
        .write_all(text.as_bytes())
        .and_then(|()| output.flush())
        .map_err(|error| Stopped::io("write", Path::new("-"), &error))
}

fn write(file: &Path, legible: Legible, text: &str) -> Result<(), Stopped> {
    WholeFile::write(file, legible, text).map_err(|error| Stopped::io("write", file, &error))
}

/// The file that says what the columns of another mean: `idees.csv` → `idees-colonnes.csv`.
fn beside(file: &Path) -> PathBuf {
    let stem = file.file_stem().unwrap_or_default().to_string_lossy();
    file.with_file_name(format!("{stem}-colonnes.csv"))
}

/// The address of the site: the one given, else the one of its last start on this data.
fn site_url(options: &Options) -> Result<String, Stopped> {
    if let Some(given) = &options.site_url {
        return serve::site_url(given);
    }
    bundle(&options.data_dir)
        .map(|bundle| bundle.site_url)
        .ok_or_else(|| Stopped::because("export-site-url", &[]))
}

/// The bundle of the site's last start.
fn bundle(data_dir: &Path) -> Option<Bundle> {
    let bytes = fs::read(data_dir.join("bundle.json")).ok()?;
    serde_json::from_slice(&bytes).ok()
}
