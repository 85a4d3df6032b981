//! `site-gen new`: a file of the content, with every key that it may have and what each is for.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use domain::Slug;
use jiff::civil::Date;
use jiff::{ToSpan, Zoned};
use site_gen::{AnalysisFile, NotAnAnalysis, Problem};

use super::say;

#[derive(clap::Args)]
pub(crate) struct New {
    #[arg(value_name = "SORTE", hide_possible_values = true, help = say("new-kind", &[]))]
    kind: Kind,
    #[arg(value_name = "NOM", help = say("new-slug", &[]))]
    slug: String,
    #[arg(long, value_name = "FICHIER.json", help = say("new-from", &[]))]
    from: Option<PathBuf>,
    #[arg(long, value_name = "DOSSIER", default_value = "content", hide_default_value = true, help = say("content", &[]))]
    content: PathBuf,
}

/// What can be begun.
#[derive(Clone, Copy, ValueEnum)]
enum Kind {
    Campaign,
    Space,
    Results,
    Page,
    News,
}

impl Kind {
    fn folder(self) -> &'static str {
        match self {
            Self::Campaign => "campaigns",
            Self::Space => "spaces",
            Self::Results => "results",
            Self::Page => "pages",
            Self::News => "news",
        }
    }

    fn template(self) -> &'static str {
        match self {
            Self::Campaign => include_str!("new/campaign.md"),
            Self::Space => include_str!("new/space.md"),
            Self::Results => include_str!("new/results.md"),
            Self::Page => include_str!("new/page.md"),
            Self::News => include_str!("new/news.md"),
        }
    }
}

impl New {
    pub(crate) fn run(&self) -> Result<String, Vec<Problem>> {
        let path = self
            .content
            .join(self.kind.folder())
            .join(format!("{}.md", self.slug));
        if Slug::parse(&self.slug).is_err() {
            let suggested = Slug::from_words(&self.slug).map(|slug| slug.to_string());
            let args = [
                ("slug", self.slug.clone()),
                (
                    "other",
                    suggested.unwrap_or_else(|| "vacances-2027".to_owned()),
                ),
            ];
            return Err(crate::problem(&path, "new-slug-malformed", &args));
        }
        if !self.content.join("site.toml").exists() {
            return Err(crate::problem(&self.content, "new-content", &[]));
        }
        if matches!(self.kind, Kind::Results) {
            let campaign = self
                .content
                .join("campaigns")
                .join(format!("{}.md", self.slug));
            if !campaign.exists() {
                let args = [("campaign", campaign.display().to_string())];
                return Err(crate::problem(&path, "new-results", &args));
            }
        }
        let text = self.text()?;
        let failed = |error: &std::io::Error| match error.kind() {
            std::io::ErrorKind::AlreadyExists => crate::problem(&path, "new-exists", &[]),
            _ => {
                let args = [("error", site_gen::system_said(error))];
                crate::problem(&path, "out-failed", &args)
            }
        };
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(|error| failed(&error))?;
        }
        let mut file = fs::File::create_new(&path).map_err(|error| failed(&error))?;
        file.write_all(text.as_bytes())
            .map_err(|error| failed(&error))?;
        let args = [("path", path.display().to_string())];
        Ok(match self.from {
            Some(_) => say("new-drafted", &args),
            None => say("new-done", &args),
        })
    }

    /// What the file begins with.
    fn text(&self) -> Result<String, Vec<Problem>> {
        let today = Zoned::now().date();
        if let Some(from) = &self.from {
            return self.draft(from, today);
        }
        let template = self.kind.template();
        Ok(template
            .replace("{today}", &today.to_string())
            .replace("{later}", &today.saturating_add(60.days()).to_string())
            .replace("{space}", &self.first_space()))
    }

    /// A results page begun from what an analysis found.
    fn draft(&self, from: &Path, today: Date) -> Result<String, Vec<Problem>> {
        if !matches!(self.kind, Kind::Results) {
            return Err(crate::problem(from, "new-from-kind", &[]));
        }
        let json = fs::read_to_string(from).map_err(|error| {
            let args = [("error", site_gen::system_said(&error))];
            crate::problem(from, "new-from-unreadable", &args)
        })?;
        let campaign =
            Slug::parse(&self.slug).map_err(|_| crate::problem(from, "new-slug-malformed", &[]))?;
        let analysed = AnalysisFile::read(&json, &campaign).map_err(|problem| {
            let (key, args) = match problem {
                NotAnAnalysis::Malformed(line, column) => (
                    "new-from-malformed",
                    vec![("line", line.to_string()), ("column", column.to_string())],
                ),
                NotAnAnalysis::OfAnother(other) => (
                    "new-from-another",
                    vec![
                        ("other", other.to_string()),
                        ("campaign", self.slug.clone()),
                    ],
                ),
                NotAnAnalysis::NotOfTheSite(id) => ("new-from-foreign", vec![("id", id)]),
            };
            crate::problem(from, key, &args)
        })?;
        Ok(analysed.draft(today))
    }

    /// The name of a space that there is.
    fn first_space(&self) -> String {
        let spaces = fs::read_dir(self.content.join("spaces"));
        let mut names: Vec<String> = spaces
            .into_iter()
            .flatten()
            .filter_map(|entry| Some(entry.ok()?.path().file_stem()?.to_str()?.to_owned()))
            .collect();
        names.sort();
        let national = names.iter().find(|name| *name == "national");
        national
            .or(names.first())
            .cloned()
            .unwrap_or_else(|| "national".to_owned())
    }
}
