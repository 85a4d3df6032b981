//! Where a contribution was sent.

use crate::text::Slug;

/// Where a contribution was sent: what it is listed under, and by whose rights it is read.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Place {
    /// A campaign: ideas and comments.
    Campaign(Slug),
    /// The testimonials of a space.
    Testimonials(Slug),
}

impl Place {
    /// The campaign; none for testimonials.
    #[must_use]
    pub fn campaign(&self) -> Option<&Slug> {
        match self {
            Self::Campaign(campaign) => Some(campaign),
            Self::Testimonials(_) => None,
        }
    }
}
