//! How far an analysis has come.

use std::sync::Mutex;

use indicatif::ProgressBar;

use super::Progress;
use crate::progress;
use crate::words::say;

/// The steps of an analysis, as they are shown on standard error.
pub(super) struct Steps {
    progress: Progress,
    /// The step that is under way, with its bar.
    now: Mutex<Option<(String, ProgressBar)>>,
}

impl Steps {
    pub(super) fn new(progress: Progress) -> Self {
        Self {
            progress,
            now: Mutex::new(None),
        }
    }

    /// So much of a step is done. `key` is that of its words.
    pub(super) fn at(&self, key: &str, done: usize, of: usize) {
        let mut now = self.now.lock().unwrap_or_else(|error| error.into_inner());
        let is_new = now.as_ref().is_none_or(|(step, _)| step != key);
        if is_new {
            let label = format!("analyse.step.{key}");
            if self.progress == Progress::Lines {
                eprintln!("{}", say(&label, &[]));
            }
            if let Some((_, bar)) = now.take() {
                bar.finish_and_clear();
            }
            let bar = match self.progress {
                Progress::Bar => progress::bar(of, &label),
                Progress::Lines => ProgressBar::hidden(),
            };
            *now = Some((key.to_owned(), bar));
        }
        if let Some((_, bar)) = now.as_ref() {
            bar.set_position(done as u64);
        }
    }

    /// Nothing is shown any more.
    pub(super) fn done(&self) {
        let mut now = self.now.lock().unwrap_or_else(|error| error.into_inner());
        if let Some((_, bar)) = now.take() {
            bar.finish_and_clear();
        }
    }
}
