//! The last step of a publication: functions are given what editors wrote and the theme.

use functions::Store;
use site_gen::Bundle;

use crate::error::Stopped;

/// Whether functions have other content than before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Content {
    /// They do.
    Other,
    /// They have this already, or there are none.
    Same,
}

/// Gives functions the content that the pages were made of; what they have is switched at once.
pub(super) async fn give(store: Option<&Store>, bundle: &Bundle) -> Result<Content, Stopped> {
    let Some(store) = store else {
        return Ok(Content::Same);
    };
    let bytes = serde_json::to_vec(bundle).expect("a bundle has only string keys");
    match store.keep_bundle(&bytes).await? {
        true => Ok(Content::Other),
        false => Ok(Content::Same),
    }
}
