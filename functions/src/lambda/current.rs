//! What a function works with, made of the bundle that holds now: an edit of content goes live
//! without a new deployment.

use std::sync::Arc;
use std::time::{Duration, Instant};

use site_gen::{Bundle, Renderer};
use tokio::sync::Mutex;

use crate::App;

/// How often it is looked whether editors published another bundle.
const LOOKED_EVERY: Duration = Duration::from_secs(10);

/// Something made of the app, made again when another bundle is published.
pub(crate) struct Current<T, F> {
    make: F,
    state: Mutex<State<T>>,
}

struct State<T> {
    app: App,
    /// The hash of the bundle that `made` is made of.
    bundle: String,
    made: T,
    looked: Instant,
}

impl<T: Clone, F: Fn(App) -> T> Current<T, F> {
    /// Looks at once whether the bundle of that hash, which the app began with, still holds: this
    /// also makes the connection to the store before the first request.
    pub(crate) async fn new(app: App, bundle: String, make: F) -> Self {
        let mut state = State {
            made: make(app.clone()),
            app,
            bundle,
            looked: Instant::now(),
        };
        state.look(&make).await;
        let state = Mutex::new(state);
        Self { make, state }
    }

    /// What is made of the bundle that holds, as far as is known.
    pub(crate) async fn get(&self) -> T {
        let mut state = self.state.lock().await;
        if state.looked.elapsed() >= LOOKED_EVERY {
            state.look(&self.make).await;
        }
        state.made.clone()
    }
}

impl<T> State<T> {
    /// Takes the bundle that holds. Where it can't be had, what there is serves on.
    async fn look(&mut self, make: impl Fn(App) -> T) {
        self.looked = Instant::now();
        let kept = match self.app.store.current_bundle().await {
            Ok(Some(hash)) if hash != self.bundle => self.app.store.bundle().await,
            Ok(_) => return,
            Err(error) => Err(error),
        };
        let opened = match kept {
            Ok(Some(kept)) => opened(&kept.bytes).map(|opened| (opened, kept.hash)),
            Ok(None) => return,
            Err(error) => Err(error.to_string()),
        };
        match opened {
            Ok(((renderer, site_url), hash)) => {
                self.app.renderer = renderer;
                self.app.site_url = site_url;
                self.bundle = hash;
                self.made = make(self.app.clone());
            }
            Err(cause) => tracing::error!(%cause, "the bundle that was published is not taken"),
        }
    }
}

/// The renderer of a bundle, and the public address of its site.
pub(super) fn opened(bytes: &[u8]) -> Result<(Arc<Renderer>, String), String> {
    let bundle: Bundle = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
    let site_url = bundle.site_url.clone();
    Ok((Arc::new(Renderer::opened(bundle)), site_url))
}
