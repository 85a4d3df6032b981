//! The command line: arguments to commands.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::words::say;

/// What was asked on the command line.
#[derive(Debug, Parser)]
#[command(
    name = "ecoute",
    version,
    about = say("help.about", &[]),
    long_about = say("help.long", &[]),
    after_help = say("help.examples", &[]),
    args_conflicts_with_subcommands = true
)]
pub struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    serve: ServeArguments,
}

/// A command.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Everything on this machine.
    #[command(about = say("help.serve", &[]), long_about = say("help.serve", &[]), after_help = say("help.examples", &[]))]
    Serve(ServeArguments),
    /// Contributions from elsewhere.
    #[command(subcommand, about = say("help.import", &[]), long_about = say("help.import", &[]))]
    Import(ImportCommand),
    /// Everything published, to a file.
    #[command(about = say("help.export", &[]), long_about = say("help.export", &[]))]
    Export(ExportArguments),
}

/// A kind of import.
#[derive(Debug, Subcommand)]
pub enum ImportCommand {
    /// Ideas and their comments.
    #[command(about = say("help.import-ideas", &[]), long_about = say("help.import-ideas-long", &[]), after_help = say("help.import-ideas-examples", &[]))]
    Ideas(ImportArguments),
}

/// Where things are on this machine.
#[derive(Debug, Args)]
pub struct Places {
    /// The folder of the database, the pages and the mail.
    #[arg(long, value_name = "DOSSIER", default_value = "data", help = say("help.data-dir", &[]), long_help = None)]
    pub data_dir: PathBuf,
    /// The content.
    #[arg(long, value_name = "DOSSIER", default_value = "content", help = say("help.content", &[]), long_help = None)]
    pub content: PathBuf,
    /// The theme.
    #[arg(long, value_name = "DOSSIER", default_value = "themes/default", help = say("help.theme", &[]), long_help = None)]
    pub theme: PathBuf,
}

/// The arguments of `serve`.
#[derive(Debug, Args)]
pub struct ServeArguments {
    /// Where things are.
    #[command(flatten)]
    pub places: Places,
    /// The address and port to listen on.
    #[arg(long, value_name = "ADRESSE:PORT", default_value = "127.0.0.1:8080", help = say("help.listen", &[]), long_help = None)]
    pub listen: String,
    /// The public address.
    #[arg(long, value_name = "URL", help = say("help.site-url", &[]), long_help = None)]
    pub site_url: Option<String>,
}

/// The arguments of `import ideas`.
#[derive(Debug, Args)]
pub struct ImportArguments {
    /// Where things are.
    #[command(flatten)]
    pub places: Places,
    /// The campaign.
    #[arg(long, value_name = "NOM", help = say("help.campaign", &[]), long_help = None)]
    pub campaign: String,
    /// The file of ideas.
    #[arg(value_name = "FICHIER", help = say("help.file", &[]), long_help = None)]
    pub file: PathBuf,
    /// Its columns.
    #[arg(long, value_name = "CHAMP=COLONNE", required = true, value_delimiter = ',', help = say("help.map", &[]), long_help = None)]
    pub map: Vec<String>,
    /// The file of comments.
    #[arg(long, value_name = "FICHIER", help = say("help.comments", &[]), long_help = None)]
    pub comments: Option<PathBuf>,
    /// Its columns.
    #[arg(long, value_name = "CHAMP=COLONNE", value_delimiter = ',', help = say("help.comments-map", &[]), long_help = None)]
    pub comments_map: Vec<String>,
    /// Publish at once.
    #[arg(long, help = say("help.published", &[]), long_help = None)]
    pub published: bool,
    /// Write nothing.
    #[arg(long, help = say("help.dry-run", &[]), long_help = None)]
    pub dry_run: bool,
}

/// The arguments of `export`.
#[derive(Debug, Args)]
pub struct ExportArguments {
    /// The file to write.
    #[arg(value_name = "FICHIER", help = say("help.export-file", &[]), long_help = None)]
    pub file: PathBuf,
    /// The folder of the database.
    #[arg(long, value_name = "DOSSIER", default_value = "data", help = say("help.data-dir", &[]), long_help = None)]
    pub data_dir: PathBuf,
}

impl Arguments {
    /// The command asked for: `serve` where none is.
    #[must_use]
    pub fn command(self) -> Command {
        self.command.unwrap_or(Command::Serve(self.serve))
    }
}
