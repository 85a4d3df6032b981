//! Pages of the statistics of testimonials, and the files beside them.

use domain::{Statistics, StatisticsOf};
use jiff::civil::Date;

use super::{Paging, Rendered};
use crate::address;
use crate::dates;
use crate::plan::{COMPARED_PER_PAGE, Series, StatisticsForm, TestimonialList, compared};
use crate::render::Made;
use crate::statistics;
use crate::view::{ComparedView, Head, Link, MonthView, MonthsView, ScopeView, StatisticsView};

/// How many months the page shows: its file has all.
const MONTHS: usize = 24;

impl Paging<'_> {
    pub(super) fn statistics(&self, of: &StatisticsOf, form: StatisticsForm) -> Option<Rendered> {
        let name = self.name_of(of)?;
        let figures = self.counted(of);
        let messages = self.views.messages;
        Some(match form {
            StatisticsForm::Page => self.statistics_page(of, &name, &figures),
            StatisticsForm::Months => self.months_page(of, &name, &figures),
            StatisticsForm::Compared(number) => {
                return self.compared_page(of, &name, &figures, number);
            }
            StatisticsForm::Csv => Ok(self.text(statistics::csv(of, &figures, messages))),
            StatisticsForm::Json => Ok(self.text(statistics::json(of, &name, &figures, messages))),
        })
    }

    pub(super) fn testimonial_facts(&self) -> Made {
        let facts = self.contributions.facts.all().iter();
        let catalogue = self.renderer.catalogue();
        self.text(statistics::facts_csv(facts, catalogue, self.views.messages))
    }

    fn counted(&self, of: &StatisticsOf) -> Statistics {
        let spaces = &self.renderer.catalogue().spaces;
        Statistics::of(of, &self.contributions.facts, |space| {
            spaces.get(space)?.testimonials
        })
    }

    /// What statistics are of, in words; none where editors no longer have that.
    fn name_of(&self, of: &StatisticsOf) -> Option<String> {
        let catalogue = self.renderer.catalogue();
        Some(match of {
            StatisticsOf::All => self.said("statistics.all", &[]),
            StatisticsOf::Space(slug) => catalogue.spaces.get(slug)?.name.clone(),
            StatisticsOf::Structure(slug) => catalogue.structures.get(slug)?.name.clone(),
        })
    }

    fn statistics_page(&self, of: &StatisticsOf, name: &str, figures: &Statistics) -> Rendered {
        let catalogue = self.renderer.catalogue();
        let space = match of {
            StatisticsOf::All => None,
            StatisticsOf::Space(slug) => catalogue.spaces.get(slug),
            StatisticsOf::Structure(slug) => {
                let structure = catalogue.structures.get(slug);
                structure.and_then(|structure| catalogue.spaces.get(&structure.space))
            }
        };
        let space = space.filter(|space| space.testimonials.is_some());
        let views = &self.views;
        let counted = &figures.total;
        let first = figures.months.keys().next();
        let (head, list) = self.statistics_head(of, name);
        let view = StatisticsView {
            date: self.date_of(figures),
            date_iso: statistics::iso_date(figures),
            some: counted.received > 0,
            since: first.map_or_else(String::new, |first| {
                self.said("statistics.since", &[("month", self.month(*first))])
            }),
            imported: (counted.imported > 0).then(|| {
                views
                    .messages
                    .count("statistics.imported", counted.imported)
            }),
            promise: space.and_then(|space| space.testimonials).map(|level| {
                let days = level.answer_days.into();
                views.messages.count("statistics.promise", days)
            }),
            figures: views.big_figures(counted),
            standing: views.standing(counted),
            sum: views.sum(counted),
            refused: views.reasons("motifs", counted.refused.iter(), counted.all_refused()),
            hidden: views.reasons("masques", counted.hidden.iter(), counted.all_hidden()),
            answers: views.measures(counted),
            felt: views.felt(counted),
            felt_published: views.felt_published(counted),
            channels: views.channels(counted),
            months_href: address::statistics(of, StatisticsForm::Months),
            compared: self.compared_link(of),
            definitions: self.definitions(figures),
            testimonials_href: catalogue
                .takes_testimonials()
                .then(|| address::testimonials(&list, Series::FIRST)),
            tell_href: space.map_or_else(
                || address::TELL.to_owned(),
                |space| address::tell(&space.slug),
            ),
            csv_href: address::statistics(of, StatisticsForm::Csv),
            json_href: address::statistics(of, StatisticsForm::Json),
            facts_href: address::TESTIMONIAL_FACTS,
        };
        let view = serde_json::json!({"statistics": view});
        self.document("statistics.html", &head, &view)
    }

    fn months_page(&self, of: &StatisticsOf, name: &str, figures: &Statistics) -> Rendered {
        let href = address::statistics(of, StatisticsForm::Page);
        let (whole, _) = self.statistics_head(of, name);
        let mut breadcrumb = whole.breadcrumb;
        breadcrumb.push(Link::new(whole.title, &href));
        let key = match of {
            StatisticsOf::All => "statistics-months",
            StatisticsOf::Space(_) | StatisticsOf::Structure(_) => "statistics-months-of",
        };
        let args = [("name", name.to_owned())];
        let head = Head {
            space: whole.space,
            ..Head::of(
                self.said(&format!("head.{key}.title"), &args),
                self.said(&format!("head.{key}.description"), &args),
                self.page.address(),
                breadcrumb,
            )
        };
        let months = figures.months.iter().rev().take(MONTHS);
        let months = months.map(|(month, counted)| MonthView {
            month: self.month(*month),
            cells: self.views.month_cells(counted),
        });
        let view = MonthsView {
            date: self.date_of(figures),
            date_iso: statistics::iso_date(figures),
            months: months.collect(),
            total: MonthView {
                month: self.said("statistics.total", &[]),
                cells: self.views.month_cells(&figures.total),
            },
            older: figures.months.len().saturating_sub(MONTHS),
            href,
            csv_href: address::statistics(of, StatisticsForm::Csv),
        };
        let view = serde_json::json!({"statistics": view});
        self.document("statistics-months.html", &head, &view)
    }

    /// The day that figures are of, in words.
    fn date_of(&self, figures: &Statistics) -> Option<String> {
        let messages = self.views.messages;
        figures.as_of.map(|at| dates::instant(at, messages))
    }

    /// The head of the page, and the list of the testimonials that are counted.
    fn statistics_head(&self, of: &StatisticsOf, name: &str) -> (Head, TestimonialList) {
        let args = [("name", name.to_owned())];
        let all = Link::new(self.said("head.statistics.title", &[]), address::STATISTICS);
        let mut trail = self.renderer.trail_to_testimonials();
        let list = match of {
            StatisticsOf::All => {
                let head = self.head("statistics", trail);
                return (head, TestimonialList::All);
            }
            StatisticsOf::Space(slug) => TestimonialList::Space(slug.clone()),
            StatisticsOf::Structure(slug) => TestimonialList::Structure(slug.clone()),
        };
        trail.push(all);
        let structures = &self.renderer.catalogue().structures;
        let space = match of {
            StatisticsOf::Space(slug) => Some(slug),
            StatisticsOf::Structure(slug) => structures.get(slug).map(|it| &it.space),
            StatisticsOf::All => None,
        };
        let head = Head {
            space: space.and_then(|space| self.renderer.space_mark(space)),
            ..Head::of(
                self.said("head.statistics-of.title", &args),
                self.said("head.statistics-of.description", &args),
                self.page.address(),
                trail,
            )
        };
        (head, list)
    }

    /// The page that compares parts; none where there are none.
    fn compared_link(&self, of: &StatisticsOf) -> Option<Link> {
        let rows = compared(self.renderer.catalogue(), &self.contributions.facts, of);
        (!rows.is_empty()).then(|| {
            let words = self.said(&format!("statistics.compared.{}", compared_key(of)), &[]);
            Link::new(words, address::statistics(of, StatisticsForm::Compared(1)))
        })
    }

    /// A page (from 1) of the table that compares parts; none where the table has no such page.
    fn compared_page(
        &self,
        of: &StatisticsOf,
        name: &str,
        figures: &Statistics,
        number: usize,
    ) -> Option<Rendered> {
        let rows = compared(self.renderer.catalogue(), &self.contributions.facts, of);
        let shown = rows.chunks(COMPARED_PER_PAGE).nth(number.checked_sub(1)?)?;
        let shown = shown.iter().filter_map(|of| {
            let label = self.name_of(of)?;
            let counted = self.counted(of).total;
            Some(ScopeView {
                link: Link::new(label, address::statistics(of, StatisticsForm::Page)),
                cells: self.views.compared_cells(&counted),
            })
        });
        let key = compared_key(of);
        let (whole, _) = self.statistics_head(of, name);
        let mut breadcrumb = whole.breadcrumb;
        let href = address::statistics(of, StatisticsForm::Page);
        breadcrumb.push(Link::new(whole.title, &href));
        let title = match number {
            1 => format!("head.statistics-{key}.title"),
            _ => format!("head.statistics-{key}.title-page"),
        };
        let args = [("name", name.to_owned()), ("page", number.to_string())];
        let head = Head {
            space: whole.space,
            ..Head::of(
                self.said(&title, &args),
                self.said(&format!("head.statistics-{key}.description"), &args),
                self.page.address(),
                breadcrumb,
            )
        };
        let view = ComparedView {
            date: self.date_of(figures),
            date_iso: statistics::iso_date(figures),
            first: self.said(&format!("statistics.compared.{key}-first"), &[]),
            rows: shown.collect(),
            pagination: self.views.pagination(
                number,
                rows.len().div_ceil(COMPARED_PER_PAGE),
                |number| address::statistics(of, StatisticsForm::Compared(number)),
            ),
            href,
        };
        let view = serde_json::json!({"statistics": view});
        Some(self.document("statistics-compared.html", &head, &view))
    }

    /// What each figure means, and what holds for all.
    fn definitions(&self, figures: &Statistics) -> Vec<(String, String)> {
        let families = statistics::families(&figures.total, self.views.messages);
        let keys = families.iter().map(|family| family.key);
        keys.chain(statistics::GENERAL)
            .map(|key| {
                (
                    self.said(&format!("statistics.term.{key}"), &[]),
                    self.said(&format!("statistics.defined.{key}"), &[]),
                )
            })
            .collect()
    }

    /// « mars 2026 ».
    fn month(&self, month: Date) -> String {
        let name = self.said(&format!("date.month.{}", month.month()), &[]);
        let args = [("month", name), ("year", month.year().to_string())];
        self.said("statistics.month", &args)
    }
}

/// The words of what is compared.
fn compared_key(of: &StatisticsOf) -> &'static str {
    match of {
        StatisticsOf::All => "spaces",
        StatisticsOf::Space(_) => "structures",
        StatisticsOf::Structure(_) => "parts",
    }
}
