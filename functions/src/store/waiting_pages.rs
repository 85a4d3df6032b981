//! Pages that wait for their turn, where the publisher has no memory: what it noted, for the clock.
//!
//! A note is an item by what the pages show, so that many likes of one idea are one note. It is
//! taken away on condition that it was not noted again since it was read.

use domain::{ContributionId, Slug};

use super::attributes::{Attributes, key, text};
use super::{Store, StoreError, unless_condition};
use crate::keys::{self, Key, SORT, WAITING_PAGES};
use crate::publisher::{Due, Throttle};
use crate::secret::{hex, random};

const IDEA: &str = "IDEA";
const TESTIMONIAL: &str = "TESTIMONIAL";
const SURVEY: &str = "SURVEY";
const FIGURES: &str = "FIGURES";
const NOTE: &str = "noted";

/// Pages that wait, as they were noted last.
#[derive(Debug, Clone)]
pub(crate) struct WaitingPages {
    key: Key,
    shows: Shows,
    /// What tells this note from one that is put later.
    note: String,
}

#[derive(Debug, Clone)]
enum Shows {
    Idea(ContributionId, Slug),
    Testimonial(ContributionId),
    Survey(Slug),
    Figures,
}

impl WaitingPages {
    /// Adds what they show to what is to be rendered.
    pub(crate) fn add_to(&self, throttle: &mut Throttle) {
        match &self.shows {
            Shows::Idea(idea, campaign) => {
                throttle.add([(idea.clone(), campaign.clone())].into());
            }
            Shows::Testimonial(id) => throttle.add_same([id.clone()]),
            Shows::Survey(campaign) => throttle.add_surveys([campaign.clone()]),
            Shows::Figures => throttle.add_figures(),
        }
    }
}

impl Store {
    /// Notes pages that wait for their turn.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]: some may be noted.
    pub(crate) async fn note_waiting(&self, due: &Due) -> Result<(), StoreError> {
        let note = hex(&random::<8>());
        for (campaign, ideas) in &due.campaigns {
            for idea in ideas {
                let at = keys::waiting_pages(IDEA, idea.as_str());
                let item = Attributes::at(&at).text("campaign", campaign.as_str());
                self.put_note(item, &note).await?;
            }
        }
        for testimonial in due.testimonials.keys() {
            let at = keys::waiting_pages(TESTIMONIAL, testimonial.as_str());
            self.put_note(Attributes::at(&at), &note).await?;
        }
        for campaign in due.surveys.keys() {
            let at = keys::waiting_pages(SURVEY, campaign.as_str());
            self.put_note(Attributes::at(&at), &note).await?;
        }
        if due.figures {
            let at = keys::waiting_pages(FIGURES, "");
            self.put_note(Attributes::at(&at), &note).await?;
        }
        Ok(())
    }

    async fn put_note(&self, item: Attributes, note: &str) -> Result<(), StoreError> {
        let item = item.text(NOTE, note);
        self.put_item(item, "note pages that wait").await
    }

    /// All pages that wait for their turn.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) async fn waiting_pages(&self) -> Result<Vec<WaitingPages>, StoreError> {
        let items = self
            .partition(WAITING_PAGES, "", "read which pages wait")
            .await?;
        items.iter().map(waiting).collect()
    }

    /// Takes a note away, unless it was noted again.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub(crate) async fn waits_no_more(&self, waiting: &WaitingPages) -> Result<(), StoreError> {
        let deleted = self
            .client
            .delete_item()
            .table_name(&self.tables.main)
            .set_key(Some(key(&waiting.key)))
            .condition_expression("#note = :seen")
            .expression_attribute_names("#note", NOTE)
            .expression_attribute_values(":seen", text(&waiting.note))
            .send()
            .await;
        unless_condition(deleted, "forget pages that waited").map(|_| ())
    }
}

fn waiting(item: &Attributes) -> Result<WaitingPages, StoreError> {
    let sort = item.get(SORT)?;
    let illegible = || StoreError::Illegible(SORT);
    let (kind, which) = sort.split_once('#').ok_or_else(illegible)?;
    let id = || ContributionId::parse(which).map_err(|_| illegible());
    let shows = match kind {
        IDEA => Shows::Idea(id()?, item.parse("campaign", Slug::parse)?),
        TESTIMONIAL => Shows::Testimonial(id()?),
        SURVEY => Shows::Survey(Slug::parse(which).map_err(|_| illegible())?),
        FIGURES => Shows::Figures,
        _ => return Err(illegible()),
    };
    Ok(WaitingPages {
        key: keys::waiting_pages(kind, which),
        shows,
        note: item.get(NOTE)?.to_owned(),
    })
}
