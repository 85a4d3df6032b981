//! The arguments of `moderator`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::DataArguments;
use crate::moderators::{Codes, Options, Password, Request, Rights};
use crate::words::say;

/// What is done with moderators.
#[derive(Debug, Subcommand)]
pub enum ModeratorCommand {
    /// Another one.
    #[command(
        about = say("help.moderator-add", &[]),
        long_about = say("help.moderator-add", &[]),
        after_help = say("help.moderator-add-examples", &[]),
        help_template = say("help.template", &[]),
        override_usage = say("help.usage-moderator-add", &[]),
        next_help_heading = say("help.options", &[])
    )]
    Add(AddArguments),
    /// All of them.
    #[command(
        about = say("help.moderator-list", &[]),
        long_about = say("help.moderator-list", &[]),
        after_help = say("help.moderator-list-examples", &[]),
        help_template = say("help.template", &[]),
        override_usage = say("help.usage-moderator-list", &[]),
        next_help_heading = say("help.options", &[])
    )]
    List(Where),
    /// One is kept out.
    #[command(
        about = say("help.moderator-disable", &[]),
        long_about = say("help.moderator-disable", &[]),
        after_help = say("help.moderator-disable-examples", &[]),
        help_template = say("help.template", &[]),
        override_usage = say("help.usage-moderator-disable", &[]),
        next_help_heading = say("help.options", &[])
    )]
    Disable(LoginArguments),
    /// One is let in again.
    #[command(
        about = say("help.moderator-enable", &[]),
        long_about = say("help.moderator-enable", &[]),
        after_help = say("help.moderator-enable-examples", &[]),
        help_template = say("help.template", &[]),
        override_usage = say("help.usage-moderator-enable", &[]),
        next_help_heading = say("help.options", &[])
    )]
    Enable(LoginArguments),
    /// Another password.
    #[command(
        about = say("help.moderator-reset-password", &[]),
        long_about = say("help.moderator-reset-password", &[]),
        after_help = say("help.moderator-reset-password-examples", &[]),
        help_template = say("help.template", &[]),
        override_usage = say("help.usage-moderator-reset-password", &[]),
        next_help_heading = say("help.options", &[])
    )]
    ResetPassword(ResetArguments),
    /// Other rights.
    #[command(
        about = say("help.moderator-role", &[]),
        long_about = say("help.moderator-role", &[]),
        after_help = say("help.moderator-role-examples", &[]),
        help_template = say("help.template", &[]),
        override_usage = say("help.usage-moderator-role", &[]),
        next_help_heading = say("help.options", &[])
    )]
    Role(RoleArguments),
    /// By a provider, or no longer.
    #[command(
        about = say("help.moderator-oidc", &[]),
        long_about = say("help.moderator-oidc-long", &[]),
        after_help = say("help.moderator-oidc-examples", &[]),
        help_template = say("help.template", &[]),
        override_usage = say("help.usage-moderator-oidc", &[]),
        next_help_heading = say("help.options", &[])
    )]
    Oidc(OidcArguments),
}

/// The arguments of `moderator add`.
#[derive(Debug, Args)]
pub struct AddArguments {
    /// Who.
    #[command(flatten)]
    pub who: LoginArguments,
    /// Their name.
    #[arg(long, value_name = "NOM", help = say("help.moderator-name", &[]))]
    pub name: String,
    /// What they may do.
    #[command(flatten)]
    pub rights: RightsArguments,
    /// The password comes from standard input.
    #[arg(long, help = say("help.password-stdin", &[]))]
    pub password_stdin: bool,
    /// The address that a provider knows them by.
    #[arg(long, value_name = "ADRESSE", help = say("help.oidc-email", &[]))]
    pub oidc_email: Option<String>,
}

/// A moderator, and where they are.
#[derive(Debug, Args)]
pub struct LoginArguments {
    /// What they log in as.
    #[arg(value_name = "IDENTIFIANT", help_heading = say("help.arguments", &[]), help = say("help.moderator-login", &[]))]
    pub login: String,
    /// Where they are.
    #[command(flatten)]
    pub place: Where,
}

/// Where moderators are, and the content whose spaces roles name.
#[derive(Debug, Args)]
pub struct Where {
    /// The moderators.
    #[command(flatten)]
    pub data: DataArguments,
    /// The content.
    #[arg(long, value_name = "DOSSIER", default_value = "content", hide_default_value = true, help = say("help.content", &[]))]
    pub content: PathBuf,
    /// The theme.
    #[arg(long, value_name = "DOSSIER", default_value = "themes/default", hide_default_value = true, help = say("help.theme", &[]))]
    pub theme: PathBuf,
}

/// The arguments of `moderator reset-password`.
#[derive(Debug, Args)]
pub struct ResetArguments {
    /// Who.
    #[command(flatten)]
    pub who: LoginArguments,
    /// The password comes from standard input.
    #[arg(long, help = say("help.password-stdin", &[]))]
    pub password_stdin: bool,
    /// Codes are turned off.
    #[arg(long, help = say("help.without-code", &[]))]
    pub without_code: bool,
}

/// The arguments of `moderator oidc`.
#[derive(Debug, Args)]
pub struct OidcArguments {
    /// Who.
    #[command(flatten)]
    pub who: LoginArguments,
    /// The address that the provider knows them by.
    #[arg(long, value_name = "ADRESSE", required_unless_present = "off", conflicts_with = "off", help = say("help.oidc-email", &[]))]
    pub email: Option<String>,
    /// They come by it no longer.
    #[arg(long, help = say("help.oidc-off", &[]))]
    pub off: bool,
}

/// The arguments of `moderator role`.
#[derive(Debug, Args)]
pub struct RoleArguments {
    /// Who.
    #[command(flatten)]
    pub who: LoginArguments,
    /// What they may do.
    #[command(flatten)]
    pub rights: RightsArguments,
}

/// Rights.
#[derive(Debug, Args)]
pub struct RightsArguments {
    /// Everything, everywhere.
    #[arg(long, help = say("help.national", &[]))]
    pub national: bool,
    /// Where contributions are moderated.
    #[arg(long, value_name = "ESPACE", num_args = 1.., help = say("help.role-moderator", &[]))]
    pub moderator: Vec<String>,
    /// Where contributions are answered.
    #[arg(long, value_name = "ESPACE", num_args = 1.., help = say("help.role-answerer", &[]))]
    pub answerer: Vec<String>,
    /// Where figures are read.
    #[arg(long, value_name = "ESPACE", num_args = 1.., help = say("help.role-analyst", &[]))]
    pub analyst: Vec<String>,
}

impl ModeratorCommand {
    /// What is asked, and where.
    #[must_use]
    pub fn options(self) -> Options {
        let (place, request) = match self {
            Self::Add(arguments) => {
                let request = Request::Add {
                    login: arguments.who.login,
                    name: arguments.name,
                    rights: arguments.rights.rights(),
                    password: password(arguments.password_stdin),
                    oidc_email: arguments.oidc_email,
                };
                (arguments.who.place, request)
            }
            Self::List(place) => (place, Request::List),
            Self::Disable(who) => (who.place, Request::Disable(who.login)),
            Self::Enable(who) => (who.place, Request::Enable(who.login)),
            Self::ResetPassword(arguments) => {
                let request = Request::ResetPassword {
                    login: arguments.who.login,
                    password: password(arguments.password_stdin),
                    codes: match arguments.without_code {
                        true => Codes::Off,
                        false => Codes::Kept,
                    },
                };
                (arguments.who.place, request)
            }
            Self::Oidc(arguments) => {
                let request = Request::Oidc {
                    login: arguments.who.login,
                    email: arguments.email,
                };
                (arguments.who.place, request)
            }
            Self::Role(arguments) => {
                let request = Request::Role {
                    login: arguments.who.login,
                    rights: arguments.rights.rights(),
                };
                (arguments.who.place, request)
            }
        };
        Options {
            data: place.data.data(),
            content: place.content,
            theme: place.theme,
            now: functions::system_clock()(),
            request,
        }
    }
}

impl RightsArguments {
    fn rights(self) -> Rights {
        Rights {
            national: self.national,
            moderator: self.moderator,
            answerer: self.answerer,
            analyst: self.analyst,
        }
    }
}

fn password(typed: bool) -> Password {
    match typed {
        true => Password::Typed,
        false => Password::Made,
    }
}
