//! The whole site: from what editors wrote, on one machine; or its pages alone, where there is the
//! bundle and assets and the texts of news stand as they are.

use std::collections::BTreeSet;

use site_gen::{Build, Built, Directory, Material, Placement, Renderer, plan};

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

impl Publisher<Directory> {
    /// Builds the whole site from the store, counts everything afresh, and mends the counts that
    /// lists are made of where they differ.
    ///
    /// # Errors
    /// [`PublishError`].
    pub async fn publish_all(&self, material: &Material) -> Result<Built, PublishError> {
        self.store.carry_pending().await?;
        let catalogue = self.renderer.catalogue();
        let contributions = self
            .store
            .published_with_surveys(catalogue, self.now())
            .await?;
        for difference in self.store.differences(&contributions).await? {
            self.store.mend(&difference, self.now()).await?;
        }
        let mut renderer = Renderer::clone(&self.renderer);
        let build = Build {
            renderer: &mut renderer,
            material,
            contributions: &contributions,
            now: self.now(),
            copies: &[],
        };
        build
            .put(&self.output, Placement::Whole)
            .map_err(PublishError::Build)
    }
}
