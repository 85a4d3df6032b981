//! The static-site generator: content, a theme and published contributions in, pages out.
//!
//! It reads and writes files, and never asks a network or a database for anything.

pub mod address;
mod build;
mod cards;
mod catalogue;
mod charts;
mod citations;
mod colour;
mod content;
mod contributions;
mod csv;
pub mod dates;
pub mod departments;
mod draft;
mod encoding;
mod feeds;
mod front_matter;
mod links;
mod load;
pub mod markdown;
mod messages;
mod output;
mod pages;
pub mod plan;
mod problem;
mod render;
mod search;
mod series;
#[cfg(feature = "share-images")]
mod share_image;
mod sitemap;
mod state;
mod statistics;
mod stylesheet;
mod surveys;
mod testimonials;
mod theme;
mod typography;
mod usage;
pub mod view;
mod views;

pub use build::{Build, Built};
pub use cards::Cards;
pub use catalogue::{Bundle, Catalogue, NewsCard, Site, StaticPage};
pub use contributions::{Contributions, Moved, PublishedIdea, PublishedSurvey, Tally};
pub use draft::{AnalysisFile, NotAnAnalysis};
pub use encoding::Encoding;
#[doc(hidden)]
pub use load::load_content;
pub use load::{Material, load};
pub use messages::{Messages, number};
pub use output::{Directory, OutputError, Placement, Put};
pub use problem::{Problem, system_said};
pub use render::Renderer;
pub use surveys::SurveyStep;
pub use testimonials::TestimonialCards;
pub use theme::{Asset, RenderError, Theme, ThemeSource};
pub use usage::usage_said;
pub use views::Views;
