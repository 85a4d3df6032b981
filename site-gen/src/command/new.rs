//! `site-gen new`: a file of the content, with every key that it may have and what each is for.

use std::fs;
use std::io::Write;
use std::path::PathBuf;

use clap::ValueEnum;
use domain::Slug;
use jiff::{ToSpan, Zoned};
use site_gen::Problem;

use super::say;

#[derive(clap::Args)]
pub(crate) struct New {
    #[arg(value_name = "SORTE", hide_possible_values = true, help = say("new-kind", &[]))]
    kind: Kind,
    #[arg(value_name = "NOM", help = say("new-slug", &[]))]
    slug: String,
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
        file.write_all(self.text().as_bytes())
            .map_err(|error| failed(&error))?;
        let args = [("path", path.display().to_string())];
        Ok(say("new-done", &args))
    }

    fn text(&self) -> String {
        let today = Zoned::now().date();
        self.kind
            .template()
            .replace("{today}", &today.to_string())
            .replace("{later}", &today.saturating_add(60.days()).to_string())
            .replace("{space}", &self.first_space())
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
