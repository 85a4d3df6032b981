//! The command line of `replay`.

use std::path::{Path, PathBuf};

use clap::Args;
use functions::{Bucket, BucketPlace};

use crate::deployment;
use crate::error::Stopped;
use crate::import::Run;
use crate::publish;
use crate::replay::{Destination, Options, Parked, Source};
use crate::words::say;

/// The arguments of `replay`.
#[derive(Debug, Args)]
pub struct ReplayArguments {
    /// The parked records.
    #[arg(long, value_name = "ORIGINE", required = true, help = say("help.replay-from", &[]))]
    pub from: String,
    /// Where pages go.
    #[arg(long, value_name = "DESTINATION", help = say("help.replay-to", &[]))]
    pub to: Option<String>,
    /// What the names of the functions' tables begin with.
    #[arg(long, value_name = "PRÉFIXE", requires = "to", help = say("help.replay-tables", &[]))]
    pub tables: Option<String>,
    /// The folder of the database and the pages.
    #[arg(long, value_name = "DOSSIER", default_value = "data", hide_default_value = true, help = say("help.data-dir", &[]))]
    pub data_dir: PathBuf,
    /// Publish nothing.
    #[arg(long, help = say("help.replay-dry-run", &[]))]
    pub dry_run: bool,
}

impl ReplayArguments {
    /// Reads what the command line asks for.
    ///
    /// # Errors
    /// Where it names nothing that can be read or published to.
    pub async fn options(self) -> Result<Options, Stopped> {
        let from = match bucket(&self.from).await? {
            Some(bucket) => Parked::Bucket(bucket),
            None => Parked::Folder(Path::new(&self.from).to_owned()),
        };
        let to = match self.to {
            None => Destination::Folder(self.data_dir.join("site")),
            Some(to) => match bucket(&to).await? {
                Some(bucket) => Destination::Bucket(bucket),
                None => Destination::Folder(to.into()),
            },
        };
        let source = match self.tables {
            Some(tables) => Source::Tables(deployment::tables(&tables).await?),
            None => Source::Embedded(self.data_dir),
        };
        Ok(Options {
            from,
            source,
            to,
            run: if self.dry_run { Run::Dry } else { Run::Real },
        })
    }
}

/// The bucket of `s3://…`; none where it is a folder of this machine.
async fn bucket(given: &str) -> Result<Option<Bucket>, Stopped> {
    let malformed = || Stopped::because("publish-to", &[("to", given.to_owned())]);
    if !given.starts_with("s3://") {
        return match given.is_empty() || given.contains("://") {
            true => Err(malformed()),
            false => Ok(None),
        };
    }
    let place = BucketPlace::parse(given).ok_or_else(malformed)?;
    let bucket = Bucket::from_env(place.clone()).await;
    let bucket = bucket.map_err(|error| publish::failed(&place, &error))?;
    Ok(Some(bucket))
}
