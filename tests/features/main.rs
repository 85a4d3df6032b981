//! Features through the public face, on the real engine.
//!
//! Each test starts a whole site with a folder and a clock of its own. With `ECOUTE_TEST_DYNAMODB`
//! set to an endpoint, contributions are kept there, and not on the embedded engine. With
//! `ECOUTE_TEST_WAY=lambda` what functions answer goes through their own binaries (`cloud.rs`).

#![expect(
    clippy::unwrap_used,
    reason = "a test that can't go on fails where it stands"
)]
#![expect(
    unreachable_pub,
    reason = "the modules of one test binary share their public items"
)]

mod account;
mod addresses;
mod analyse;
mod analyses;
mod answering;
mod app;
mod audit;
mod backup;
#[path = "../binary.rs"]
mod binary;
mod bulk;
mod campaigns;
mod canaries;
mod closing;
mod cloud;
mod command;
mod comments;
mod conflicts;
mod consent;
mod content;
mod contributors;
mod counted;
mod counts;
mod deployment;
mod desk;
mod engine;
mod exchange;
mod exports;
mod feeds;
mod figures;
mod guard;
mod hostile;
mod ideas;
mod import;
mod incremental;
mod infra;
mod lambda;
mod lanes;
mod likes;
mod lists;
mod login;
mod machine;
mod mail;
mod mail_command;
mod mail_server;
mod message;
mod moderation;
mod moderators;
mod near;
mod new;
mod object_store;
mod oidc;
#[path = "../open_campaign.rs"]
mod open_campaign;
mod output;
mod page;
mod pages;
#[path = "../patience.rs"]
mod patience;
mod personal_data;
mod privacy;
mod problems;
mod proof_of_work;
mod protection;
mod publish;
mod publishing;
mod quotas;
mod real_data;
mod receipts;
mod replay;
mod replies;
mod reports;
mod review;
mod roles;
mod scan;
mod sentiment;
mod sessions;
mod sink;
mod site;
mod social_security;
mod standing;
mod statistics;
mod surveys;
mod telling;
mod testimonials;
mod text;
mod theme_journal;
mod themes;
mod vectors;
mod watch;
mod wheel;
mod workers;
