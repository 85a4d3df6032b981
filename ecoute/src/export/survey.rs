//! `ecoute export survey`: the answers to a survey, for those who analyse it.

use std::path::{Path, PathBuf};

use domain::paris;
use functions::exports::{answers_csv, texts_csv};
use functions::store::{COMMAND, Noted};
use jiff::Timestamp;

use super::{Exported, write};
use crate::cli::ExportSurveyArguments;
use crate::error::Stopped;
use crate::import::campaign_of;
use crate::serve::{self, Database};
use crate::whole_file::Legible;
use crate::words::{count, say};

/// What a row is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rows {
    /// A participant.
    Answers,
    /// A text that somebody wrote: what `ecoute analyse` reads.
    Texts,
}

/// What to export, and where to.
pub struct Options {
    /// The folder of the database.
    pub data_dir: PathBuf,
    /// The content, in which the survey is.
    pub content: PathBuf,
    /// The theme, in which the words of the columns are.
    pub theme: PathBuf,
    /// The campaign's name.
    pub campaign: String,
    /// What a row is.
    pub rows: Rows,
    /// The file; one named after the campaign where it is none.
    pub out: Option<PathBuf>,
    /// The time.
    pub now: Timestamp,
    /// Where contributions are kept.
    pub database: Database,
}

impl Options {
    /// What the command line asks for.
    #[must_use]
    pub fn of(arguments: ExportSurveyArguments, now: Timestamp) -> Self {
        Self {
            data_dir: arguments.places.data_dir,
            content: arguments.places.content,
            theme: arguments.places.theme,
            campaign: arguments.campaign,
            rows: match arguments.rows.as_str() {
                "texts" => Rows::Texts,
                _ => Rows::Answers,
            },
            out: arguments.out,
            now,
            database: Database::Embedded,
        }
    }
}

/// Writes the answers: to a file that its owner alone may read, or to the standard output where the
/// file is `-`. The log of decisions says so.
///
/// # Errors
/// One clear sentence; no file is left half written.
pub async fn export(options: Options) -> Result<Exported, Stopped> {
    let (bundle, _) = serve::load(&options.content, &options.theme, "")?;
    let campaign = campaign_of(&bundle.catalogue, &options.campaign)?;
    let survey = campaign.survey.as_ref().ok_or_else(|| {
        let args = [("campaign", options.campaign.clone())];
        Stopped::because("export-survey", &args)
    })?;
    let (_engine, store) = options.database.join(&options.data_dir)?;
    store.create_tables().await?;
    let noted = Noted::of_export(campaign, COMMAND, options.now);
    store.note(&noted).await?;
    let sent = store.survey_answers(&campaign.slug).await?;
    let (name, text) = match options.rows {
        Rows::Answers => (
            "reponses",
            answers_csv(survey, &sent, &bundle.theme.messages),
        ),
        Rows::Texts => ("textes", texts_csv(survey, &sent, &bundle.theme.messages)),
    };
    let mut args = vec![("participants", count("export.n-participants", sent.len()))];
    let restricted = say("export.restricted-survey", &[]);
    if options.out.as_deref() == Some(Path::new("-")) {
        let said = say("export.done-survey-output", &args);
        return Ok(Exported {
            said: format!("{said}\n{restricted}"),
            text: Some(text),
        });
    }
    let day = options.now.to_zoned(paris()).date();
    let named = || PathBuf::from(format!("{}-sondage-{day}-{name}.csv", campaign.slug));
    let file = options.out.unwrap_or_else(named);
    write(&file, Legible::ToOwner, &text)?;
    args.push(("path", file.display().to_string()));
    let said = say("export.done-survey", &args);
    Ok(Exported {
        said: format!("{said}\n{restricted}"),
        text: None,
    })
}
