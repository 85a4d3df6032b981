//! Pages of ideas: the lists of a campaign, and each idea.

use domain::{Campaign, ContributionId};

use super::{Paging, Rendered};
use crate::address;
use crate::plan::{self, COMMENTS_PER_PAGE, IdeaList, PER_PAGE, Series, page_count, page_of};
use crate::view::{Filled, FilterView, FormErrors, Head, Link, Pagination};

impl Paging<'_> {
    pub(super) fn ideas(
        &self,
        campaign: &Campaign,
        list: &IdeaList,
        number: usize,
    ) -> Option<Rendered> {
        let cards = self.contributions.cards(&campaign.slug);
        let listed = cards.listed(list);
        let href = |number| address::ideas(&campaign.slug, list, number);
        let (range, pagination) = match list {
            IdeaList::Liked => {
                let last = page_count(listed.len(), PER_PAGE);
                let current = number.max(1);
                let range = (current - 1) * PER_PAGE..(current * PER_PAGE).min(listed.len());
                let pagination = self.views.pagination(current, last, |page| match page {
                    1 => href(Series::FIRST),
                    _ => href(page),
                });
                (range, pagination)
            }
            _ => {
                let series = Series::of(listed.len());
                (
                    series.range(number),
                    self.views.series(series, number, "ideas", href),
                )
            }
        };
        let ideas: Vec<_> = listed
            .page(range)?
            .into_iter()
            .map(|card| self.views.idea_card(&campaign.slug, card))
            .collect();
        let categories = plan::categories(self.renderer.catalogue(), &campaign.slug, cards);
        let (key, category) = match list {
            IdeaList::Recent => ("recent", String::new()),
            IdeaList::Liked => ("liked", String::new()),
            IdeaList::Category(slug) => {
                let held = categories.iter().find(|(known, _)| known == slug)?;
                ("category", held.1.clone())
            }
        };
        let args = [
            ("campaign", campaign.short.clone()),
            ("category", category),
            ("page", number.to_string()),
        ];
        let is_first = number == Series::FIRST;
        let heading = match is_first {
            true => {
                let count = listed.len() as u64;
                self.views
                    .messages
                    .count_with(&format!("list.{key}.heading"), count, &args)
            }
            false => self.said(&format!("list.{key}.heading-page"), &args),
        };
        let title = match is_first {
            true => self.said(&format!("list.{key}.title"), &args),
            false => self.said(&format!("list.{key}.title-page"), &args),
        };
        let description = self.said(&format!("list.{key}.description"), &args);
        let trail = self.renderer.trail(campaign);
        let head = self.head_of(campaign, title, description, trail);
        let (lists, filters) = match is_first {
            true => self.filters(campaign, list, &categories),
            false => (Vec::new(), Vec::new()),
        };
        // A page after the first says nothing that the next idea would change.
        let tally = match is_first {
            true => self.contributions.tally(&campaign.slug),
            false => crate::contributions::Tally::default(),
        };
        let view = serde_json::json!({
            "campaign": self.views.campaign(campaign, tally),
            "heading": heading,
            "ideas": ideas,
            "pagination": pagination,
            "lists": lists,
            "categories": filters,
            "all_href": address::ideas(&campaign.slug, &IdeaList::Recent, Series::FIRST),
        });
        Some(self.document("ideas.html", &head, &view))
    }

    /// The other lists of the campaign, and its categories.
    fn filters(
        &self,
        campaign: &Campaign,
        list: &IdeaList,
        categories: &[(domain::Slug, String)],
    ) -> (Vec<FilterView>, Vec<FilterView>) {
        let cards = self.contributions.cards(&campaign.slug);
        let filter = |label: String, other: IdeaList| FilterView {
            label,
            href: address::ideas(&campaign.slug, &other, Series::FIRST),
            count: cards.listed(&other).len() as u64,
            current: *list == other,
        };
        let lists = vec![
            filter(self.said("list.recent.label", &[]), IdeaList::Recent),
            filter(self.said("list.liked.label", &[]), IdeaList::Liked),
        ];
        let categories = categories
            .iter()
            .map(|(slug, label)| filter(label.clone(), IdeaList::Category(slug.clone())))
            .collect();
        (lists, categories)
    }

    pub(super) fn idea(
        &self,
        campaign: &Campaign,
        id: &ContributionId,
        number: usize,
    ) -> Option<Rendered> {
        let published = self.contributions.ideas.get(id)?;
        let last = page_count(published.comments.len(), COMMENTS_PER_PAGE);
        let comments = page_of(&published.comments, number, COMMENTS_PER_PAGE);
        let mut breadcrumb = self.renderer.trail(campaign);
        let list = address::ideas(&campaign.slug, &IdeaList::Recent, Series::FIRST);
        breadcrumb.push(Link::new(self.said("head.ideas.crumb", &[]), list));
        let title = published.idea.title.as_str().to_owned();
        let args = [("title", title.clone()), ("page", number.to_string())];
        let title = match number {
            1 => title,
            _ => self.said("head.idea.title-page", &args),
        };
        let excerpt = published.idea.body.excerpt(150);
        let head: Head = self.head_of(campaign, title, excerpt, breadcrumb);
        let pagination: Option<Pagination> = self
            .views
            .pagination(number, last, |page| address::idea(&campaign.slug, id, page));
        // The tally would change this page with each idea; it is not shown on it.
        let tally = crate::contributions::Tally::default();
        let site_url = self.renderer.site_url();
        let view = serde_json::json!({
            "campaign": self.views.campaign_card(campaign, tally),
            "idea": self.views.idea(campaign, published, comments, site_url),
            "pagination": pagination,
            "comments_page": number,
            "form": self.views.comment_form(&campaign.slug, id, Filled::default()),
            "errors": FormErrors::default(),
        });
        Some(self.document("idea.html", &head, &view))
    }

    /// Where an idea was that was grouped with another. It says nothing of the other but where it
    /// is, so that it never has to be made again.
    pub(super) fn moved(&self, campaign: &Campaign, id: &ContributionId) -> Option<Rendered> {
        let moved = self.contributions.moved.get(id)?;
        let trail = self.renderer.trail(campaign);
        let title = self.said("head.moved.title", &[]);
        let description = self.said("head.moved.description", &[]);
        let head = Head {
            indexed: false,
            ..self.head_of(campaign, title, description, trail)
        };
        let view = serde_json::json!({
            "href": address::idea(&campaign.slug, &moved.into, 1),
        });
        Some(self.document("moved.html", &head, &view))
    }
}
