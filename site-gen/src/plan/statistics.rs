//! The pages of statistics: all of them may change with whatever becomes of one testimonial, since
//! each says of which day its figures are.

use domain::{Facts, Space, StatisticsOf, Structure};

use super::Page;
use crate::catalogue::Catalogue;

/// The forms in which the same statistics are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StatisticsForm {
    /// As a page.
    Page,
    /// As a page with a row for each month.
    Months,
    /// As a page (from 1) of a table with a row for each of its parts.
    Compared(usize),
    /// As a table, for spreadsheets.
    Csv,
    /// As JSON, with what each figure means.
    Json,
}

impl StatisticsForm {
    /// Those that all statistics have.
    const EACH: [Self; 4] = [Self::Page, Self::Months, Self::Csv, Self::Json];
}

/// How many rows of a table that compares stand on a page: as many as a page is light with.
pub(crate) const COMPARED_PER_PAGE: usize = 30;

/// Every page of statistics; none where no space takes testimonials and none was received.
#[must_use]
pub fn statistics_pages(catalogue: &Catalogue, facts: &Facts) -> Vec<Page> {
    if !catalogue.takes_testimonials() && facts.is_empty() {
        return Vec::new();
    }
    let spaces = spaces_counted(catalogue, facts).into_iter();
    let spaces = spaces.map(|space| StatisticsOf::Space(space.slug.clone()));
    let structures = catalogue.structures.keys().cloned();
    let all = std::iter::once(StatisticsOf::All)
        .chain(spaces)
        .chain(structures.map(StatisticsOf::Structure));
    let forms = all.flat_map(|of| {
        let rows = compared(catalogue, facts, &of).len();
        let tables = 1..=rows.div_ceil(COMPARED_PER_PAGE);
        let forms = StatisticsForm::EACH.into_iter();
        let forms = forms.chain(tables.map(StatisticsForm::Compared));
        forms
            .map(move |form| (of.clone(), form))
            .collect::<Vec<_>>()
    });
    forms
        .map(|(of, form)| Page::Statistics(of, form))
        .chain([Page::TestimonialFacts])
        .collect()
}

/// The spaces that have statistics: those that take testimonials, or that did.
fn spaces_counted<'c>(catalogue: &'c Catalogue, facts: &Facts) -> Vec<&'c Space> {
    let spaces = catalogue.spaces_in_order().into_iter();
    spaces
        .filter(|space| space.testimonials.is_some() || facts.has_space(&space.slug))
        .collect()
}

/// What statistics are compared in: the spaces of all, the structures of a space, or those that
/// are part of a structure.
pub(crate) fn compared(
    catalogue: &Catalogue,
    facts: &Facts,
    of: &StatisticsOf,
) -> Vec<StatisticsOf> {
    let structures = |is_one: &dyn Fn(&Structure) -> bool| -> Vec<StatisticsOf> {
        let all = catalogue.structures.values();
        let mut structures: Vec<_> = all.filter(|structure| is_one(structure)).collect();
        structures.sort_by_key(|structure| (structure.order, &structure.name));
        let structures = structures.into_iter();
        structures
            .map(|structure| StatisticsOf::Structure(structure.slug.clone()))
            .collect()
    };
    match of {
        StatisticsOf::All => {
            let spaces = spaces_counted(catalogue, facts).into_iter();
            spaces
                .map(|space| StatisticsOf::Space(space.slug.clone()))
                .collect()
        }
        StatisticsOf::Space(space) => structures(&|structure| structure.space == *space),
        StatisticsOf::Structure(slug) => {
            structures(&|structure| structure.parent.as_ref() == Some(slug))
        }
    }
}
