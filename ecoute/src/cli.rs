//! The command line: arguments to commands.

use std::path::PathBuf;

use clap::error::ErrorKind;
use clap::{ArgAction, Args, Parser, Subcommand};

mod analyse;
mod data;
mod deploy;
mod exchange;
mod mail;
mod moderator;
mod publish;
mod replay;

pub use analyse::AnalyseArguments;
pub use data::DataArguments;
pub use deploy::DeployArguments;
pub use exchange::{
    ExportArguments, ExportCommand, ExportSurveyArguments, ExportTestimonialsArguments,
    ImportArguments, ImportCommand, ImportTestimonialsArguments,
};
pub use mail::{AddressArguments, MailArguments, MailCommand, MailTestArguments};
pub use moderator::ModeratorCommand;
pub use publish::PublishArguments;
pub use replay::ReplayArguments;

use crate::error::Stopped;
use crate::words::say;

/// What was asked on the command line.
#[derive(Debug, Parser)]
#[command(
    name = "ecoute",
    version,
    about = say("help.about", &[]),
    long_about = say("help.long", &[]),
    after_help = say("help.examples", &[]),
    help_template = say("help.template", &[]),
    override_usage = say("help.usage", &[]),
    subcommand_help_heading = say("help.commands", &[]),
    next_help_heading = say("help.options", &[]),
    disable_help_flag = true,
    disable_version_flag = true,
    disable_help_subcommand = true,
    args_conflicts_with_subcommands = true
)]
pub struct Arguments {
    #[arg(short, long, global = true, display_order = 100, action = ArgAction::Help, help = say("help.help", &[]))]
    help: Option<bool>,
    #[arg(short = 'V', long, display_order = 101, action = ArgAction::Version, help = say("help.version", &[]))]
    version: Option<bool>,
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    serve: ServeArguments,
}

/// A command.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Everything on this machine.
    #[command(
        about = say("help.serve", &[]),
        long_about = say("help.serve", &[]),
        after_help = say("help.examples", &[]),
        help_template = say("help.template", &[]),
        override_usage = say("help.usage-serve", &[]),
        next_help_heading = say("help.options", &[])
    )]
    Serve(ServeArguments),
    /// Contributions from elsewhere.
    #[command(
        about = say("help.import", &[]),
        long_about = say("help.import", &[]),
        after_help = say("help.import-ideas-examples", &[]),
        help_template = say("help.template", &[]),
        override_usage = say("help.usage-import", &[]),
        next_help_heading = say("help.options", &[]),
        subcommand,
        subcommand_help_heading = say("help.commands", &[]),
        disable_help_subcommand = true
    )]
    Import(ImportCommand),
    /// Everything published, to a file.
    #[command(
        about = say("help.export", &[]),
        long_about = say("help.export", &[]),
        after_help = say("help.export-examples", &[]),
        help_template = say("help.template", &[]),
        override_usage = say("help.usage-export", &[]),
        next_help_heading = say("help.options", &[]),
        subcommand_help_heading = say("help.commands", &[]),
        disable_help_subcommand = true
    )]
    Export(ExportArguments),
    /// The site, where readers find it.
    #[command(
        about = say("help.publish", &[]),
        long_about = say("help.publish-long", &[]),
        after_help = say("help.publish-examples", &[]),
        help_template = say("help.template", &[]),
        override_usage = say("help.usage-publish", &[]),
        next_help_heading = say("help.options", &[])
    )]
    Publish(PublishArguments),
    /// Whether a deployment is well.
    #[command(
        about = say("help.deploy", &[]),
        long_about = say("help.deploy-long", &[]),
        after_help = say("help.deploy-examples", &[]),
        help_template = say("help.template", &[]),
        override_usage = say("help.usage-deploy", &[]),
        next_help_heading = say("help.options", &[])
    )]
    Deploy(DeployArguments),
    /// What the publisher of a deployment failed at.
    #[command(
        about = say("help.replay", &[]),
        long_about = say("help.replay-long", &[]),
        after_help = say("help.replay-examples", &[]),
        help_template = say("help.template", &[]),
        override_usage = say("help.usage-replay", &[]),
        next_help_heading = say("help.options", &[])
    )]
    Replay(ReplayArguments),
    /// The themes of what was written.
    #[command(
        about = say("help.analyse", &[]),
        long_about = say("help.analyse-long", &[]),
        after_help = say("help.analyse-examples", &[]),
        help_template = say("help.template", &[]),
        override_usage = say("help.usage-analyse", &[]),
        next_help_heading = say("help.options", &[])
    )]
    Analyse(AnalyseArguments),
    /// Who may do what in the back office.
    #[command(
        about = say("help.moderator", &[]),
        long_about = say("help.moderator-long", &[]),
        after_help = say("help.moderator-examples", &[]),
        help_template = say("help.template", &[]),
        override_usage = say("help.usage-moderator", &[]),
        next_help_heading = say("help.options", &[]),
        subcommand,
        subcommand_help_heading = say("help.commands", &[]),
        disable_help_subcommand = true
    )]
    Moderator(ModeratorCommand),
    /// All that the site keeps, to a file.
    #[command(
        about = say("help.backup", &[]),
        long_about = say("help.backup-long", &[]),
        after_help = say("help.backup-examples", &[]),
        help_template = say("help.template", &[]),
        override_usage = say("help.usage-backup", &[]),
        next_help_heading = say("help.options", &[])
    )]
    Backup(BackupArguments),
    /// And back.
    #[command(
        about = say("help.restore", &[]),
        long_about = say("help.restore-long", &[]),
        after_help = say("help.restore-examples", &[]),
        help_template = say("help.template", &[]),
        override_usage = say("help.usage-restore", &[]),
        next_help_heading = say("help.options", &[])
    )]
    Restore(RestoreArguments),
    /// Who decided what.
    #[command(
        about = say("help.audit", &[]),
        long_about = say("help.audit-long", &[]),
        after_help = say("help.audit-examples", &[]),
        help_template = say("help.template", &[]),
        override_usage = say("help.usage-audit", &[]),
        next_help_heading = say("help.options", &[]),
        subcommand,
        subcommand_help_heading = say("help.commands", &[]),
        disable_help_subcommand = true
    )]
    Audit(AuditCommand),
    /// Mail.
    #[command(
        about = say("help.mail", &[]),
        long_about = say("help.mail", &[]),
        after_help = say("help.mail-examples", &[]),
        help_template = say("help.template", &[]),
        override_usage = say("help.usage-mail", &[]),
        next_help_heading = say("help.options", &[]),
        subcommand,
        subcommand_help_heading = say("help.commands", &[]),
        disable_help_subcommand = true
    )]
    Mail(MailCommand),
    /// What is kept, beside what is counted.
    #[command(
        about = say("help.verify", &[]),
        long_about = say("help.verify", &[]),
        after_help = say("help.verify-counts-examples", &[]),
        help_template = say("help.template", &[]),
        override_usage = say("help.usage-verify", &[]),
        next_help_heading = say("help.options", &[]),
        subcommand,
        subcommand_help_heading = say("help.commands", &[]),
        disable_help_subcommand = true
    )]
    Verify(VerifyCommand),
}

/// What is verified.
#[derive(Debug, Subcommand)]
pub enum VerifyCommand {
    /// Likes and comments.
    #[command(
        about = say("help.verify-counts", &[]),
        long_about = say("help.verify-counts-long", &[]),
        after_help = say("help.verify-counts-examples", &[]),
        help_template = say("help.template", &[]),
        override_usage = say("help.usage-verify-counts", &[]),
        next_help_heading = say("help.options", &[])
    )]
    Counts(VerifyCountsArguments),
}

/// What is asked of the audit log.
#[derive(Debug, Subcommand)]
pub enum AuditCommand {
    /// Whether it is whole.
    #[command(
        about = say("help.audit-verify", &[]),
        long_about = say("help.audit-verify-long", &[]),
        after_help = say("help.audit-examples", &[]),
        help_template = say("help.template", &[]),
        override_usage = say("help.usage-audit-verify", &[]),
        next_help_heading = say("help.options", &[])
    )]
    Verify(VerifyArguments),
    /// What it says.
    #[command(
        about = say("help.audit-show", &[]),
        long_about = say("help.audit-show", &[]),
        after_help = say("help.audit-examples", &[]),
        help_template = say("help.template", &[]),
        override_usage = say("help.usage-audit-show", &[]),
        next_help_heading = say("help.options", &[])
    )]
    Show(ShowArguments),
}

/// Where things are on this machine.
#[derive(Debug, Args)]
pub struct Places {
    /// The folder of the database, the pages and the mail.
    #[arg(long, value_name = "DOSSIER", default_value = "data", hide_default_value = true, help = say("help.data-dir", &[]))]
    pub data_dir: PathBuf,
    /// The content.
    #[arg(long, value_name = "DOSSIER", default_value = "content", hide_default_value = true, help = say("help.content", &[]))]
    pub content: PathBuf,
    /// The theme.
    #[arg(long, value_name = "DOSSIER", default_value = "themes/default", hide_default_value = true, help = say("help.theme", &[]))]
    pub theme: PathBuf,
}

/// The arguments of `serve`.
#[derive(Debug, Args)]
pub struct ServeArguments {
    /// Where things are.
    #[command(flatten)]
    pub places: Places,
    /// The address and port to listen on.
    #[arg(long, value_name = "ADRESSE:PORT", default_value = "127.0.0.1:8080", hide_default_value = true, help = say("help.listen", &[]))]
    pub listen: String,
    /// The public address.
    #[arg(long, value_name = "URL", help = say("help.site-url", &[]))]
    pub site_url: Option<String>,
    /// A proxy stands before the server.
    #[arg(long, help = say("help.behind-proxy", &[]))]
    pub behind_proxy: bool,
    /// How mail leaves.
    #[command(flatten)]
    pub mail: MailArguments,
    /// Who says who moderators are.
    #[command(flatten)]
    pub oidc: OidcArguments,
}

/// The provider of single sign-on; the rest of what it takes is in the environment.
#[derive(Debug, Args)]
pub struct OidcArguments {
    /// Its address.
    #[arg(long = "oidc-issuer", value_name = "URL", help = say("help.oidc-issuer", &[]))]
    pub issuer: Option<String>,
    /// What it knows this site as.
    #[arg(long = "oidc-client-id", value_name = "ID", requires = "issuer", help = say("help.oidc-client-id", &[]))]
    pub client_id: Option<String>,
}

/// The arguments of `backup`.
#[derive(Debug, Args)]
pub struct BackupArguments {
    /// The file to write.
    #[arg(value_name = "FICHIER", help_heading = say("help.arguments", &[]), help = say("help.backup-file", &[]))]
    pub file: PathBuf,
    /// The folder of the database.
    #[arg(long, value_name = "DOSSIER", default_value = "data", hide_default_value = true, help = say("help.data-dir", &[]))]
    pub data_dir: PathBuf,
}

/// The arguments of `restore`.
#[derive(Debug, Args)]
pub struct RestoreArguments {
    /// The file to read.
    #[arg(value_name = "FICHIER", help_heading = say("help.arguments", &[]), help = say("help.restore-file", &[]))]
    pub file: PathBuf,
    /// The folder to make.
    #[arg(long, value_name = "DOSSIER", help = say("help.restore-data-dir", &[]))]
    pub data_dir: PathBuf,
}

/// The arguments of `audit verify`.
#[derive(Debug, Args)]
pub struct VerifyArguments {
    /// The folder of the database.
    #[arg(long, value_name = "DOSSIER", default_value = "data", hide_default_value = true, help = say("help.data-dir", &[]))]
    pub data_dir: PathBuf,
    /// A seal that was noted elsewhere.
    #[arg(long, value_name = "SCEAU", help = say("help.audit-expect", &[]))]
    pub expect: Option<String>,
}

/// The arguments of `audit show`.
#[derive(Debug, Args)]
pub struct ShowArguments {
    /// The folder of the database.
    #[arg(long, value_name = "DOSSIER", default_value = "data", hide_default_value = true, help = say("help.data-dir", &[]))]
    pub data_dir: PathBuf,
    /// About what.
    #[arg(long, value_name = "RÉFÉRENCE", help = say("help.audit-about", &[]))]
    pub about: Option<String>,
    /// The form of what is said.
    #[arg(long, value_name = "FORME", value_parser = ["text", "csv"], default_value = "text", hide_possible_values = true, hide_default_value = true, help = say("help.audit-format", &[]))]
    pub format: String,
}

/// The arguments of `verify counts`.
#[derive(Debug, Args)]
pub struct VerifyCountsArguments {
    /// The folder of the database and the pages.
    #[arg(long, value_name = "DOSSIER", default_value = "data", hide_default_value = true, help = say("help.data-dir", &[]))]
    pub data_dir: PathBuf,
    /// One campaign.
    #[arg(long, value_name = "NOM", help = say("help.verify-campaign", &[]))]
    pub campaign: Option<String>,
    /// Mend what differs.
    #[arg(long, help = say("help.verify-repair", &[]))]
    pub repair: bool,
}

impl Arguments {
    /// Reads the command line. Help and the version are printed, and end the process.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read() -> Result<Self, Stopped> {
        match Self::try_parse() {
            Ok(arguments) => Ok(arguments),
            Err(asked)
                if matches!(
                    asked.kind(),
                    ErrorKind::DisplayHelp | ErrorKind::DisplayVersion
                ) =>
            {
                asked.exit()
            }
            Err(error) => Err(Stopped::saying(site_gen::usage_said(&error, "ecoute"))),
        }
    }

    /// The command asked for: `serve` where none is.
    #[must_use]
    pub fn command(self) -> Command {
        self.command.unwrap_or(Command::Serve(self.serve))
    }
}
