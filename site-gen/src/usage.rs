//! What is said of a command line that is not understood; the commands of other rooms say it too.

use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::problem::said;

/// A sentence on what is wrong with the command line, and where help is.
#[must_use]
pub fn usage_said(error: &clap::Error, program: &str) -> String {
    let named = |kind| match error.get(kind) {
        Some(ContextValue::String(one)) => one.clone(),
        Some(ContextValue::Strings(several)) => several.join(", "),
        _ => String::new(),
    };
    let argument = named(ContextKind::InvalidArg);
    let value = named(ContextKind::InvalidValue);
    let key = match error.kind() {
        ErrorKind::UnknownArgument => "unknown",
        ErrorKind::InvalidSubcommand => "command",
        ErrorKind::MissingRequiredArgument => "missing",
        ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            "no-command"
        }
        ErrorKind::InvalidValue if value.is_empty() => "no-value",
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => "value",
        ErrorKind::ArgumentConflict => "conflict",
        _ => "other",
    };
    let args = [
        ("argument", argument),
        ("command", named(ContextKind::InvalidSubcommand)),
        ("value", value),
        ("program", program.to_owned()),
    ];
    let mut lines = vec![said(&format!("usage.{key}"), &args)];
    let values = named(ContextKind::ValidValue);
    if !values.is_empty() {
        lines.push(said("usage.possible", &[("values", values)]));
    }
    let suggested = [
        ContextKind::SuggestedArg,
        ContextKind::SuggestedSubcommand,
        ContextKind::SuggestedValue,
    ]
    .into_iter()
    .map(named)
    .find(|suggested| !suggested.is_empty());
    if let Some(other) = suggested {
        lines.push(said("usage.suggested", &[("other", other)]));
    }
    lines.push(said("usage.help", &args));
    lines.join("\n")
}
