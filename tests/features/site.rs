//! A small whole site in a folder of its own: its content, its theme, and what is built of them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, SystemTime};

use site_gen::{Build, Built, Contributions, Directory, Encoding, Placement, Problem, Renderer};
use tempfile::TempDir;

use crate::app::{NOW, repository};
use crate::binary::binary;
use crate::publishing::files;

/// Where its pages say that they are.
pub const SITE_URL: &str = "https://ecoute.example.org";

pub struct Site {
    folder: TempDir,
    pub now: String,
    pub copies: &'static [Encoding],
}

impl Site {
    /// The site of the fixture.
    pub fn new() -> Self {
        Self::of("tests/fixtures/site")
    }

    /// A site with this content of the repository.
    pub fn of(content: &str) -> Self {
        let folder = TempDir::new().unwrap();
        copy(&repository(content), &folder.path().join("content"));
        copy(&repository("themes/default"), &folder.path().join("theme"));
        Self {
            folder,
            now: NOW.to_owned(),
            copies: &[],
        }
    }

    pub fn path(&self, file: &str) -> PathBuf {
        self.folder.path().join(file)
    }

    pub fn out(&self) -> PathBuf {
        self.path("out")
    }

    pub fn read(&self, file: &str) -> String {
        fs::read_to_string(self.path(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
    }

    pub fn write(&self, file: &str, text: &str) {
        let path = self.path(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub fn remove(&self, file: &str) {
        fs::remove_file(self.path(file)).unwrap();
    }

    /// Replaces words that the file holds.
    #[track_caller]
    pub fn edit(&self, file: &str, from: &str, to: &str) {
        let before = self.read(file);
        assert!(before.contains(from), "{file} does not hold {from}");
        self.write(file, &before.replacen(from, to, 1));
    }

    /// Writes news of successive days, the last of which is the most recent.
    pub fn write_news(&self, numbers: std::ops::RangeInclusive<i8>) {
        for number in numbers {
            let day = jiff::civil::date(2026, 3, 1).saturating_add(jiff::ToSpan::days(number));
            let text = format!(
                "+++\ntitle = \"Nouvelle {number}\"\ndate = {day}\nsummary = \"La {number}e.\"\n+++\nTexte.\n"
            );
            self.write(&format!("content/news/nouvelle-{number}.md"), &text);
        }
    }

    /// Builds in the folder of the pages.
    #[track_caller]
    pub fn build(&self) -> Built {
        self.build_in(&[&self.out()]).unwrap_or_else(|problems| {
            let said: Vec<String> = problems.iter().map(ToString::to_string).collect();
            panic!("{}", said.join("\n"))
        })
    }

    /// Builds in the folder of the pages, then answers what the same makes in a new folder.
    #[track_caller]
    pub fn build_and_compare(&self) -> BTreeMap<String, Vec<u8>> {
        let elsewhere = TempDir::new().unwrap();
        self.build_in(&[&self.out(), elsewhere.path()]).unwrap();
        files(elsewhere.path())
    }

    /// Loads once, and builds in each folder. Says what the first build did.
    fn build_in(&self, folders: &[&Path]) -> Result<Built, Vec<Problem>> {
        let loaded = site_gen::load(&self.path("content"), &self.path("theme"), SITE_URL);
        let (bundle, material) = loaded?;
        let mut renderer = Renderer::new(bundle, &self.path("theme/templates"))
            .map_err(|problem| vec![problem])?;
        let exported = self.path("content/demonstration.jsonl");
        let contributions = match exported.exists() {
            true => Contributions::read(&exported)?,
            false => Contributions::default(),
        };
        let mut built = Vec::new();
        for folder in folders {
            let build = Build {
                renderer: &mut renderer,
                material: &material,
                contributions: &contributions,
                now: self.now.parse().unwrap(),
                copies: self.copies,
            };
            built.push(build.put(&Directory::open(folder).unwrap(), Placement::Whole)?);
        }
        Ok(built[0])
    }

    /// The command, run beside the content.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(binary("site-gen"));
        command.args(arguments).current_dir(self.folder.path());
        if matches!(arguments[0], "build" | "check" | "watch") {
            command.args([
                "--theme",
                "theme",
                "--site-url",
                SITE_URL,
                "--now",
                &self.now,
            ]);
        }
        if matches!(arguments[0], "build" | "watch") {
            command.args(["--out", "out"]);
        }
        command.env("RUST_BACKTRACE", "0").stdin(Stdio::null());
        command
    }

    /// What the command says, where it has nothing to say against.
    #[track_caller]
    pub fn run(&self, arguments: &[&str]) -> String {
        let output = self.command(arguments).output().unwrap();
        let (said, problems) = texts(&output);
        assert!(output.status.success(), "{problems}");
        assert_eq!(problems, "");
        said
    }

    /// What the command says of problems.
    #[track_caller]
    pub fn problems(&self, arguments: &[&str]) -> String {
        let output = self.command(arguments).output().unwrap();
        let (said, problems) = texts(&output);
        assert_eq!(said, "");
        assert_eq!(output.status.code(), Some(1), "{problems}");
        problems
    }
}

fn texts(output: &Output) -> (String, String) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (text(&output.stdout), text(&output.stderr))
}

/// When each file of a site was last changed.
pub fn dates(root: &Path) -> BTreeMap<String, SystemTime> {
    files(root)
        .into_keys()
        .map(|file| {
            let changed = fs::metadata(root.join(&file)).unwrap().modified().unwrap();
            (file, changed)
        })
        .collect()
}

/// Waits until a file that was just written is read once and for all: a build that comes within
/// the grain of its date reads it again.
pub fn settle() {
    std::thread::sleep(Duration::from_millis(60));
}

/// Copies a folder with all that is in it.
pub fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).unwrap();
        }
    }
}
