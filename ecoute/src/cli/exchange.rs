//! The command line of `import` and `export`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::Places;
use crate::services_publics_plus::FORMAT;
use crate::words::say;

/// A kind of import.
#[derive(Debug, Subcommand)]
pub enum ImportCommand {
    /// Ideas and their comments.
    #[command(
        about = say("help.import-ideas", &[]),
        long_about = say("help.import-ideas-long", &[]),
        after_help = say("help.import-ideas-examples", &[]),
        help_template = say("help.template", &[]),
        override_usage = say("help.usage-import-ideas", &[]),
        next_help_heading = say("help.options", &[])
    )]
    Ideas(ImportArguments),
    /// Testimonials and their answers.
    #[command(
        about = say("help.import-testimonials", &[]),
        long_about = say("help.import-testimonials-long", &[]),
        after_help = say("help.import-testimonials-examples", &[]),
        help_template = say("help.template", &[]),
        override_usage = say("help.usage-import-testimonials", &[]),
        next_help_heading = say("help.options", &[])
    )]
    Testimonials(ImportTestimonialsArguments),
}

/// A kind of export that is none of a campaign.
#[derive(Debug, Subcommand)]
pub enum ExportCommand {
    /// Testimonials.
    #[command(
        about = say("help.export-testimonials", &[]),
        long_about = say("help.export-testimonials-long", &[]),
        after_help = say("help.export-testimonials-examples", &[]),
        help_template = say("help.template", &[]),
        override_usage = say("help.usage-export-testimonials", &[]),
        next_help_heading = say("help.options", &[])
    )]
    Testimonials(ExportTestimonialsArguments),
    /// Answers to a survey, for those who analyse it.
    #[command(
        about = say("help.export-survey", &[]),
        long_about = say("help.export-survey-long", &[]),
        after_help = say("help.export-survey-examples", &[]),
        help_template = say("help.template", &[]),
        override_usage = say("help.usage-export-survey", &[]),
        next_help_heading = say("help.options", &[])
    )]
    Survey(ExportSurveyArguments),
}

/// The arguments of `import ideas`.
#[derive(Debug, Args)]
pub struct ImportArguments {
    /// The file of ideas.
    #[arg(value_name = "FICHIER", help_heading = say("help.arguments", &[]), help = say("help.file", &[]))]
    pub file: PathBuf,
    /// Where things are.
    #[command(flatten)]
    pub places: Places,
    /// The campaign.
    #[arg(long, value_name = "NOM", help = say("help.campaign", &[]))]
    pub campaign: String,
    /// Its columns.
    #[arg(long, value_name = "CHAMP=COLONNE", required = true, value_delimiter = ',', help = say("help.map", &[]))]
    pub map: Vec<String>,
    /// The file of comments.
    #[arg(long, value_name = "FICHIER", help = say("help.comments", &[]))]
    pub comments: Option<PathBuf>,
    /// Its columns.
    #[arg(long, value_name = "CHAMP=COLONNE", value_delimiter = ',', help = say("help.comments-map", &[]))]
    pub comments_map: Vec<String>,
    /// Publish at once.
    #[arg(long, help = say("help.published", &[]))]
    pub published: bool,
    /// Write nothing.
    #[arg(long, help = say("help.dry-run", &[]))]
    pub dry_run: bool,
}

/// The arguments of `import testimonials`.
#[derive(Debug, Args)]
pub struct ImportTestimonialsArguments {
    /// The file.
    #[arg(value_name = "FICHIER", help_heading = say("help.arguments", &[]), help = say("help.testimonials-file", &[]))]
    pub file: PathBuf,
    /// Where things are.
    #[command(flatten)]
    pub places: Places,
    /// Its format.
    #[arg(long, value_name = "FORMAT", required = true, value_parser = [FORMAT], hide_possible_values = true, help = say("help.testimonials-format", &[]))]
    pub format: String,
    /// The space.
    #[arg(long, value_name = "NOM", help = say("help.testimonials-space", &[]))]
    pub space: String,
    /// Write nothing.
    #[arg(long, help = say("help.dry-run", &[]))]
    pub dry_run: bool,
}

/// The arguments of `export testimonials`.
#[derive(Debug, Args)]
pub struct ExportTestimonialsArguments {
    /// Where things are.
    #[command(flatten)]
    pub places: Places,
    /// The format.
    #[arg(long, value_name = "FORMAT", required = true, value_parser = [FORMAT], hide_possible_values = true, help = say("help.testimonials-format", &[]))]
    pub format: String,
    /// The space.
    #[arg(long, value_name = "NOM", help = say("help.export-space", &[]))]
    pub space: Option<String>,
    /// The file to write.
    #[arg(long, value_name = "FICHIER", help = say("help.export-testimonials-out", &[]))]
    pub out: Option<PathBuf>,
}

/// The arguments of `export survey`.
#[derive(Debug, Args)]
pub struct ExportSurveyArguments {
    /// Where things are.
    #[command(flatten)]
    pub places: Places,
    /// The campaign.
    #[arg(long, value_name = "NOM", help = say("help.export-campaign", &[]))]
    pub campaign: String,
    /// What is a row.
    #[arg(long, value_name = "LIGNES", value_parser = ["answers", "texts"], default_value = "answers", hide_possible_values = true, hide_default_value = true, help = say("help.export-survey-rows", &[]))]
    pub rows: String,
    /// The file to write.
    #[arg(long, value_name = "FICHIER", help = say("help.export-survey-out", &[]))]
    pub out: Option<PathBuf>,
}

/// The arguments of `export`.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct ExportArguments {
    /// What is none of a campaign.
    #[command(subcommand)]
    pub what: Option<ExportCommand>,
    /// The file to write.
    #[arg(value_name = "FICHIER", help_heading = say("help.arguments", &[]), help = say("help.export-file", &[]))]
    pub file: Option<PathBuf>,
    /// Where things are.
    #[command(flatten)]
    pub places: Places,
    /// The campaign.
    #[arg(long, value_name = "NOM", help = say("help.export-campaign", &[]))]
    pub campaign: Option<String>,
    /// The form of the file.
    #[arg(long, value_name = "FORME", value_parser = ["site", "csv", "json"], hide_possible_values = true, help = say("help.export-format", &[]))]
    pub format: Option<String>,
    /// The same as the file.
    #[arg(long, value_name = "FICHIER", conflicts_with = "file", help = say("help.export-out", &[]))]
    pub out: Option<PathBuf>,
    /// Who reads it.
    #[arg(long = "for", value_name = "QUI", value_parser = ["public", "analysts"], default_value = "public", hide_possible_values = true, hide_default_value = true, help = say("help.export-for", &[]))]
    pub readers: String,
    /// The public address.
    #[arg(long, value_name = "URL", help = say("help.export-site-url", &[]))]
    pub site_url: Option<String>,
}
