//! All of it on one machine, in one process: the embedded DynamoDB engine, the site, the
//! functions, the publisher and the mail; and the operator's commands.

pub mod analyse;
pub mod audit;
pub mod backup;
pub mod cli;
pub mod data;
pub mod deploy;
pub mod deployment;
mod engine;
mod error;
pub mod export;
mod first_start;
mod follow;
pub mod import;
pub mod mail_test;
pub mod moderators;
pub mod post;
mod progress;
pub mod publish;
pub mod replay;
pub mod serve;
mod server;
mod services_publics_plus;
mod static_site;
pub mod suppression;
mod tail;
pub mod verify;
mod whole_file;
mod words;

pub use engine::Engine;
pub use error::Stopped;
