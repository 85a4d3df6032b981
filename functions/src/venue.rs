//! What the public contributes to: a campaign, or the testimonials of a space.

use domain::{Campaign, Place, Slug, Space};
use jiff::{Timestamp, ToSpan};
use site_gen::view::{Link, SpaceMark};
use site_gen::{Renderer, address};

use crate::{App, Failure};

/// What a place is in the catalogue.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Venue<'a> {
    Campaign(&'a Campaign),
    Testimonials(&'a Space),
}

impl App {
    /// What a place is.
    ///
    /// # Errors
    /// [`Failure::NotFound`] where editors no longer have it.
    pub(crate) fn venue(&self, place: &Place) -> Result<Venue<'_>, Failure> {
        match place {
            Place::Campaign(campaign) => self.campaign(campaign.as_str()).map(Venue::Campaign),
            Place::Testimonials(space) => self.space(space.as_str()).map(Venue::Testimonials),
        }
    }

    /// The space of an address.
    pub(crate) fn space(&self, slug: &str) -> Result<&Space, Failure> {
        let spaces = &self.renderer.catalogue().spaces;
        let slug = Slug::parse(slug).ok();
        let space = slug.and_then(|slug| spaces.get(&slug));
        space.ok_or(Failure::NotFound)
    }
}

impl<'a> Venue<'a> {
    pub(crate) fn place(self) -> Place {
        match self {
            Self::Campaign(campaign) => Place::Campaign(campaign.slug.clone()),
            Self::Testimonials(space) => Place::Testimonials(space.slug.clone()),
        }
    }

    /// The campaign; none for testimonials.
    pub(crate) fn campaign(self) -> Option<&'a Campaign> {
        match self {
            Self::Campaign(campaign) => Some(campaign),
            Self::Testimonials(_) => None,
        }
    }

    /// Its title, and where it is.
    pub(crate) fn link(self) -> Link {
        let title = match self {
            Self::Campaign(campaign) => &campaign.title,
            Self::Testimonials(space) => &space.name,
        };
        Link::new(title, address::place(&self.place()))
    }

    /// « Vous êtes ici », as far as its own page.
    pub(crate) fn trail(self, renderer: &Renderer) -> Vec<Link> {
        match self {
            Self::Campaign(campaign) => renderer.trail(campaign),
            Self::Testimonials(_) => {
                let mut trail = renderer.trail_to_testimonials();
                trail.push(self.link());
                trail
            }
        }
    }

    /// What a page of its space bears.
    pub(crate) fn mark(self, renderer: &Renderer) -> Option<SpaceMark> {
        match self {
            Self::Campaign(campaign) => renderer.space_mark(&campaign.space),
            Self::Testimonials(space) => renderer.space_mark(&space.slug),
        }
    }

    /// Until when the address left with something received at `at` is kept: a year after its
    /// campaign closes. A testimonial has no end: it is told of for a year, and the address is kept
    /// no longer.
    pub(crate) fn addresses_kept_until(self, at: Timestamp) -> Timestamp {
        match self {
            Self::Campaign(campaign) => campaign.addresses_kept_until(),
            Self::Testimonials(_) => a_year_after(at),
        }
    }

    /// Until when it is known that a text was received.
    pub(crate) fn texts_kept_until(self, at: Timestamp) -> Timestamp {
        match self {
            Self::Campaign(campaign) => campaign.texts_kept_until(),
            Self::Testimonials(_) => a_year_after(at),
        }
    }
}

fn a_year_after(at: Timestamp) -> Timestamp {
    const DAYS: i64 = 365;
    at.saturating_add((DAYS * 24).hours()).unwrap_or(at)
}
