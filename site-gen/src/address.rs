//! Where things are: the only place that spells an address of the site.

use domain::{ContributionId, Slug};

/// The home page.
pub const HOME: &str = "/";
/// All campaigns.
pub const CAMPAIGNS: &str = "/campagnes/";
/// All spaces.
pub const SPACES: &str = "/espaces/";
/// The map of the site.
pub const SITE_MAP: &str = "/plan-du-site/";
/// The moderators' queue.
pub const MODERATION: &str = "/moderation/";
/// The moderators' login.
pub const LOGIN: &str = "/moderation/connexion";
/// Where a moderator's session is ended.
pub const LOGOUT: &str = "/moderation/deconnexion";

/// A campaign.
#[must_use]
pub fn campaign(campaign: &Slug) -> String {
    format!("/campagnes/{campaign}/")
}

/// The form of an idea.
#[must_use]
pub fn propose(campaign: &Slug) -> String {
    format!("/campagnes/{campaign}/proposer/")
}

/// A page (from 1) of a campaign's ideas.
#[must_use]
pub fn ideas(campaign: &Slug, page: usize) -> String {
    match page {
        1 => format!("/campagnes/{campaign}/idees/"),
        _ => format!("/campagnes/{campaign}/idees/page/{page}/"),
    }
}

/// An idea, with a page (from 1) of its comments.
#[must_use]
pub fn idea(campaign: &Slug, idea: &ContributionId, comments_page: usize) -> String {
    match comments_page {
        1 => format!("/campagnes/{campaign}/idees/{idea}/"),
        _ => format!("/campagnes/{campaign}/idees/{idea}/commentaires/{comments_page}/"),
    }
}

/// A space.
#[must_use]
pub fn space(space: &Slug) -> String {
    format!("/espaces/{space}/")
}

/// A static page.
#[must_use]
pub fn page(page: &Slug) -> String {
    format!("/{page}/")
}

/// Where the form of an idea is sent.
#[must_use]
pub fn send_idea(campaign: &Slug) -> String {
    format!("/participer/{campaign}/idees")
}

/// Where the form of a comment is sent.
#[must_use]
pub fn send_comment(campaign: &Slug, idea: &ContributionId) -> String {
    format!("/participer/{campaign}/idees/{idea}/commentaires")
}

/// Where a like is sent, and what one thinks of the idea is shown.
#[must_use]
pub fn like(campaign: &Slug, idea: &ContributionId) -> String {
    format!("/participer/{campaign}/idees/{idea}/soutien")
}

/// A receipt.
#[must_use]
pub fn receipt(token: &str) -> String {
    format!("/suivi/{token}")
}

/// A contribution in the moderators' queue.
#[must_use]
pub fn moderate(contribution: &str) -> String {
    format!("{MODERATION}contributions/{contribution}")
}
