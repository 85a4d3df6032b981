//! The command line of `deploy`.

use std::path::{Path, PathBuf};

use clap::Args;
use functions::{Bucket, BucketPlace};

use crate::deploy::{Architecture, Deployed, Options, Subject};
use crate::deployment;
use crate::error::Stopped;
use crate::post::MailOptions;
use crate::publish;
use crate::words::say;

/// The arguments of `deploy`.
#[derive(Debug, Args)]
pub struct DeployArguments {
    /// Check, and change nothing: it is `sam deploy` that deploys.
    #[arg(long, required = true, help = say("help.deploy-check", &[]))]
    pub check: bool,
    /// What the names of the tables begin with.
    #[arg(long, value_name = "PRÉFIXE", help = say("help.deploy-tables", &[]))]
    pub tables: Option<String>,
    /// Where pages are.
    #[arg(long, value_name = "DESTINATION", help = say("help.deploy-to", &[]))]
    pub to: Option<String>,
    /// The public address.
    #[arg(long, value_name = "URL", help = say("help.deploy-site-url", &[]))]
    pub site_url: Option<String>,
    /// The address of the API itself.
    #[arg(long, value_name = "URL", help = say("help.deploy-api-url", &[]))]
    pub api_url: Option<String>,
    /// The mail server.
    #[arg(long, value_name = "URL", help = say("help.deploy-smtp", &[]))]
    pub smtp: Option<String>,
    /// What functions are built for.
    #[arg(long, value_name = "ARCHITECTURE", value_parser = ["arm64", "x86_64"], default_value = "arm64", hide_possible_values = true, hide_default_value = true, help = say("help.deploy-architecture", &[]))]
    pub architecture: String,
    /// The content.
    #[arg(long, value_name = "DOSSIER", default_value = "content", hide_default_value = true, help = say("help.content", &[]))]
    pub content: PathBuf,
    /// The theme.
    #[arg(long, value_name = "DOSSIER", default_value = "themes/default", hide_default_value = true, help = say("help.theme", &[]))]
    pub theme: PathBuf,
    /// The folder of what is built.
    #[arg(long, value_name = "DOSSIER", default_value = "data", hide_default_value = true, help = say("help.deploy-data-dir", &[]))]
    pub data_dir: PathBuf,
}

impl DeployArguments {
    /// Reads what the command line asks for. What can't be reached is what the check says.
    ///
    /// # Errors
    /// Where it names no bucket.
    pub async fn options(self, password: Option<String>) -> Result<Options, Stopped> {
        let is_deployed = self.tables.is_some() || self.to.is_some() || self.api_url.is_some();
        let of = match is_deployed {
            false => Subject::Machine {
                root: Path::new(".").to_owned(),
                architecture: match self.architecture.as_str() {
                    "x86_64" => Architecture::X86,
                    _ => Architecture::Arm64,
                },
            },
            true => Subject::Deployment(Box::new(Deployed {
                pages: match self.to {
                    None => None,
                    Some(to) => Some(bucket(&to).await?),
                },
                tables: match self.tables {
                    None => None,
                    Some(tables) => {
                        let store = deployment::tables(&tables).await;
                        Some((tables, store))
                    }
                },
                in_clear: self.site_url.as_deref().and_then(in_clear),
                api: self.api_url,
            })),
        };
        Ok(Options {
            content: self.content,
            theme: self.theme,
            work: self.data_dir.join("publish"),
            site_url: self.site_url,
            of,
            mail: MailOptions {
                smtp: self.smtp,
                password,
                from: None,
            },
            clock: functions::system_clock(),
        })
    }
}

async fn bucket(given: &str) -> Result<(BucketPlace, Result<Bucket, Stopped>), Stopped> {
    let place = given
        .starts_with("s3://")
        .then(|| BucketPlace::parse(given));
    let malformed = || Stopped::because("deploy-to", &[("to", given.to_owned())]);
    let place = place.flatten().ok_or_else(malformed)?;
    let bucket = Bucket::from_env(place.clone()).await;
    let bucket = bucket.map_err(|error| publish::failed(&place, &error));
    Ok((place, bucket))
}

/// Where a site at this address is asked in clear: the port is that of HTTP where the address
/// names none, and unknown where it does.
fn in_clear(site_url: &str) -> Option<String> {
    let host = site_url.strip_prefix("https://")?;
    let host = host.split('/').next()?;
    (!host.contains(':')).then(|| format!("http://{host}/"))
}
