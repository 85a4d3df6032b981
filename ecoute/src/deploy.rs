//! `ecoute deploy --check`: whether a deployment is well, or what would keep one from being. It asks
//! and changes nothing; every check is made, whatever the others found.

mod content;
mod machine;
mod mail;
mod pages;
mod report;
mod site;
mod tables;
mod visit;

use std::path::PathBuf;

use functions::{Bucket, BucketPlace, Clock, Store};

use crate::error::Stopped;
use crate::post::MailOptions;

pub use machine::Architecture;
pub use report::Checked;
use report::Report;

/// What is checked.
pub struct Options {
    /// The content.
    pub content: PathBuf,
    /// The theme.
    pub theme: PathBuf,
    /// The folder in which the site is built, that of `ecoute publish`.
    pub work: PathBuf,
    /// The public address of the site.
    pub site_url: Option<String>,
    /// The deployment; where there is none yet, what it would be made from.
    pub of: Subject,
    /// How mail leaves.
    pub mail: MailOptions,
    /// What tells the time.
    pub clock: Clock,
}

/// What a check is of.
pub enum Subject {
    /// What is on this machine, from which a deployment is made.
    Machine {
        /// The folder of the repository.
        root: PathBuf,
        /// What functions are built for.
        architecture: Architecture,
    },
    /// A deployment, as far as it is told.
    Deployment(Box<Deployed>),
}

/// A deployment.
#[derive(Default)]
pub struct Deployed {
    /// What the names of its tables begin with, and its store, or why there is none.
    pub tables: Option<(String, Result<Store, Stopped>)>,
    /// Where its pages are, or why they can't be asked for.
    pub pages: Option<(BucketPlace, Result<Bucket, Stopped>)>,
    /// Where its site is asked in clear, which leads to the public address.
    pub in_clear: Option<String>,
    /// The address of its API, which answers nobody but CloudFront.
    pub api: Option<String>,
}

/// Checks all of it.
pub async fn check(options: Options) -> Checked {
    let mut report = Report::default();
    let now = (options.clock)();
    let deployed = match options.of {
        Subject::Machine {
            ref root,
            architecture,
        } => {
            let site = content::check(&mut report, &options, None).await;
            machine::check(&mut report, root, architecture, site.as_ref());
            None
        }
        Subject::Deployment(ref deployed) => {
            // The list comes before what it is compared with, as when it is published.
            let listed = pages::list(deployed.pages.as_ref()).await;
            let store = tables::check(&mut report, deployed.tables.as_ref(), now).await;
            let site = content::check(&mut report, &options, store).await;
            if let Some(site) = &site {
                tables::compare(&mut report, store, site).await;
            }
            // Without contributions it would be another site than the one that stands there.
            let comparable = site.as_ref().filter(|_| store.is_some());
            pages::check(&mut report, listed, comparable, now).await;
            if let Some(url) = &options.site_url {
                site::check(&mut report, url, deployed, site.as_ref()).await;
            }
            Some(deployed)
        }
    };
    if options.mail.smtp.is_some() {
        mail::check(&mut report, &options.mail, options.site_url.as_deref()).await;
    }
    report.end(deployed.is_some())
}
