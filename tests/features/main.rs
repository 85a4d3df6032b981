//! Features through the public face, on the real engine.
//!
//! Each test starts a whole site with a folder and a clock of its own. With `ECOUTE_TEST_DYNAMODB`
//! set to an endpoint, contributions are kept there, and not on the embedded engine.

#![expect(
    clippy::unwrap_used,
    reason = "a test that can't go on fails where it stands"
)]
#![expect(
    unreachable_pub,
    reason = "the modules of one test binary share their public items"
)]

mod account;
mod app;
mod campaigns;
mod command;
mod comments;
mod content;
mod desk;
mod engine;
mod feeds;
mod guard;
mod hostile;
mod ideas;
mod import;
mod incremental;
mod lambda;
mod likes;
mod lists;
mod login;
mod moderation;
mod moderators;
mod new;
mod output;
mod page;
mod pages;
mod privacy;
mod problems;
mod publishing;
mod quotas;
mod real_data;
mod roles;
mod sessions;
mod site;
mod watch;
