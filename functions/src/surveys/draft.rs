//! What somebody has answered so far to a survey, in the store.

use std::collections::BTreeMap;

use domain::survey::Typed;
use domain::{Campaign, ContributionId};
use jiff::{Timestamp, ToSpan};

use crate::session::Visitor;
use crate::store::DraftMark;
use crate::{App, Failure, random};

/// For how long a draft is kept after it was last written, in days.
const KEPT_DAYS: i64 = 7;
/// How much of all pages is kept, in bytes: an item of DynamoDB holds 400 KB.
const LARGEST: usize = 300_000;

/// A draft.
pub(super) struct Draft {
    /// What it is called, and what is sent of it after: 80 random bits, which nobody can use who has
    /// not the signature in the cookie too.
    pub(super) id: ContributionId,
    pages: BTreeMap<usize, Typed>,
    /// Whether a field was filled in it that people don't see.
    pub(super) trapped: bool,
    /// Whether the link to it was followed that is sent by mail.
    pub(super) by_mail: bool,
}

impl Draft {
    /// A new one.
    pub(super) fn new() -> Self {
        Self {
            id: ContributionId::from_bytes(random()),
            pages: BTreeMap::new(),
            trapped: false,
            by_mail: false,
        }
    }

    /// That of a browser; none where it has none, or it was not kept for so long.
    pub(super) async fn of(
        app: &App,
        campaign: &Campaign,
        visitor: &Visitor,
    ) -> Result<Option<Self>, Failure> {
        match visitor.draft(app, campaign) {
            Some(id) => Self::kept(app, campaign, id).await,
            None => Ok(None),
        }
    }

    /// The draft of that name.
    pub(super) async fn kept(
        app: &App,
        campaign: &Campaign,
        id: ContributionId,
    ) -> Result<Option<Self>, Failure> {
        let slug = &campaign.slug;
        let kept = app.store.survey_draft(slug, &id, app.now()).await?;
        Ok(kept.map(|kept| Self {
            id,
            pages: kept.pages,
            trapped: kept.marks.contains(&DraftMark::Trapped),
            by_mail: kept.marks.contains(&DraftMark::ByMail),
        }))
    }

    /// What was typed in a page.
    pub(super) fn page(&self, number: usize) -> &Typed {
        static NOTHING: std::sync::LazyLock<Typed> = std::sync::LazyLock::new(Typed::default);
        self.pages.get(&number).unwrap_or(&NOTHING)
    }

    /// What was typed in all pages.
    pub(super) fn typed(&self) -> Typed {
        let pages = self.pages.values().cloned();
        pages.fold(Typed::default(), Typed::with)
    }

    /// Takes what was typed in a page, in the place of what was typed in it before.
    pub(super) fn put(&mut self, number: usize, typed: Typed) {
        self.pages.insert(number, typed);
    }

    /// Keeps what may be kept of a page, for another week.
    ///
    /// # Errors
    /// [`Failure::TooLarge`] where it has more than its share of what a draft holds.
    pub(super) async fn keep(
        &self,
        app: &App,
        campaign: &Campaign,
        number: usize,
        kept: &Typed,
    ) -> Result<(), Failure> {
        let sections = campaign.survey.as_ref().map_or(1, |it| it.sections.len());
        let size: usize = kept
            .fields()
            .map(|(name, value)| name.len() + value.len())
            .sum();
        if size > LARGEST / sections.max(1) {
            return Err(Failure::TooLarge);
        }
        let until = Self::until(app, campaign);
        app.store
            .keep_survey_page(&campaign.slug, &self.id, number, kept, until)
            .await?;
        Ok(())
    }

    /// Marks it for as long as it is kept.
    pub(super) async fn mark(
        &self,
        app: &App,
        campaign: &Campaign,
        mark: DraftMark,
    ) -> Result<(), Failure> {
        let slug = &campaign.slug;
        Ok(app.store.mark_survey_draft(slug, &self.id, mark).await?)
    }

    /// Until when what is written now is kept: a week, and no longer than a day after the campaign
    /// closes.
    pub(super) fn until(app: &App, campaign: &Campaign) -> Timestamp {
        let week = app.now().saturating_add((KEPT_DAYS * 24).hours());
        let closed = campaign.closes_at().saturating_add(24.hours());
        match (week, closed) {
            (Ok(week), Ok(closed)) => week.min(closed),
            _ => campaign.closes_at(),
        }
    }
}
