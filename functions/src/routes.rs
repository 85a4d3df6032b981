//! Routes that know their paths, so that a test can go through all of them.

use axum::routing::MethodRouter;
use axum::{Extension, Router};

use crate::SharedApp;

/// A router, and the patterns of the paths that it answers.
#[derive(Default)]
pub(crate) struct Routes {
    router: Router<SharedApp>,
    paths: Vec<String>,
}

impl Routes {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    pub(crate) fn route(mut self, path: &str, methods: MethodRouter<SharedApp>) -> Self {
        self.paths.push(path.to_owned());
        self.router = self.router.route(path, methods);
        self
    }

    pub(crate) fn merge(mut self, other: Self) -> Self {
        self.paths.extend(other.paths);
        self.router = self.router.merge(other.router);
        self
    }

    /// Gives the handlers of these routes something that they share (`Extension`).
    pub(crate) fn sharing<T: Clone + Send + Sync + 'static>(mut self, shared: T) -> Self {
        self.router = self.router.layer(Extension(shared));
        self
    }

    pub(crate) fn paths(self) -> Vec<String> {
        self.paths
    }

    pub(crate) fn into_router(self) -> Router<SharedApp> {
        self.router
    }
}
