//! Where the contributions of a publication come from.

use std::path::PathBuf;

use functions::Store;
use jiff::Timestamp;
use site_gen::{Catalogue, Contributions};

use crate::engine::Engine;
use crate::error::Stopped;
use crate::serve::{Database, problems_said};

/// Where contributions are.
pub enum Source {
    /// In a file that `ecoute export` wrote: of a site without functions.
    File(PathBuf),
    /// In the embedded database of a data folder.
    Embedded(PathBuf),
    /// In these tables, which functions write to meanwhile.
    Tables(Store),
}

/// The same, open.
pub(super) enum Opened {
    File(PathBuf),
    Embedded {
        store: Store,
        /// Runs for as long as it is asked.
        _engine: Engine,
    },
    Tables(Store),
}

impl Source {
    pub(super) async fn open(self) -> Result<Opened, Stopped> {
        Ok(match self {
            Self::File(path) => Opened::File(path),
            Self::Embedded(data_dir) => {
                let (engine, store) = Database::Embedded.join(&data_dir)?;
                store.create_tables().await?;
                Opened::Embedded {
                    store,
                    _engine: engine,
                }
            }
            Self::Tables(store) => Opened::Tables(store),
        })
    }
}

impl Opened {
    /// All that is published now.
    pub(super) async fn read(
        &self,
        catalogue: &Catalogue,
        now: Timestamp,
    ) -> Result<Contributions, Stopped> {
        match self {
            Self::File(path) => {
                Contributions::read(path).map_err(|problems| problems_said(&problems))
            }
            Self::Embedded { store, .. } | Self::Tables(store) => {
                Ok(store.published_with_surveys(catalogue, now).await?)
            }
        }
    }

    /// The store of functions and of a publisher that work meanwhile.
    pub(super) fn of_functions(&self) -> Option<&Store> {
        match self {
            Self::File(_) | Self::Embedded { .. } => None,
            Self::Tables(store) => Some(store),
        }
    }
}
