//! A page of a survey, blank or with what was typed: the same for the static page and for functions.

mod measures;

use domain::Campaign;
use domain::survey::{Read, Survey, Typed, Wrong};
use jiff::Timestamp;
use serde::Serialize;

use crate::address;
use crate::contributions::Tally;
use crate::dates;
use crate::markdown;
use crate::render::{Made, Renderer};
use crate::theme::RenderError;
pub(crate) use measures::{codebook, csv, json};

use crate::view::{CampaignCard, FieldMessage, FormErrors, Head, SurveyView};

/// Where somebody is in a survey.
#[derive(Debug, Clone, Copy)]
pub struct SurveyStep<'a> {
    /// The pages that are shown, and the answers so far.
    pub read: &'a Read<'a>,
    /// The number of the page, which is one of them.
    pub number: usize,
    /// What was typed.
    pub typed: &'a Typed,
    /// What is wrong with it.
    pub wrong: &'a [Wrong],
    /// What tells this participant's order of choices from those of others.
    pub seed: &'a str,
    /// Whether one came from the review, and goes back there.
    pub from_review: bool,
}

impl Renderer {
    /// A page of a survey.
    ///
    /// # Errors
    /// A fault of the theme.
    pub fn survey_page(
        &self,
        campaign: &Campaign,
        survey: &Survey,
        step: SurveyStep<'_>,
        now: Timestamp,
    ) -> Result<String, RenderError> {
        let made = self.make_survey_page(None, campaign, survey, step, now)?;
        Ok(made.html.unwrap_or_default())
    }

    /// The same, unless all it is made of has the fingerprint `known`.
    pub(crate) fn make_survey_page(
        &self,
        known: Option<u64>,
        campaign: &Campaign,
        survey: &Survey,
        step: SurveyStep<'_>,
        now: Timestamp,
    ) -> Result<Made, RenderError> {
        #[derive(Serialize)]
        struct View {
            campaign: CampaignCard,
            survey: SurveyView,
            errors: FormErrors,
        }
        let views = self.views(now);
        let errors = self.survey_errors(step.wrong);
        let pages = &step.read.pages;
        let place = pages.iter().position(|page| page.number == step.number);
        let place = place.unwrap_or_default();
        let page = &pages[place];
        let args = [
            ("campaign", campaign.short.clone()),
            ("page", (place + 1).to_string()),
            ("title", page.section.title.clone()),
        ];
        let is_first = place == 0;
        let messages = self.messages();
        let part = if is_first { "first" } else { "next" };
        let head = Head {
            space: self.space_mark(&campaign.space),
            indexed: is_first,
            ..Head::of(
                messages.text(&format!("head.survey.{part}"), &args),
                messages.text("head.survey.description", &args),
                address::survey(&campaign.slug),
                self.trail(campaign),
            )
        };
        let view = View {
            campaign: views.campaign_card(campaign, Tally::default()),
            survey: SurveyView {
                lead: is_first.then(|| survey.lead.clone()),
                title: page.section.title.clone(),
                text: page
                    .section
                    .text
                    .as_ref()
                    .map(|text| markdown::editors(text, &self.catalogue().images)),
                place: place + 1,
                count: pages.len(),
                questions: views.survey_questions(page, &step, &errors),
                action: address::answer_survey(&campaign.slug, page.number),
                resume_href: address::answer_survey(&campaign.slug, "reprendre"),
                has_before: !is_first,
                has_after: place + 1 < pages.len(),
                from_review: step.from_review,
                until: dates::day(campaign.closes, messages),
            },
            errors,
        };
        self.document_unless(known, "survey.html", &head, &view)
    }

    /// What is wrong with a page of a survey, in words.
    #[must_use]
    pub fn survey_errors(&self, wrong: &[Wrong]) -> FormErrors {
        let summary = wrong.iter().map(|wrong| FieldMessage {
            field: wrong.field.clone(),
            message: self.messages().text(&wrong.key, &wrong.args),
        });
        FormErrors::of_messages(summary.collect())
    }
}
