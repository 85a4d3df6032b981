//! The commands of `site-gen`, and their words.

mod new;
#[cfg(feature = "watch")]
mod watch;

use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::time::Instant;

use clap::{ArgAction, Parser, Subcommand};
use jiff::Timestamp;
use site_gen::{
    Build, Built, Bundle, Contributions, Directory, Encoding, Material, Messages, OutputError,
    Placement, Problem, Renderer,
};

/// The words of the commands.
pub(crate) fn words() -> &'static Messages {
    static WORDS: LazyLock<Messages> = LazyLock::new(|| {
        Messages::parse(include_str!("../messages/fr.toml"))
            .expect("the command's own message file is tested with it")
    });
    &WORDS
}

pub(crate) fn say(key: &str, args: &[(&str, String)]) -> String {
    words().text(&format!("command.{key}"), args)
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
pub(crate) struct Arguments {
    #[arg(short, long, global = true, display_order = 100, action = ArgAction::Help, help = say("help", &[]))]
    help: Option<bool>,
    #[arg(short = 'V', long, display_order = 101, action = ArgAction::Version, help = say("version", &[]))]
    version: Option<bool>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    #[command(about = say("build", &[]), long_about = say("build-long", &[]), after_help = say("examples-build", &[]), help_template = say("template", &[]), override_usage = say("usage-build", &[]), next_help_heading = say("options", &[]))]
    Build(BuildArguments),
    #[command(about = say("check", &[]), long_about = say("check-long", &[]), after_help = say("examples-check", &[]), help_template = say("template", &[]), override_usage = say("usage-check", &[]), next_help_heading = say("options", &[]))]
    Check(Sources),
    #[command(about = say("new", &[]), long_about = say("new-long", &[]), after_help = say("examples-new", &[]), help_template = say("template", &[]), override_usage = say("usage-new", &[]), next_help_heading = say("options", &[]))]
    New(new::New),
    #[cfg(feature = "watch")]
    #[command(about = say("watch", &[]), long_about = say("watch-long", &[]), after_help = say("examples-watch", &[]), help_template = say("template", &[]), override_usage = say("usage-watch", &[]), next_help_heading = say("options", &[]))]
    Watch(watch::Watch),
}

/// What a site is made of.
#[derive(clap::Args, Clone)]
pub(crate) struct Sources {
    #[arg(long, value_name = "DOSSIER", default_value = "content", hide_default_value = true, help = say("content", &[]))]
    pub(crate) content: PathBuf,
    #[arg(long, value_name = "DOSSIER", default_value = "themes/default", hide_default_value = true, help = say("theme", &[]))]
    pub(crate) theme: PathBuf,
    #[arg(long, value_name = "FICHIER", help = say("contributions", &[]))]
    pub(crate) contributions: Option<PathBuf>,
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8080", hide_default_value = true, help = say("site-url", &[]))]
    pub(crate) site_url: String,
    #[arg(long, value_name = "MOMENT", help = say("now", &[]))]
    now: Option<String>,
}

#[derive(clap::Args)]
struct BuildArguments {
    #[command(flatten)]
    sources: Sources,
    #[arg(long, value_name = "DOSSIER", default_value = "dist", hide_default_value = true, help = say("out", &[]))]
    out: PathBuf,
    #[arg(long, value_name = "FICHIER", help = say("bundle", &[]))]
    bundle: Option<PathBuf>,
    #[arg(long, help = say("precompress", &[]))]
    precompress: bool,
}

impl Arguments {
    pub(crate) fn run(self) -> Result<String, Vec<Problem>> {
        match self.command {
            Command::Build(build) => build.run(),
            Command::Check(sources) => check(&sources),
            Command::New(new) => new.run(),
            #[cfg(feature = "watch")]
            Command::Watch(watch) => watch.run(),
        }
    }
}

/// What was loaded, ready to be built.
pub(crate) struct Loaded {
    pub(crate) renderer: Renderer,
    pub(crate) material: Material,
    pub(crate) contributions: Contributions,
    pub(crate) now: Timestamp,
    bundle: Option<Bundle>,
}

impl Sources {
    /// Reads everything, and checks what results cite.
    pub(crate) fn load(&self) -> Result<Loaded, Vec<Problem>> {
        let now = match &self.now {
            None => Timestamp::now(),
            Some(raw) => raw.parse().map_err(|_| {
                crate::problem(
                    Path::new("--now"),
                    "now-malformed",
                    &[("value", raw.clone())],
                )
            })?,
        };
        let contributions = self.contributions();
        let loaded = site_gen::load(&self.content, &self.theme, &self.site_url);
        let (contributions, (bundle, material)) = match (contributions, loaded) {
            (Ok(contributions), Ok(loaded)) => (contributions, loaded),
            (contributions, loaded) => {
                let mut problems = loaded.err().unwrap_or_default();
                problems.extend(contributions.err().unwrap_or_default());
                return Err(problems);
            }
        };
        let kept = bundle.clone();
        let renderer = Renderer::new(bundle, &self.theme.join("templates"));
        let cited = material.check_citations(&contributions);
        match (renderer, cited) {
            (Ok(renderer), Ok(())) => Ok(Loaded {
                renderer,
                material,
                contributions,
                now,
                bundle: Some(kept),
            }),
            (renderer, cited) => {
                let mut problems = cited.err().unwrap_or_default();
                problems.extend(renderer.err());
                Err(problems)
            }
        }
    }

    /// The contributions that were asked for; else those of the demonstration, where there are.
    fn contributions(&self) -> Result<Contributions, Vec<Problem>> {
        let of_content = self.content.join("demonstration.jsonl");
        match &self.contributions {
            Some(path) => Contributions::read(path),
            None if of_content.exists() => Contributions::read(&of_content),
            None => Ok(Contributions::default()),
        }
    }
}

impl Loaded {
    pub(crate) fn build(
        &mut self,
        output: &Directory,
        placement: Placement,
        copies: &[Encoding],
    ) -> Result<Built, Vec<Problem>> {
        Build {
            renderer: &mut self.renderer,
            material: &self.material,
            contributions: &self.contributions,
            now: self.now,
            copies,
        }
        .put(output, placement)
    }
}

/// Opens the folder of the pages.
pub(crate) fn open(out: &Path) -> Result<Directory, Vec<Problem>> {
    Directory::open(out).map_err(|error| match &error {
        OutputError::Foreign(_) => crate::problem(out, "out-foreign", &[]),
        OutputError::Io(error) => {
            let args = [("error", site_gen::system_said(error))];
            crate::problem(out, "out-failed", &args)
        }
    })
}

impl BuildArguments {
    fn run(self) -> Result<String, Vec<Problem>> {
        let started = Instant::now();
        let (loaded, output) = rayon::join(|| self.sources.load(), || open(&self.out));
        let (mut loaded, output) = match (loaded, output) {
            (Ok(loaded), Ok(output)) => (loaded, output),
            (loaded, output) => {
                let mut problems = loaded.err().unwrap_or_default();
                problems.extend(output.err().unwrap_or_default());
                return Err(problems);
            }
        };
        let copies: &[Encoding] = match self.precompress {
            true => &Encoding::ALL,
            false => &[],
        };
        let built = loaded.build(&output, Placement::Whole, copies)?;
        let failed = |path: &Path, error: &std::io::Error| {
            let args = [("error", site_gen::system_said(error))];
            crate::problem(path, "out-failed", &args)
        };
        if let (Some(path), Some(mut bundle)) = (&self.bundle, loaded.bundle) {
            bundle
                .catalogue
                .news
                .clone_from(&loaded.renderer.catalogue().news);
            let compiled = serde_json::to_vec(&bundle).expect("a bundle has only string keys");
            std::fs::write(path, compiled).map_err(|error| failed(path, &error))?;
        }
        Ok(say(
            "done",
            &[
                ("pages", words().count("command.pages", built.pages as u64)),
                ("out", self.out.display().to_string()),
                ("rendered", built.rendered.to_string()),
                ("written", built.written.to_string()),
                ("unchanged", built.unchanged.to_string()),
                ("removed", built.removed.to_string()),
                ("ms", started.elapsed().as_millis().to_string()),
            ],
        ))
    }
}

fn check(sources: &Sources) -> Result<String, Vec<Problem>> {
    let mut loaded = sources.load()?;
    let pages = Build {
        renderer: &mut loaded.renderer,
        material: &loaded.material,
        contributions: &loaded.contributions,
        now: loaded.now,
        copies: &[],
    }
    .check()?;
    let pages = words().count("command.pages", pages as u64);
    Ok(say("checked", &[("pages", pages)]))
}
