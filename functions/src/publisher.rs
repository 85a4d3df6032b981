//! The publisher: stream records → pages to render → the generator → their place.
//!
//! A record says only what changed. What the pages say is read and counted afresh, so that a
//! record that comes twice, late or out of order does no harm.
//!
//! Counting and rendering are apart. [`Publisher::count`] keeps the counts at once;
//! [`Publisher::render`] follows for all but likes; and pages that only likes touch take their
//! turns of 30 s, as do those of figures, which change with whatever becomes of a testimonial: on
//! one machine, [`Throttle`] remembers them, and the site renders what waits
//! before it stops. A function has no memory: it notes in the store what waits
//! ([`Publisher::publish_and_note`]), and the clock renders it ([`Publisher::render_waiting`]).

mod records;
mod throttle;
mod waiting;
mod whole;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use domain::{ContributionId, ContributionRef, Facts, PublishedTestimonial, Slug};
use jiff::Timestamp;
use site_gen::plan::{self, Change, Page, TestimonialChange};
use site_gen::{Contributions, Directory, Moved, Problem, PublishedIdea, RenderError, Renderer};

pub use records::{Image, Record};
pub use throttle::{Due, RENEWED_EVERY, Throttle};

use crate::Clock;
use crate::output::{File, Output};
use crate::store::{Store, StoreError};
use records::{Scope, Shown, surveys, testimonials, touches};

/// Pages that are rendered before they are put in place together, so that a change of many pages
/// takes no more memory than this.
const TOGETHER: usize = 32;

/// Puts in place the pages that published contributions make.
pub struct Publisher<O = Directory> {
    /// The store.
    pub store: Store,
    /// The catalogue and the theme.
    pub renderer: Arc<Renderer>,
    /// Where pages go.
    pub output: O,
    /// What tells the time.
    pub clock: Clock,
}

/// What a publication did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Published {
    /// Pages that were rendered.
    pub rendered: usize,
    /// Pages that are new or have changed.
    pub written: usize,
    /// Pages that are no longer.
    pub removed: usize,
}

/// Why pages could not be put in place; the records may be given again.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// The store did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A template is at fault.
    #[error(transparent)]
    Render(#[from] RenderError),
    /// The pages can't be written.
    #[error("the pages can't be written: {0}")]
    Output(#[from] std::io::Error),
    /// The whole site can't be built.
    #[error("{} problem(s), the first: {}", .0.len(), .0.first().map(ToString::to_string).unwrap_or_default())]
    Build(Vec<Problem>),
}

/// What records touched, once it is counted.
#[derive(Debug, Default)]
pub struct Counted {
    changes: BTreeSet<Change>,
    ideas: BTreeMap<ContributionId, PublishedIdea>,
    moved: BTreeMap<ContributionId, Moved>,
    testimonials: BTreeMap<ContributionId, PublishedTestimonial>,
    /// Published ideas of which nothing but the likes changed, each with its campaign.
    pub liked: BTreeMap<ContributionId, Slug>,
    /// Published testimonials of which nothing changed but how many had the same experience.
    pub same: BTreeSet<ContributionId>,
    /// Whether something became of a testimonial, published or not.
    pub figures: bool,
    /// Campaigns in whose survey somebody took part, or no longer does.
    pub surveys: BTreeSet<Slug>,
}

impl<O: Output> Publisher<O> {
    /// Counts what these records touch, renders its pages, all at once, and puts them in place.
    ///
    /// # Errors
    /// [`PublishError`].
    pub async fn publish(&self, records: &[Record]) -> Result<Published, PublishError> {
        let mut counted = self.count(records).await?;
        let mut throttle = Throttle::default();
        throttle.take(&mut counted);
        let done = self.render(counted).await?;
        Ok(done + self.render_likes(&throttle.all()).await?)
    }

    /// Counts afresh what these records touch, and keeps it where lists and pages find it: never
    /// added to, so that a record that comes twice, late or out of order does no harm.
    ///
    /// # Errors
    /// [`PublishError::Store`].
    pub async fn count(&self, records: &[Record]) -> Result<Counted, PublishError> {
        let mut counted = Counted::default();
        for campaign in surveys(records) {
            self.store.recount_participants(&campaign).await?;
            counted.surveys.insert(campaign);
        }
        for (id, touch) in touches(records) {
            if touch.scope == Scope::Likes {
                match self.store.recount(&id, &touch.shards, self.now()).await? {
                    Some(campaign) => {
                        counted.liked.insert(id, campaign);
                    }
                    None => {
                        if let Some(moved) = self.store.moved(&id).await? {
                            self.carry_late(&id, &moved).await?;
                        } else if self.store.recount_same(&id).await?.is_some() {
                            counted.same.insert(id);
                        }
                    }
                }
                continue;
            }
            let Some(refreshed) = self.store.refresh(&id, &touch.shards, self.now()).await? else {
                continue;
            };
            counted.changes.insert(match touch.scope {
                Scope::Idea => Change::Idea(refreshed.campaign, id.clone()),
                _ => Change::Replies(refreshed.campaign, id.clone()),
            });
            if let Some(moved) = refreshed.moved {
                self.carry_late(&id, &moved).await?;
                counted.moved.insert(id.clone(), moved);
            }
            if let Some(published) = refreshed.published {
                counted.ideas.insert(id, published);
            }
        }
        for (id, shown) in testimonials(records) {
            counted.figures = true;
            let reference = ContributionRef::Testimonial(id.clone());
            let held = match shown {
                Shown::Maybe => self.store.contribution(&reference).await?,
                Shown::Never => None,
            };
            let Some(held) = held else {
                continue;
            };
            if let Some(published) = self.store.recount_same(&id).await? {
                counted.testimonials.insert(id.clone(), published);
            }
            let Some(testimonial) = held.testimonial() else {
                continue;
            };
            let formerly = held.reassignments.iter();
            let formerly = formerly
                .flat_map(|it| it.from.iter().chain(&it.to))
                .cloned();
            let change = TestimonialChange::of(testimonial, held.published_at, formerly);
            counted.changes.insert(Change::Testimonial(change));
        }
        Ok(counted)
    }

    /// Likes that came while their idea was grouped with another go on there.
    async fn carry_late(&self, from: &ContributionId, moved: &Moved) -> Result<(), StoreError> {
        self.store.carry_likes(from, &moved.into).await
    }

    /// Renders the pages of what changed otherwise than by likes, and puts them in place.
    ///
    /// # Errors
    /// [`PublishError`].
    pub async fn render(&self, counted: Counted) -> Result<Published, PublishError> {
        if counted.changes.is_empty() {
            return Ok(Published::default());
        }
        let mut contributions = Contributions {
            ideas: counted.ideas,
            moved: counted.moved,
            testimonials: counted.testimonials,
            ..Contributions::default()
        };
        let campaigns = counted.changes.iter().filter_map(|change| match change {
            Change::Idea(campaign, _) | Change::Replies(campaign, _) => Some(campaign.clone()),
            Change::Testimonial(_) | Change::Same(_) | Change::Survey(_) => None,
        });
        self.tally(&campaigns.collect(), &mut contributions).await?;
        let mut render = BTreeSet::new();
        let mut remove_from = BTreeSet::new();
        for change in &counted.changes {
            let touched = plan::touched(self.renderer.catalogue(), &contributions, change);
            render.extend(touched.render);
            remove_from.extend(touched.remove_from);
            // Of ideas that were published together, none is the first that makes all of these.
            if let Change::Idea(campaign, _) = change
                && !contributions.cards(campaign).all().is_empty()
            {
                let files = plan::search_files(campaign).map(|page| page.file());
                let standing = self.output.standing(files.collect()).await?;
                let missing = |page: &Page| !standing.contains(&page.file());
                render.extend(plan::search_files(campaign).filter(missing));
            }
        }
        self.put(&render, &remove_from, &contributions).await
    }

    /// Renders the pages that show likes and figures, with the counts that are kept, and puts them
    /// in place.
    ///
    /// # Errors
    /// [`PublishError`].
    pub async fn render_likes(&self, due: &Due) -> Result<Published, PublishError> {
        let mut render = BTreeSet::new();
        let mut remove_from = BTreeSet::new();
        let mut contributions = Contributions::default();
        for (id, campaign) in &due.ideas {
            if let Some(published) = self.store.published_idea(id).await? {
                contributions.ideas.insert(id.clone(), published);
                render.extend(plan::idea_pages(campaign, id, &contributions));
            }
        }
        for id in due.testimonials.keys() {
            if let Some(published) = self.store.published_testimonial(id).await? {
                contributions.testimonials.insert(id.clone(), published);
            }
        }
        if !(due.campaigns.is_empty() && due.testimonials.is_empty() && due.surveys.is_empty()) {
            let campaigns = due.campaigns.keys().chain(due.surveys.keys());
            let campaigns = campaigns.cloned().collect();
            self.tally(&campaigns, &mut contributions).await?;
        }
        for slug in due.surveys.keys() {
            let campaign = self.renderer.catalogue().campaigns.get(slug);
            if let Some(campaign) = campaign
                && let Some(results) = self.store.survey_results(campaign, self.now()).await?
            {
                contributions.surveys.insert(slug.clone(), results);
            }
        }
        for slug in due.surveys.keys() {
            let change = Change::Survey(slug.clone());
            let touched = plan::touched(self.renderer.catalogue(), &contributions, &change);
            render.extend(touched.render);
        }
        for published in contributions.testimonials.values() {
            let at = Some(published.published_at);
            let change = TestimonialChange::of(&published.testimonial, at, []);
            let change = Change::Same(change);
            let touched = plan::touched(self.renderer.catalogue(), &contributions, &change);
            render.extend(touched.render);
        }
        if due.figures {
            contributions.facts = self.facts().await?;
            let catalogue = self.renderer.catalogue();
            render.extend(plan::statistics_pages(catalogue, &contributions.facts));
        }
        let is_shared = |page: &Page| !matches!(page, Page::Idea(..));
        for (campaign, ideas) in &due.campaigns {
            for idea in ideas {
                let change = Change::Replies(campaign.clone(), idea.clone());
                let touched = plan::touched(self.renderer.catalogue(), &contributions, &change);
                render.extend(touched.render.into_iter().filter(is_shared));
                remove_from.extend(touched.remove_from.into_iter().filter(is_shared));
            }
        }
        self.put(&render, &remove_from, &contributions).await
    }

    /// Reads the lists of the campaigns that changed, and keeps their tallies for the others' pages.
    /// What was published since, and whose page comes with a later change, is not listed yet.
    async fn tally(
        &self,
        campaigns: &BTreeSet<Slug>,
        contributions: &mut Contributions,
    ) -> Result<(), PublishError> {
        contributions.tallies = self.store.tallies().await?;
        self.list_testimonials(contributions).await?;
        for campaign in campaigns {
            let before = contributions.tally(campaign);
            let mut cards = self.store.cards(campaign).await?;
            let file = |id: &ContributionId| Page::Idea(campaign.clone(), id.clone(), 1).file();
            let others = cards.iter().map(|card| &card.id);
            let others = others.filter(|id| !contributions.ideas.contains_key(*id));
            let standing = self.output.standing(others.map(file).collect()).await?;
            cards.retain(|card| {
                contributions.ideas.contains_key(&card.id) || standing.contains(&file(&card.id))
            });
            contributions.set_cards(campaign.clone(), cards);
            let tally = contributions.tally(campaign);
            if tally != before {
                self.store.put_tally(campaign, tally).await?;
            }
        }
        Ok(())
    }

    /// What became of every testimonial.
    async fn facts(&self) -> Result<Facts, StoreError> {
        let mut facts = Vec::new();
        for space in self.renderer.catalogue().spaces.keys() {
            facts.extend(self.store.testimonial_facts(space).await?);
        }
        Ok(Facts::new(facts))
    }

    /// Reads the lists of testimonials. What was published since, and whose page comes with a later
    /// change, is not listed yet.
    async fn list_testimonials(
        &self,
        contributions: &mut Contributions,
    ) -> Result<(), PublishError> {
        let mut all = Vec::new();
        for space in self.renderer.catalogue().spaces.keys() {
            all.extend(self.store.testimonial_cards(space).await?);
        }
        let file = |id: &ContributionId| Page::Testimonial(id.clone()).file();
        let others = all.iter().map(|card| &card.id);
        let others = others.filter(|id| !contributions.testimonials.contains_key(*id));
        let standing = self.output.standing(others.map(file).collect()).await?;
        all.retain(|card| {
            contributions.testimonials.contains_key(&card.id) || standing.contains(&file(&card.id))
        });
        contributions.set_testimonial_cards(all);
        Ok(())
    }

    async fn put(
        &self,
        render: &BTreeSet<Page>,
        remove_from: &BTreeSet<Page>,
        contributions: &Contributions,
    ) -> Result<Published, PublishError> {
        // Ideas first: whatever leads to one comes after it.
        let is_idea = |page: &&Page| matches!(page, Page::Idea(..) | Page::Testimonial(_));
        let (ideas, others): (Vec<_>, Vec<_>) = render.iter().partition(is_idea);
        let now = self.now();
        let mut done = Published::default();
        for together in ideas.chunks(TOGETHER).chain(others.chunks(TOGETHER)) {
            let mut files = Vec::with_capacity(together.len());
            for page in together {
                let html = self.renderer.page(page, contributions, now)?;
                files.extend(html.map(|html| File {
                    path: page.file(),
                    bytes: html.into_bytes(),
                }));
            }
            done.rendered += files.len();
            done.written += self.output.put(files).await?;
        }
        for first in remove_from {
            let mut next = Some(first.clone());
            while let Some(page) = next {
                if !self.output.remove(&page.file()).await? {
                    break;
                }
                done.removed += 1;
                next = plan::following(&page);
            }
        }
        Ok(done)
    }

    fn now(&self) -> Timestamp {
        (self.clock)()
    }
}

impl std::ops::Add for Published {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            rendered: self.rendered + other.rendered,
            written: self.written + other.written,
            removed: self.removed + other.removed,
        }
    }
}
