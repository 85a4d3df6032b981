//! A space: the national one, or one local office's.

use serde::{Deserialize, Serialize};

use crate::structure::ServiceLevel;
use crate::text::Slug;

/// Where campaigns are held: its name, its department, its presentation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Space {
    /// Its name in addresses.
    pub slug: Slug,
    /// Its name, such as « Caf du Gard ».
    pub name: String,
    /// How one says where it is, such as « dans le Gard ».
    pub place: String,
    /// The code of its department (INSEE), none for the national space.
    pub department: Option<String>,
    /// One sentence.
    pub summary: String,
    /// Its colour; none for the site's own.
    pub accent: Option<Accent>,
    /// The address of its logo; none where it has none.
    pub logo: Option<String>,
    /// Its rank in lists.
    pub order: i64,
    /// That it takes testimonials; none where it does not.
    #[serde(default)]
    pub testimonials: Option<ServiceLevel>,
    /// Phrases with which its structures may open an answer.
    #[serde(default)]
    pub openings: Vec<String>,
    /// Phrases with which they may close it.
    #[serde(default)]
    pub closings: Vec<String>,
    /// Its presentation, in Markdown.
    pub body: String,
}

/// A space's colour, as `#rrggbb`, which is legible on the site's paper.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accent {
    /// On light paper.
    pub light: String,
    /// On dark paper.
    pub dark: String,
}
