//! The pages of statistics: all of them may change with whatever becomes of one testimonial, since
//! each says of which day its figures are.

use std::collections::BTreeMap;

use domain::{ContributionId, Space, StatisticsOf, TestimonialFact};

use super::Page;
use crate::catalogue::Catalogue;

/// The forms in which the same statistics are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StatisticsForm {
    /// As a page.
    Page,
    /// As a page with a row for each month.
    Months,
    /// As a table, for spreadsheets.
    Csv,
    /// As JSON, with what each figure means.
    Json,
}

impl StatisticsForm {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Page, Self::Months, Self::Csv, Self::Json];
}

/// Every page of statistics; none where no space takes testimonials and none was received.
#[must_use]
pub fn statistics_pages(
    catalogue: &Catalogue,
    facts: &BTreeMap<ContributionId, TestimonialFact>,
) -> Vec<Page> {
    if !catalogue.takes_testimonials() && facts.is_empty() {
        return Vec::new();
    }
    let spaces = spaces_counted(catalogue, facts).into_iter();
    let spaces = spaces.map(|space| StatisticsOf::Space(space.slug.clone()));
    let structures = catalogue.structures.keys().cloned();
    let all = std::iter::once(StatisticsOf::All)
        .chain(spaces)
        .chain(structures.map(StatisticsOf::Structure));
    let forms = all.flat_map(|of| StatisticsForm::ALL.map(|form| (of.clone(), form)));
    forms
        .map(|(of, form)| Page::Statistics(of, form))
        .chain([Page::TestimonialFacts])
        .collect()
}

/// The spaces that have statistics: those that take testimonials, or that did.
pub(crate) fn spaces_counted<'c>(
    catalogue: &'c Catalogue,
    facts: &BTreeMap<ContributionId, TestimonialFact>,
) -> Vec<&'c Space> {
    let received = |space: &Space| facts.values().any(|fact| fact.space == space.slug);
    let spaces = catalogue.spaces_in_order().into_iter();
    spaces
        .filter(|space| space.testimonials.is_some() || received(space))
        .collect()
}
