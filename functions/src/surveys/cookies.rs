//! The cookies of who answers a survey: one leads to what was answered so far, the other says that it
//! was sent.

use cookie::{SameSite, time::Duration};
use domain::{Campaign, ContributionId};

use crate::App;
use crate::secret::SurveyToken;
use crate::session::{AFTER_CLOSING_SECONDS, Visitor, cookie_of_browser, set_cookie};

impl Visitor {
    /// What this browser has answered so far to the survey of a campaign.
    pub(super) fn draft(&self, app: &App, campaign: &Campaign) -> Option<ContributionId> {
        let raw = self.cookie(app, &draft_name(campaign))?;
        let secret = &app.secret;
        secret.read_survey_token(SurveyToken::Draft, &campaign.slug, &raw)
    }

    /// Whether answers to the survey of a campaign were sent from this browser.
    pub(super) fn answered(&self, app: &App, campaign: &Campaign) -> bool {
        let raw = self.cookie(app, &answered_name(campaign));
        raw.is_some_and(|raw| app.secret.is_answered(&campaign.slug, &raw))
    }
}

/// The cookie of what somebody has answered so far to a survey: it goes when the browser is closed,
/// since others may sit at the same screen after.
pub(super) fn draft_cookie(app: &App, campaign: &Campaign, draft: &ContributionId) -> String {
    let value = app
        .secret
        .survey_token(SurveyToken::Draft, &campaign.slug, draft);
    cookie_of_browser(app, &draft_name(campaign), value, SameSite::Lax).to_string()
}

/// The cookies that end those of a survey.
pub(super) fn no_cookies(app: &App, campaign: &Campaign) -> [String; 2] {
    [draft_name(campaign), answered_name(campaign)]
        .map(|name| set_cookie(app, &name, String::new(), Duration::ZERO, SameSite::Lax))
}

/// The cookie that says that answers to a survey were sent from this browser, for the time that the
/// cookies of likes are kept. It is the same in every browser: it tells nobody from anybody.
pub(super) fn answered_cookie(app: &App, campaign: &Campaign) -> String {
    let left = campaign.closes_at().as_second() - app.now().as_second();
    set_cookie(
        app,
        &answered_name(campaign),
        app.secret.answered(&campaign.slug),
        Duration::seconds(left.max(0) + AFTER_CLOSING_SECONDS),
        SameSite::Lax,
    )
}

fn draft_name(campaign: &Campaign) -> String {
    format!("sondage-{}", campaign.slug)
}

fn answered_name(campaign: &Campaign) -> String {
    format!("repondu-{}", campaign.slug)
}
