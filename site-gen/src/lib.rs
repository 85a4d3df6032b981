//! The static-site generator: content, a theme and published contributions in, pages out.
//!
//! It reads and writes files, and never asks a network or a database for anything.

pub mod address;
mod build;
mod catalogue;
mod content;
mod contributions;
pub mod dates;
mod front_matter;
pub mod markdown;
mod messages;
mod output;
mod pages;
pub mod plan;
mod problem;
mod render;
mod theme;
mod typography;
mod usage;
pub mod view;
mod views;

pub use build::{Built, build, load};
pub use catalogue::{Bundle, Catalogue, Site, StaticPage};
pub use contributions::{Contributions, PublishedIdea, Tally};
pub use messages::{Messages, number};
pub use output::{Directory, OutputError, Put};
pub use problem::{Problem, system_said};
pub use render::Renderer;
pub use theme::{Asset, RenderError, Theme, ThemeSource};
pub use usage::usage_said;
pub use views::Views;
