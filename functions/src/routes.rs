//! Routes that know their paths, so that a test can go through all of them.

use axum::Router;
use axum::routing::MethodRouter;

use crate::SharedApp;

/// A router, and the patterns of the paths that it answers.
#[derive(Default)]
pub(crate) struct Routes {
    router: Router<SharedApp>,
    paths: Vec<&'static str>,
}

impl Routes {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    pub(crate) fn route(mut self, path: &'static str, methods: MethodRouter<SharedApp>) -> Self {
        self.paths.push(path);
        self.router = self.router.route(path, methods);
        self
    }

    pub(crate) fn merge(mut self, other: Self) -> Self {
        self.paths.extend(other.paths);
        self.router = self.router.merge(other.router);
        self
    }

    pub(crate) fn paths(self) -> Vec<&'static str> {
        self.paths
    }

    pub(crate) fn into_router(self) -> Router<SharedApp> {
        self.router
    }
}
