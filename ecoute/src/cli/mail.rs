//! The command line of `mail`.

use clap::{Args, Subcommand};

use super::{DataArguments, Places};
use crate::suppression::{Options, Request};
use crate::words::say;

/// What is done with mail.
#[derive(Debug, Subcommand)]
pub enum MailCommand {
    /// One message.
    #[command(
        about = say("help.mail-test", &[]),
        long_about = say("help.mail-test-long", &[]),
        after_help = say("help.mail-test-examples", &[]),
        help_template = say("help.template", &[]),
        override_usage = say("help.usage-mail-test", &[]),
        next_help_heading = say("help.options", &[])
    )]
    Test(MailTestArguments),
    /// Nothing more to an address.
    #[command(
        about = say("help.mail-suppress", &[]),
        long_about = say("help.mail-suppress-long", &[]),
        after_help = say("help.mail-suppress-examples", &[]),
        help_template = say("help.template", &[]),
        override_usage = say("help.usage-mail-suppress", &[]),
        next_help_heading = say("help.options", &[])
    )]
    Suppress(AddressArguments),
    /// Mail to it again.
    #[command(
        about = say("help.mail-unsuppress", &[]),
        long_about = say("help.mail-unsuppress-long", &[]),
        after_help = say("help.mail-unsuppress-examples", &[]),
        help_template = say("help.template", &[]),
        override_usage = say("help.usage-mail-unsuppress", &[]),
        next_help_heading = say("help.options", &[])
    )]
    Unsuppress(AddressArguments),
    /// Whether mail goes to it.
    #[command(
        about = say("help.mail-status", &[]),
        long_about = say("help.mail-status-long", &[]),
        after_help = say("help.mail-status-examples", &[]),
        help_template = say("help.template", &[]),
        override_usage = say("help.usage-mail-status", &[]),
        next_help_heading = say("help.options", &[])
    )]
    Status(AddressArguments),
}

/// How mail leaves.
#[derive(Debug, Args)]
pub struct MailArguments {
    /// The mail server.
    #[arg(long, value_name = "URL", help = say("help.smtp", &[]))]
    pub smtp: Option<String>,
    /// The address of the sender.
    #[arg(long, value_name = "ADRESSE", help = say("help.mail-from", &[]))]
    pub mail_from: Option<String>,
}

/// The arguments of `mail test`.
#[derive(Debug, Args)]
pub struct MailTestArguments {
    /// To whom.
    #[arg(value_name = "ADRESSE", help_heading = say("help.arguments", &[]), help = say("help.mail-address", &[]))]
    pub address: String,
    /// Where things are.
    #[command(flatten)]
    pub places: Places,
    /// The public address.
    #[arg(long, value_name = "URL", help = say("help.site-url", &[]))]
    pub site_url: Option<String>,
    /// How mail leaves.
    #[command(flatten)]
    pub mail: MailArguments,
}

/// An address, and the site that it is an address for.
#[derive(Debug, Args)]
pub struct AddressArguments {
    /// The address, or `-`.
    #[arg(value_name = "ADRESSE", help_heading = say("help.arguments", &[]), help = say("help.mail-suppressed-address", &[]))]
    pub address: String,
    /// Where it is kept.
    #[command(flatten)]
    pub data: DataArguments,
}

impl AddressArguments {
    /// What is asked about the address.
    #[must_use]
    pub fn options(self, request: Request) -> Options {
        Options {
            data: self.data.data(),
            address: self.address,
            now: functions::system_clock()(),
            request,
        }
    }
}
