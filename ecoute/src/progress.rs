//! How far long work has come, on standard error, where that is a terminal.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::words::say;

/// A bar towards a known length.
pub(crate) fn bar(length: usize, label: &str) -> ProgressBar {
    if length == 0 {
        return ProgressBar::hidden();
    }
    shown(
        Some(length as u64),
        "{msg} {wide_bar} {human_pos} / {human_len} ({eta})",
        label,
    )
}

/// A count of what was done, where nobody knows how much there is.
pub(crate) fn counter(label: &str) -> ProgressBar {
    shown(None, "{msg} {human_pos}", label)
}

/// Work of which nobody knows how far it has come.
pub(crate) fn waiting(label: &str) -> ProgressBar {
    let bar = shown(None, "{spinner} {msg}", label);
    bar.enable_steady_tick(std::time::Duration::from_millis(120));
    bar
}

fn shown(length: Option<u64>, template: &str, label: &str) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(length, ProgressDrawTarget::stderr());
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar.set_message(say(label, &[]));
    bar
}
