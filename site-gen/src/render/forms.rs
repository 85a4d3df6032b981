//! The pages of forms: blank, or with what was typed and what is wrong with it.

use domain::{Campaign, IdeaForm, Invalid, Phase, Space, TestimonialForm};
use jiff::Timestamp;
use serde::Serialize;

use super::Renderer;
use crate::address;
use crate::contributions::Tally;
use crate::theme::RenderError;
use crate::view::{
    CampaignCard, CampaignView, Filled, FormErrors, Head, IdeaFormView, Link, SpaceView,
    TestimonialFormView,
};

impl Renderer {
    /// The page of the form of an idea, blank or with what was typed and what is wrong.
    ///
    /// # Errors
    /// A fault of the theme.
    pub fn idea_form(
        &self,
        campaign: &Campaign,
        typed: Filled<IdeaForm>,
        invalid: &Invalid,
        now: Timestamp,
    ) -> Result<String, RenderError> {
        #[derive(Serialize)]
        struct View {
            campaign: CampaignView,
            form: IdeaFormView,
            errors: FormErrors,
        }
        let views = self.views(now);
        let campaign_args = [("campaign", campaign.short.clone())];
        let head = Head {
            space: self.space_mark(&campaign.space),
            description: self
                .messages()
                .text("head.propose.description", &campaign_args),
            ..self.head(
                "propose",
                address::propose(&campaign.slug),
                self.trail(campaign),
            )
        };
        let view = View {
            campaign: views.campaign(campaign, Tally::default()),
            form: views.idea_form(campaign, typed),
            errors: FormErrors::of(invalid, self.messages()),
        };
        self.document("propose.html", &head, &view)
    }

    /// What is said where a campaign takes no contribution now, with what was typed given back.
    ///
    /// # Errors
    /// A fault of the theme.
    pub fn closed(
        &self,
        campaign: &Campaign,
        typed: &[(String, String)],
        now: Timestamp,
    ) -> Result<String, RenderError> {
        #[derive(Serialize)]
        struct Typed<'a> {
            label: &'a str,
            value: &'a str,
        }
        #[derive(Serialize)]
        struct View<'a> {
            campaign: CampaignCard,
            upcoming: bool,
            survey_results_href: Option<String>,
            typed: Vec<Typed<'a>>,
        }
        let head = Head {
            indexed: false,
            space: self.space_mark(&campaign.space),
            ..self.head(
                "closed",
                address::propose(&campaign.slug),
                self.trail(campaign),
            )
        };
        let view = View {
            campaign: self.views(now).campaign_card(campaign, Tally::default()),
            upcoming: campaign.phase(now) == Phase::Upcoming,
            survey_results_href: campaign
                .survey
                .as_ref()
                .filter(|_| now >= campaign.closes_at())
                .map(|_| address::survey_results(&campaign.slug)),
            typed: typed
                .iter()
                .map(|(label, value)| Typed { label, value })
                .collect(),
        };
        self.document("closed.html", &head, &view)
    }

    /// The page of the form of a testimonial to a space, blank or with what was typed and what is
    /// wrong.
    ///
    /// # Errors
    /// A fault of the theme.
    pub fn testimonial_form(
        &self,
        space: &Space,
        typed: Filled<TestimonialForm>,
        invalid: &Invalid,
        now: Timestamp,
    ) -> Result<String, RenderError> {
        let errors = FormErrors::of(invalid, self.messages());
        let (head, view) = self.testimonial_form_view(space, typed, errors, now);
        self.document("tell-to.html", &head, &view)
    }

    /// What that page is made of.
    pub(crate) fn testimonial_form_view(
        &self,
        space: &Space,
        typed: Filled<TestimonialForm>,
        errors: FormErrors,
        now: Timestamp,
    ) -> (Head, impl Serialize + use<>) {
        #[derive(Serialize)]
        struct View {
            space: SpaceView,
            answer_days: Option<u16>,
            form: TestimonialFormView,
            errors: FormErrors,
        }
        let views = self.views(now);
        let mut trail = self.trail_to_testimonials();
        trail.push(Link::new(
            self.messages().text("head.tell.title", &[]),
            address::TELL,
        ));
        let args = [("space", space.name.clone())];
        let head = Head {
            space: self.space_mark(&space.slug),
            ..Head::of(
                self.messages().text("head.tell-to.title", &args),
                self.messages().text("head.tell-to.description", &args),
                address::tell(&space.slug),
                trail,
            )
        };
        let view = View {
            space: views.space(space),
            answer_days: space.testimonials.map(|level| level.answer_days),
            form: views.testimonial_form(space, typed),
            errors,
        };
        (head, view)
    }
}
