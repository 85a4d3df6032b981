//! `ecoute analyse`: the themes of a campaign's published ideas, or of the rows of a file.

mod input;
mod sentences;
mod steps;

use std::path::{Path, PathBuf};

use domain::Slug;
use functions::analysis::{Analysed, Document, Subject, with_authors};
use functions::store::{COMMAND, Keeping, Noted};
use insights::themes::{Analysis, Contribution, Grain, Settings, Stage, Wanted, analyse};
use jiff::Timestamp;

use crate::cli::AnalyseArguments;
use crate::error::Stopped;
use crate::serve::Database;
use crate::whole_file::{Legible, WholeFile};
use crate::words::{count, say};

use sentences::Sentences;
use steps::Steps;

/// What to analyse, how, and where to.
pub struct Options {
    /// What is analysed.
    pub texts: Texts,
    /// How many themes, or how fine.
    pub wanted: Wanted,
    /// The wheel of the model of sentences; words alone are compared without it.
    pub model: Option<PathBuf>,
    /// Where the vectors of texts are kept; with the data, or beside the file, where it is none.
    pub cache: Option<PathBuf>,
    /// The file to write.
    pub out: PathBuf,
    /// How progress is shown.
    pub progress: Progress,
    /// Where contributions are kept.
    pub database: Database,
    /// The time.
    pub now: Timestamp,
}

/// What is analysed.
pub enum Texts {
    /// The published ideas of a campaign.
    Campaign {
        /// The folder of the database.
        data_dir: PathBuf,
        /// The campaign's name.
        campaign: String,
        /// A table of which side ideas take: its columns are `id` and `position`.
        stances: Option<PathBuf>,
        /// What becomes of it.
        then: Then,
    },
    /// The rows of a file.
    Rows {
        /// The file: tab-, comma- or semicolon-separated, or a JSON object a line.
        file: PathBuf,
        /// `field=column`, of `id`, `text`, `title`, `weight`, `author`, `stance` and `felt`.
        columns: Vec<String>,
    },
}

/// What becomes of an analysis of a campaign, beside the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Then {
    /// Nothing.
    Nothing,
    /// The back office shows it from now on, with what people decided of the one before.
    Kept,
}

/// How progress is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// As a bar, where standard error is a terminal.
    Bar,
    /// As a line for each step, whatever standard error is.
    Lines,
}

impl Options {
    /// Reads what the command line asks for.
    #[must_use]
    pub fn of(arguments: AnalyseArguments, now: Timestamp) -> Self {
        let columns = [
            ("id", arguments.id),
            ("text", arguments.text),
            ("title", arguments.title),
            ("weight", arguments.weight),
            ("author", arguments.author),
            ("stance", arguments.stance),
            ("felt", arguments.felt),
        ];
        let columns = columns
            .into_iter()
            .filter_map(|(field, column)| Some(format!("{field}={}", column?)));
        let texts = match (arguments.campaign, arguments.input) {
            (Some(campaign), _) => Texts::Campaign {
                data_dir: arguments.data_dir,
                campaign,
                stances: arguments.stances,
                then: if arguments.keep {
                    Then::Kept
                } else {
                    Then::Nothing
                },
            },
            (None, file) => Texts::Rows {
                file: file.unwrap_or_default(),
                columns: columns.collect(),
            },
        };
        let grain = match arguments.grain.as_deref() {
            Some("fine") => Grain::Fine,
            Some("coarse") => Grain::Coarse,
            _ => Grain::Medium,
        };
        Self {
            texts,
            wanted: match arguments.themes {
                Some(themes) => Wanted::Themes(themes.into()),
                None => Wanted::Grain(grain),
            },
            model: arguments.model,
            cache: arguments.cache,
            out: arguments.out,
            progress: if arguments.progress {
                Progress::Lines
            } else {
                Progress::Bar
            },
            database: Database::Embedded,
            now,
        }
    }
}

impl Options {
    /// Where the vectors of texts are kept: with the data of a campaign, beside what is found of a
    /// file.
    fn kept_vectors(&self) -> PathBuf {
        if let Some(cache) = &self.cache {
            return cache.clone();
        }
        match &self.texts {
            Texts::Campaign {
                data_dir, campaign, ..
            } => data_dir.join("vectors").join(campaign),
            Texts::Rows { .. } => {
                let mut name = self.out.file_name().unwrap_or_default().to_owned();
                name.push(".vectors");
                self.out.with_file_name(name)
            }
        }
    }
}

/// Analyses, writes what was found to the file, and answers what to say of it.
///
/// # Errors
/// One clear sentence, or every row that can't be read; nothing is written then.
pub async fn run(options: Options) -> Result<String, Stopped> {
    let (campaign, contributions, legible) = read(&options).await?;
    if contributions.is_empty() {
        return Err(Stopped::because("analyse-empty", &[]));
    }
    let steps = Steps::new(options.progress);
    let sentences = match &options.model {
        Some(model) => {
            let kept = options.kept_vectors();
            Some(Sentences::read(model, &kept, &contributions, &steps)?)
        }
        None => None,
    };
    let settings = Settings {
        wanted: options.wanted,
        ..Settings::default()
    };
    let vectors = sentences.as_ref().map(Sentences::vectors);
    let at = |stage: Stage, done, of| steps.at(key(stage), done, of);
    let analysis = analyse(&contributions, vectors.as_ref(), &settings, &at);
    steps.done();
    let analysis = analysis.map_err(|refused| {
        let args = [("error", refused.to_string())];
        Stopped::because("analyse", &args)
    })?;
    let analysis = match (&options.texts, &campaign) {
        (
            Texts::Campaign {
                data_dir,
                then: Then::Kept,
                ..
            },
            Some(campaign),
        ) => keep(&options, data_dir, campaign, analysis, &contributions).await?,
        _ => analysis,
    };
    let said = summary(&analysis, &options);
    let document = Document::of(analysis, campaign, &contributions);
    WholeFile::write(&options.out, legible, &document.to_json())
        .map_err(|error| Stopped::io("write", &options.out, &error))?;
    Ok(said)
}

/// Keeps an analysis for the back office, and answers it with what people decided there.
async fn keep(
    options: &Options,
    data_dir: &Path,
    campaign: &Slug,
    analysis: Analysis,
    contributions: &[Contribution],
) -> Result<Analysis, Stopped> {
    let (_engine, store) = options.database.join(data_dir)?;
    let subject = Subject::ideas(campaign);
    let kept = store.kept_analysis(&subject).await?;
    let version = kept.as_ref().map_or(0, |kept| kept.version);
    let before = kept.and_then(|kept| Analysed::from_bytes(&kept.bytes));
    let analysed = Analysed::of(analysis, before, options.now);
    let after = format!(
        "{} / {}",
        analysed.analysis.themes.len(),
        analysed.journal.decisions().len()
    );
    let noted = Noted::of_analysis(campaign, "analyse", COMMAND, after, options.now);
    let bytes = analysed.to_bytes();
    match store
        .keep_analysis(&subject, &bytes, version, &noted)
        .await?
    {
        Keeping::Overtaken => Err(Stopped::because("analyse-overtaken", &[])),
        Keeping::Kept => Ok(analysed.reviewed(contributions)),
    }
}

/// The key of a step's words.
fn key(stage: Stage) -> &'static str {
    match stage {
        Stage::Reading => "reading",
        Stage::Reducing => "reducing",
        Stage::Comparing => "comparing",
        Stage::Dividing => "dividing",
        Stage::Verifying => "verifying",
        Stage::Describing => "describing",
    }
}

/// The contributions, of which campaign they are, and who may read what is found in them: texts of
/// a file may not be public.
async fn read(options: &Options) -> Result<(Option<Slug>, Vec<Contribution>, Legible), Stopped> {
    match &options.texts {
        Texts::Campaign {
            data_dir,
            campaign,
            stances,
            ..
        } => {
            let (_engine, store) = options.database.join(data_dir)?;
            store.create_tables().await?;
            let published = store.published().await?;
            let (slug, contributions) = input::of_campaign(&published, campaign)?;
            let mut contributions = with_authors(&store, contributions).await?;
            if let Some(file) = stances {
                input::take_sides(&mut contributions, file)?;
            }
            Ok((Some(slug), contributions, Legible::ToAll))
        }
        Texts::Rows { file, columns } => {
            let contributions = input::of_rows(file, columns)?;
            Ok((None, contributions, Legible::ToOwner))
        }
    }
}

fn summary(analysis: &Analysis, options: &Options) -> String {
    let coverage = &analysis.coverage;
    let args = [
        (
            "contributions",
            count("analyse.n-contributions", coverage.contributions),
        ),
        ("themes", count("analyse.n-themes", analysis.themes.len())),
        ("classified", coverage.classified.to_string()),
        ("undecided", coverage.undecided.to_string()),
        ("isolated", coverage.isolated.to_string()),
        ("path", options.out.display().to_string()),
    ];
    let mut lines = vec![say("analyse.done", &args)];
    for point in &analysis.salient {
        let theme = usize::try_from(point.theme).ok();
        let Some(theme) = theme.and_then(|place| analysis.themes.get(place)) else {
            continue;
        };
        let args = [
            ("label", theme.label.clone()),
            ("size", theme.size.to_string()),
        ];
        lines.push(say("analyse.theme", &args));
    }
    lines.push(say("analyse.next", &[]));
    lines.join("\n")
}
