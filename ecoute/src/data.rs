//! A site's data, for a command that works on them: the folder of one machine, or a deployment's
//! tables. What a command does to them is the same.

use std::path::PathBuf;

use functions::{Secret, Store};

use crate::deployment;
use crate::engine::Engine;
use crate::error::Stopped;
use crate::first_start;
use crate::serve::Database;

/// Where a site's data are.
pub enum Data {
    /// On this machine.
    Machine {
        /// The folder of the database and the secret.
        data_dir: PathBuf,
        /// Where contributions are kept.
        database: Database,
    },
    /// In the tables of a deployment, whose names begin with this.
    Deployment(String),
}

/// The same, open.
pub(crate) struct Opened {
    pub(crate) store: Store,
    place: Data,
    /// Runs for as long as it is asked.
    engine: Option<Engine>,
}

impl Data {
    /// Stops where there is nothing that a question could be about: a folder that was misspelled
    /// would be made, and answer it.
    pub(crate) fn must_exist(&self) -> Result<(), Stopped> {
        match self {
            Self::Machine {
                data_dir,
                database: Database::Embedded,
            } if !data_dir.join("ecoute.db").exists() => Err(Stopped::at("no-data", data_dir, &"")),
            _ => Ok(()),
        }
    }

    /// Opens the store. On this machine its tables are made where they are missing; those of a
    /// deployment must be there.
    pub(crate) async fn open(self) -> Result<Opened, Stopped> {
        let (engine, store) = match &self {
            Self::Machine { data_dir, database } => {
                let (engine, store) = database.join(data_dir)?;
                store.create_tables().await?;
                (Some(engine), store)
            }
            Self::Deployment(tables) => (None, deployment::tables(tables).await?),
        };
        Ok(Opened {
            store,
            place: self,
            engine,
        })
    }
}

impl Opened {
    /// The secret of the site. On this machine one is made where there is none yet; that of a
    /// deployment is in the environment.
    pub(crate) fn secret(&self) -> Result<Secret, Stopped> {
        match &self.place {
            Data::Machine { data_dir, .. } => first_start::secret(&data_dir.join("secret")),
            Data::Deployment(tables) => deployment::secret(tables),
        }
    }

    /// The secret, where it is there.
    pub(crate) fn known_secret(&self) -> Result<Option<Secret>, Stopped> {
        match &self.place {
            Data::Machine { data_dir, .. } => first_start::known_secret(data_dir),
            Data::Deployment(_) => deployment::known_secret(),
        }
    }

    /// What the names of a deployment's tables begin with; none on this machine.
    pub(crate) fn deployment(&self) -> Option<&str> {
        match &self.place {
            Data::Machine { .. } => None,
            Data::Deployment(tables) => Some(tables),
        }
    }

    /// Lets the engine finish, where it is this process's.
    pub(crate) async fn close(self) {
        let Some(engine) = self.engine else { return };
        // Closing waits for the engine's thread, which must not hold this runtime up.
        let _ = tokio::task::spawn_blocking(move || engine.stop()).await;
    }
}
