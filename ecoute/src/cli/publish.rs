//! The command line of `publish`.

use std::path::{Path, PathBuf};

use clap::Args;
use functions::{Bucket, BucketPlace, Distribution};

use crate::deployment;
use crate::error::Stopped;
use crate::import::Run;
use crate::publish::{self, Destination, Options, Source};
use crate::words::say;

/// The arguments of `publish`.
#[derive(Debug, Args)]
pub struct PublishArguments {
    /// Where to.
    #[arg(long, value_name = "DESTINATION", required = true, help = say("help.publish-to", &[]))]
    pub to: String,
    /// The public address.
    #[arg(long, value_name = "URL", required = true, help = say("help.publish-site-url", &[]))]
    pub site_url: String,
    /// What the names of the functions' tables begin with.
    #[arg(long, value_name = "PRÉFIXE", conflicts_with = "contributions", help = say("help.publish-tables", &[]))]
    pub tables: Option<String>,
    /// The file of contributions.
    #[arg(long, value_name = "FICHIER", help = say("help.publish-contributions", &[]))]
    pub contributions: Option<PathBuf>,
    /// What is in front of the bucket.
    #[arg(long, value_name = "ID", help = say("help.publish-distribution", &[]))]
    pub distribution: Option<String>,
    /// The content.
    #[arg(long, value_name = "DOSSIER", default_value = "content", hide_default_value = true, help = say("help.content", &[]))]
    pub content: PathBuf,
    /// The theme.
    #[arg(long, value_name = "DOSSIER", default_value = "themes/default", hide_default_value = true, help = say("help.theme", &[]))]
    pub theme: PathBuf,
    /// The folder of the database, and of what is built.
    #[arg(long, value_name = "DOSSIER", default_value = "data", hide_default_value = true, help = say("help.publish-data-dir", &[]))]
    pub data_dir: PathBuf,
    /// Write nothing.
    #[arg(long, help = say("help.publish-dry-run", &[]))]
    pub dry_run: bool,
}

impl PublishArguments {
    /// Reads what the command line asks for.
    ///
    /// # Errors
    /// Where it names nothing that can be published to.
    pub async fn options(self) -> Result<Options, Stopped> {
        let to = destination(&self.to, self.distribution.as_deref()).await?;
        let source = match (self.tables, self.contributions) {
            (Some(tables), _) => Source::Tables(deployment::tables(&tables).await?),
            (None, Some(file)) => Source::File(file),
            (None, None) => Source::Embedded(self.data_dir.clone()),
        };
        Ok(Options {
            to,
            content: self.content,
            theme: self.theme,
            site_url: self.site_url,
            source,
            work: self.data_dir.join("publish"),
            run: if self.dry_run { Run::Dry } else { Run::Real },
            settle: publish::UNTIL_FUNCTIONS_LOOK,
            clock: functions::system_clock(),
        })
    }
}

async fn destination(to: &str, distribution: Option<&str>) -> Result<Destination, Stopped> {
    if !to.starts_with("s3://") {
        return match distribution {
            _ if to.is_empty() || to.contains("://") => Err(malformed(to)),
            Some(_) => Err(Stopped::because("publish-distribution-folder", &[])),
            None => Ok(Destination::Folder(Path::new(to).to_owned())),
        };
    }
    let place = BucketPlace::parse(to).ok_or_else(|| malformed(to))?;
    let bucket = Bucket::from_env(place.clone()).await;
    let bucket = bucket.map_err(|error| publish::failed(&place, &error))?;
    let distribution = match distribution {
        None => None,
        Some(id) => {
            let known = Distribution::from_env(id).await;
            let known = known.map_err(|error| publish::failed(&place, &error.into()))?;
            let unknown = || Stopped::because("publish-distribution", &[("id", id.to_owned())]);
            Some(known.ok_or_else(unknown)?)
        }
    };
    Ok(Destination::Bucket(bucket, distribution))
}

fn malformed(to: &str) -> Stopped {
    Stopped::because("publish-to", &[("to", to.to_owned())])
}
