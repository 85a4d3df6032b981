//! Pages of testimonials: the lists, each testimonial, how one tells an experience, and the form.

use domain::{ContributionId, Sentiment, Slug, StatisticsOf, TestimonialCard};

use super::{Paging, Rendered};
use crate::address;
use crate::plan::{Series, StatisticsForm, TestimonialIndex, TestimonialList};
use crate::view::{Filled, FilterView, FormErrors, Head, Link, TestimonialCardView};

/// How many filters of a group stand beside a list at most.
const FEW: usize = 8;

impl Paging<'_> {
    pub(super) fn testimonials(&self, list: &TestimonialList, number: usize) -> Option<Rendered> {
        let cards = &self.contributions.testimonial_cards;
        let count = cards.count(list);
        let series = Series::of(count);
        let shown = cards.on(list, series.range(number))?;
        let shown: Vec<_> = shown
            .into_iter()
            .map(|card| self.views.testimonial_card(card))
            .collect();
        let href = |number| address::testimonials(list, number);
        let (key, name) = self.named(list)?;
        let args = [("name", name), ("page", number.to_string())];
        let is_first = number == Series::FIRST;
        let (heading, title) = if is_first {
            let key = format!("testimonials.{key}");
            let count = count as u64;
            let messages = self.views.messages;
            (
                messages.count_with(&format!("{key}.heading"), count, &args),
                self.said(&format!("{key}.title"), &args),
            )
        } else {
            let title = self.said(&format!("testimonials.{key}.title-page"), &args);
            (title.clone(), title)
        };
        let description = self.said(&format!("testimonials.{key}.description"), &args);
        let head = Head {
            feed: self.feed_link("testimonials", address::TESTIMONIALS_FEED),
            space: match list {
                TestimonialList::Space(space) => self.renderer.space_mark(space),
                _ => None,
            },
            ..Head::of(title, description, self.page.address(), self.crumbs(list))
        };
        let space = match list {
            TestimonialList::Space(slug) => Some(slug),
            TestimonialList::Structure(slug) => {
                let structure = self.renderer.catalogue().structures.get(slug);
                structure.map(|structure| &structure.space)
            }
            _ => None,
        };
        let structure = match list {
            TestimonialList::Structure(slug) => self.renderer.catalogue().structures.get(slug),
            _ => None,
        };
        let body = |body: &str| {
            let images = &self.renderer.catalogue().images;
            crate::markdown::editors(body, images)
        };
        let view = serde_json::json!({
            "heading": heading,
            "testimonials": shown,
            "pagination": self.views.series(series, number, "testimonials", href),
            "structure": structure.filter(|_| is_first).map(|structure| serde_json::json!({
                "summary": structure.summary,
                "body": body(&structure.body),
            })),
            "filters": if is_first { self.testimonial_filters(list) } else { Vec::new() },
            "tell_href": space.map_or_else(|| address::TELL.to_owned(), address::tell),
            "all_href": (!is_first || !list.is_of_all()).then_some(address::TESTIMONIALS),
            "statistics_href": self.statistics_href(list).filter(|_| is_first),
        });
        Some(self.document("testimonials.html", &head, &view))
    }

    /// The latest testimonials that a service answered.
    pub(super) fn latest_answered(
        &self,
        of: impl Fn(&TestimonialCard) -> bool,
    ) -> Vec<TestimonialCardView> {
        self.latest(|card| card.answered_at.is_some() && of(card))
    }

    /// The latest testimonials of these.
    pub(super) fn latest(&self, of: impl Fn(&TestimonialCard) -> bool) -> Vec<TestimonialCardView> {
        const LATEST: usize = 3;
        let cards = self.contributions.testimonial_cards.all().iter();
        let cards = cards.filter(|card| of(card)).take(LATEST);
        cards
            .map(|card| self.views.testimonial_card(card))
            .collect()
    }

    /// The figures of the testimonials of a list, where they have some.
    fn statistics_href(&self, list: &TestimonialList) -> Option<String> {
        let of = match list {
            TestimonialList::All => StatisticsOf::All,
            TestimonialList::Space(space) => StatisticsOf::Space(space.clone()),
            TestimonialList::Structure(structure) => StatisticsOf::Structure(structure.clone()),
            _ => return None,
        };
        let are_there = self.renderer.catalogue().takes_testimonials();
        are_there.then(|| address::statistics(&of, StatisticsForm::Page))
    }

    /// The key of a list in messages, and what it is of; none where editors no longer have that.
    fn named(&self, list: &TestimonialList) -> Option<(&'static str, String)> {
        let catalogue = self.renderer.catalogue();
        Some(match list {
            TestimonialList::All => ("all", String::new()),
            TestimonialList::Answered => ("answered", String::new()),
            TestimonialList::Unanswered => ("unanswered", String::new()),
            TestimonialList::Felt(sentiment) => {
                ("felt", self.views.sentiment(*sentiment).to_lowercase())
            }
            TestimonialList::Space(space) => ("space", catalogue.spaces.get(space)?.name.clone()),
            TestimonialList::Structure(slug) => {
                ("structure", catalogue.structures.get(slug)?.name.clone())
            }
            TestimonialList::Department(code) => ("department", self.views.department(code)),
        })
    }

    fn crumbs(&self, list: &TestimonialList) -> Vec<Link> {
        match list {
            TestimonialList::All => self.renderer.trail_home(),
            _ => self.renderer.trail_to_testimonials(),
        }
    }

    /// The filters beside a list, in groups: answered or not, what was felt, of which space,
    /// structure and department. Beside the list of a space, a structure or a department stand the
    /// structures of its space and no other count, so that one more testimonial changes no list
    /// that has nothing to do with it. Of spaces and departments, where there are too many, only
    /// the one that is chosen stands there, and a link to all.
    fn testimonial_filters(&self, current: &TestimonialList) -> Vec<serde_json::Value> {
        let catalogue = self.renderer.catalogue();
        let of_all = current.is_of_all();
        let group = |key: &str, filters: Vec<FilterView>, all: Option<TestimonialIndex>| {
            let is_shown = |filter: &FilterView| filter.count > 0 || filter.current;
            let mut filters: Vec<_> = filters.into_iter().filter(is_shown).collect();
            let said = |part: &str| self.said(&format!("testimonials.{part}.{key}"), &[]);
            let more = all.filter(|_| !of_all || filters.len() > FEW).map(|index| {
                filters.retain(|filter| filter.current);
                Link::new(said("choose"), address::testimonials_by(index))
            });
            (more.is_some() || !filters.is_empty()).then(|| {
                serde_json::json!({
                    "id": key,
                    "label": said("filter"),
                    "filters": filters,
                    "more": more,
                })
            })
        };
        let said = |key: &str| self.said(&format!("testimonials.filter.{key}"), &[]);
        let filter = |list, label| self.testimonial_filter(current, list, label);
        let mut answers = vec![
            filter(TestimonialList::All, said("all")),
            filter(TestimonialList::Answered, said("answered")),
            filter(TestimonialList::Unanswered, said("unanswered")),
        ];
        answers[0].count = self.contributions.testimonial_cards.all().len() as u64;
        let felt = Sentiment::ALL
            .map(|it| filter(TestimonialList::Felt(it), self.views.sentiment(it)))
            .to_vec();
        let space = match current {
            TestimonialList::Space(space) => Some(space),
            TestimonialList::Structure(slug) => catalogue.structures.get(slug).map(|it| &it.space),
            _ => None,
        };
        let all_stand_here = of_all && catalogue.structures.len() <= FEW;
        let structures = catalogue.structures.values();
        let structures = structures
            .filter(|it| all_stand_here || Some(&it.space) == space)
            .map(|it| filter(TestimonialList::Structure(it.slug.clone()), it.name.clone()))
            .collect();
        let index = |index| self.indexed(index, current);
        let (spaces, departments) = (TestimonialIndex::Spaces, TestimonialIndex::Departments);
        let of_all = |filters| if of_all { filters } else { Vec::new() };
        [
            group("answers", of_all(answers), None),
            group("sentiments", of_all(felt), None),
            group("spaces", index(spaces), Some(spaces)),
            group("structures", structures, None),
            group("departments", index(departments), Some(departments)),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    fn testimonial_filter(
        &self,
        current: &TestimonialList,
        list: TestimonialList,
        label: String,
    ) -> FilterView {
        FilterView {
            label,
            href: address::testimonials(&list, Series::FIRST),
            count: self.contributions.testimonial_cards.count(&list) as u64,
            current: *current == list,
        }
    }

    /// The lists of each space that takes testimonials or did, or of each department.
    fn indexed(&self, index: TestimonialIndex, current: &TestimonialList) -> Vec<FilterView> {
        let catalogue = self.renderer.catalogue();
        match index {
            TestimonialIndex::Spaces => {
                let spaces = catalogue.spaces_in_order().into_iter();
                spaces
                    .map(|space| {
                        let list = TestimonialList::Space(space.slug.clone());
                        self.testimonial_filter(current, list, space.name.clone())
                    })
                    .collect()
            }
            TestimonialIndex::Departments => {
                let lists = self.contributions.testimonial_cards.lists(catalogue);
                let departments = lists.into_iter().filter_map(|list| match &list {
                    TestimonialList::Department(code) => {
                        let label = self.views.department(code);
                        Some(self.testimonial_filter(current, list, label))
                    }
                    _ => None,
                });
                departments.collect()
            }
        }
    }

    pub(super) fn testimonials_by(&self, index: TestimonialIndex) -> Rendered {
        let key = match index {
            TestimonialIndex::Spaces => "testimonials-by-space",
            TestimonialIndex::Departments => "testimonials-by-department",
        };
        let head = self.head(key, self.renderer.trail_to_testimonials());
        let lists = self.indexed(index, &TestimonialList::All).into_iter();
        let view = serde_json::json!({
            "lists": lists.filter(|list| list.count > 0).collect::<Vec<_>>(),
            "all_href": address::TESTIMONIALS,
            "tell_href": address::TELL,
        });
        self.document("testimonials-by.html", &head, &view)
    }

    pub(super) fn testimonial(&self, id: &ContributionId) -> Option<Rendered> {
        let published = self.contributions.testimonials.get(id)?;
        let testimonial = &published.testimonial;
        let head = Head {
            space: self.renderer.space_mark(&testimonial.space),
            ..Head::of(
                testimonial.title.as_str(),
                testimonial.body.excerpt(150),
                self.page.address(),
                self.renderer.trail_to_testimonials(),
            )
        };
        let view = serde_json::json!({
            "testimonial": self.views.testimonial(published, self.renderer.site_url()),
        });
        Some(self.document("testimonial.html", &head, &view))
    }

    pub(super) fn tell(&self) -> Rendered {
        let head = self.head("tell", self.renderer.trail_to_testimonials());
        let spaces: Vec<_> = self
            .renderer
            .catalogue()
            .spaces_in_order()
            .into_iter()
            .filter(|space| space.testimonials.is_some())
            .map(|space| {
                serde_json::json!({
                    "name": space.name,
                    "place": space.place,
                    "href": address::tell(&space.slug),
                })
            })
            .collect();
        self.document("tell.html", &head, &serde_json::json!({"spaces": spaces}))
    }

    pub(super) fn tell_to(&self, slug: &Slug) -> Option<Rendered> {
        let space = self.renderer.catalogue().spaces.get(slug)?;
        space.testimonials?;
        let (head, view) = self.renderer.testimonial_form_view(
            space,
            Filled::default(),
            FormErrors::default(),
            self.views.now,
        );
        Some(self.document("tell-to.html", &head, &view))
    }
}
