//! `site-gen`: arguments → library → problems printed → exit code.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use clap::error::ErrorKind;
use clap::{ArgAction, Parser, Subcommand};
use jiff::Timestamp;
use site_gen::{Contributions, Directory, Messages, OutputError, Problem, Renderer};

const WORDS: &str = include_str!("../messages/fr.toml");

fn say(key: &str, args: &[(&str, String)]) -> String {
    Messages::parse(WORDS)
        .expect("the command's own message file is tested with it")
        .text(&format!("command.{key}"), args)
}

#[derive(Parser)]
#[command(
    name = "site-gen",
    version,
    about = say("about", &[]),
    after_help = say("examples", &[]),
    help_template = say("template", &[]),
    override_usage = say("usage", &[]),
    subcommand_help_heading = say("commands", &[]),
    next_help_heading = say("options", &[]),
    disable_help_flag = true,
    disable_version_flag = true,
    disable_help_subcommand = true
)]
struct Arguments {
    #[arg(short, long, global = true, display_order = 100, action = ArgAction::Help, help = say("help", &[]))]
    help: Option<bool>,
    #[arg(short = 'V', long, display_order = 101, action = ArgAction::Version, help = say("version", &[]))]
    version: Option<bool>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    #[command(about = say("build", &[]), long_about = say("build-long", &[]), after_help = say("examples", &[]), help_template = say("template", &[]), override_usage = say("usage-build", &[]), next_help_heading = say("options", &[]))]
    Build(Build),
}

#[derive(clap::Args)]
struct Build {
    #[arg(long, value_name = "DOSSIER", default_value = "content", hide_default_value = true, help = say("content", &[]))]
    content: PathBuf,
    #[arg(long, value_name = "DOSSIER", default_value = "themes/default", hide_default_value = true, help = say("theme", &[]))]
    theme: PathBuf,
    #[arg(long, value_name = "DOSSIER", default_value = "dist", hide_default_value = true, help = say("out", &[]))]
    out: PathBuf,
    #[arg(long, value_name = "FICHIER", help = say("contributions", &[]))]
    contributions: Option<PathBuf>,
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8080", hide_default_value = true, help = say("site-url", &[]))]
    site_url: String,
    #[arg(long, value_name = "FICHIER", help = say("bundle", &[]))]
    bundle: Option<PathBuf>,
    #[arg(long, value_name = "MOMENT", help = say("now", &[]))]
    now: Option<String>,
}

fn main() -> ExitCode {
    let Command::Build(build) = match Arguments::try_parse() {
        Ok(arguments) => arguments.command,
        Err(asked)
            if matches!(
                asked.kind(),
                ErrorKind::DisplayHelp | ErrorKind::DisplayVersion
            ) =>
        {
            asked.exit()
        }
        Err(error) => {
            eprintln!("{}", site_gen::usage_said(&error, "site-gen"));
            return ExitCode::from(2);
        }
    };
    match run(&build) {
        Ok(done) => {
            println!("{done}");
            ExitCode::SUCCESS
        }
        Err(problems) => {
            for problem in &problems {
                eprintln!("{problem}");
            }
            eprintln!(
                "\n{}",
                say("failed", &[("count", problems.len().to_string())])
            );
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Build) -> Result<String, Vec<Problem>> {
    let started = Instant::now();
    let now = match &arguments.now {
        None => Timestamp::now(),
        Some(raw) => raw.parse().map_err(|_| {
            let what = say("now-malformed", &[("value", raw.clone())]);
            vec![Problem::of(Path::new("--now"), what)]
        })?,
    };
    let contributions = match &arguments.contributions {
        Some(path) => Contributions::read(path)?,
        None => Contributions::default(),
    };
    let (bundle, assets) =
        site_gen::load(&arguments.content, &arguments.theme, &arguments.site_url)?;
    let compiled = serde_json::to_vec(&bundle).expect("a bundle has only string keys");
    let renderer = Renderer::new(bundle).map_err(|problem| vec![problem])?;
    let output = Directory::open(&arguments.out).map_err(|error| {
        let what = match &error {
            OutputError::Foreign(_) => say("out-foreign", &[]),
            OutputError::Io(error) => say("out-failed", &[("error", site_gen::system_said(error))]),
        };
        vec![Problem::of(&arguments.out, what)]
    })?;
    let built = site_gen::build(&renderer, &assets, &contributions, now, &output)?;
    if let Some(path) = &arguments.bundle {
        std::fs::write(path, compiled).map_err(|error| {
            let what = say("out-failed", &[("error", site_gen::system_said(&error))]);
            vec![Problem::of(path, what)]
        })?;
    }
    Ok(say(
        "done",
        &[
            ("pages", built.pages.to_string()),
            ("out", arguments.out.display().to_string()),
            ("written", built.written.to_string()),
            ("unchanged", built.unchanged.to_string()),
            ("removed", built.removed.to_string()),
            ("ms", started.elapsed().as_millis().to_string()),
        ],
    ))
}
