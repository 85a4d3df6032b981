//! A structure: a service that testimonials are about, and that answers them.

use serde::{Deserialize, Serialize};

use crate::text::Slug;

/// A service with a public face: an office, a counter, a call centre.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Structure {
    /// Its name in addresses.
    pub slug: Slug,
    /// Its name, such as « Caf du Gard, accueil de Nîmes ».
    pub name: String,
    /// The space whose testimonials may be about it.
    pub space: Slug,
    /// The structure that it is a part of.
    pub parent: Option<Slug>,
    /// One sentence.
    pub summary: String,
    /// Its rank in lists.
    pub order: i64,
    /// Its presentation, in Markdown.
    pub body: String,
}

/// That a space takes testimonials, and what it promises to who sends one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceLevel {
    /// Within how many days of its publication a testimonial is answered.
    pub answer_days: u16,
}
