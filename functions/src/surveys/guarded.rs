//! Against programs that answer by the thousand: a field that nobody sees, and a proof of work
//! where the campaign is attacked, or where that field was filled. Without JavaScript, the link that
//! is sent by mail to go on with the answers is the proof.
//!
//! Nobody reads the answers one by one before they count, so nothing is only marked here: what does
//! not prove itself is not sent, and stays in its draft.

use domain::Campaign;

use super::draft::Draft;
use crate::{App, Failure};

/// The name of the field that people don't see.
pub(super) const TRAP: &str = "site_web";

/// The name of the field in which the browser puts its proof.
pub(super) const PROOF: &str = "preuve";

impl App {
    /// Whether these answers have to prove themselves before they are sent.
    pub(super) async fn is_guarded(
        &self,
        campaign: &Campaign,
        draft: &Draft,
    ) -> Result<bool, Failure> {
        if draft.by_mail {
            return Ok(false);
        }
        Ok(draft.trapped || self.store.is_protected(&campaign.slug).await?)
    }

    /// The challenge of these answers, in JSON.
    pub(super) fn survey_challenge(
        &self,
        campaign: &Campaign,
        draft: &Draft,
    ) -> Result<String, Failure> {
        self.challenge_of(&ticket(campaign, draft))
    }

    /// Whether this proof was computed for these answers.
    pub(super) fn proves_survey(&self, campaign: &Campaign, draft: &Draft, proof: &str) -> bool {
        self.proves(&ticket(campaign, draft), proof)
    }
}

/// What a challenge is bound to: a draft is sent once, whatever it holds then.
fn ticket(campaign: &Campaign, draft: &Draft) -> String {
    format!("survey {} {}", campaign.slug, draft.id)
}
