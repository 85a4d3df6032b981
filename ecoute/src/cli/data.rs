//! The command line's way to a site's data.

use std::path::PathBuf;

use clap::Args;

use crate::data::Data;
use crate::serve::Database;
use crate::words::say;

/// Where a site's data are: on this machine, unless a deployment is named.
#[derive(Debug, Args)]
pub struct DataArguments {
    /// The folder of the database.
    #[arg(long, value_name = "DOSSIER", default_value = "data", hide_default_value = true, help = say("help.data-dir", &[]))]
    pub data_dir: PathBuf,
    /// What the names of a deployment's tables begin with.
    #[arg(long, value_name = "PRÉFIXE", conflicts_with = "data_dir", help = say("help.tables", &[]))]
    pub tables: Option<String>,
}

impl DataArguments {
    /// The data.
    #[must_use]
    pub fn data(self) -> Data {
        match self.tables {
            Some(tables) => Data::Deployment(tables),
            None => Data::Machine {
                data_dir: self.data_dir,
                database: Database::Embedded,
            },
        }
    }
}
