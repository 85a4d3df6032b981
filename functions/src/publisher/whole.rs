//! The pages of the whole site, where there is the bundle and not what editors wrote it from: assets
//! and the texts of news stand as they are.

use std::collections::BTreeSet;

use site_gen::plan;

use super::{PublishError, Published, Publisher};
use crate::output::Output;

impl<O: Output> Publisher<O> {
    /// Renders every page that says in which phase campaigns are, and puts in place those that
    /// changed: for when a campaign opened or closed.
    ///
    /// # Errors
    /// [`PublishError`]: some pages may be in place, each of them whole.
    pub async fn publish_phases(&self) -> Result<Published, PublishError> {
        self.store.carry_pending().await?;
        let catalogue = self.renderer.catalogue();
        let now = self.now();
        let contributions = self.store.published_with_surveys(catalogue, now).await?;
        let contributions = contributions.within(catalogue);
        let pages: BTreeSet<_> = plan::all(catalogue, &contributions).into_iter().collect();
        self.put(&pages, &BTreeSet::new(), &contributions).await
    }
}
