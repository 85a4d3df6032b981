//! How a list that grows is cut into pages, so that what is added changes few of them.

use std::ops::Range;

/// How many items stand on a page of a list.
pub const PER_PAGE: usize = 20;

/// A list, the most recent first, cut into pages. All pages but the first hold twenty items and
/// are numbered from the oldest: a page keeps its address and its items when the list grows. The
/// first holds the ten to twenty-nine most recent ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Series {
    items: usize,
}

impl Series {
    /// The number of a list's first page.
    pub const FIRST: usize = 0;

    /// A list of this many items.
    #[must_use]
    pub fn of(items: usize) -> Self {
        Self { items }
    }

    /// The number of the page after the first; none when the first holds all. The pages go on
    /// down to number 1.
    #[must_use]
    pub fn newest(self) -> Option<usize> {
        let full = self.items / PER_PAGE;
        let count = if self.items % PER_PAGE >= PER_PAGE / 2 {
            full
        } else {
            full.saturating_sub(1)
        };
        (count > 0).then_some(count)
    }

    /// The numbers of all pages; none but the first when there is no item.
    pub fn numbers(self) -> impl Iterator<Item = usize> {
        0..=self.newest().unwrap_or(0)
    }

    /// Which items stand on a page, the most recent being 0.
    #[must_use]
    pub fn range(self, number: usize) -> Range<usize> {
        let kept = self.newest().unwrap_or(0) * PER_PAGE;
        match number {
            0 => 0..self.items - kept,
            _ => {
                let after = (number * PER_PAGE).min(self.items);
                self.items - after..self.items - after + PER_PAGE.min(after)
            }
        }
    }

    /// The pages that may differ from what they were before the item at `place` was added, with
    /// whatever is more recent: its own, those of more recent items, and the one that was the
    /// newest then, of which « plus récentes » leads elsewhere.
    pub fn touched(self, place: usize) -> impl Iterator<Item = usize> {
        let before = Self::of(self.items.saturating_sub(place + 1));
        let first = before.newest().unwrap_or(1);
        std::iter::once(0).chain(first..=self.newest().unwrap_or(0))
    }
}
