//! The site as a whole, as editors write it.

use std::fs;
use std::path::Path;

use super::read;
use crate::catalogue::Site;
use crate::front_matter::Keys;
use crate::problem::{Problem, said, system_said};

/// Reads `site.toml`.
pub(super) fn load_site(root: &Path, problems: &mut Vec<Problem>) -> Option<Site> {
    let path = root.join("site.toml");
    if !path.exists() {
        let problem = match fs::read_dir(root) {
            Ok(_) => Problem::of(&path, said("content.site-missing", &[])),
            Err(error) => Problem::of(root, said("file.folder", &[("error", system_said(&error))])),
        };
        problems.push(problem);
        return None;
    }
    let source = read(&path, problems)?;
    let mut keys = Keys::parse(&path, &source, 0..source.len(), problems)?;
    let name = keys.text("name");
    let tagline = keys.text("tagline");
    let description = keys.text("description");
    let accessibility = keys.text("accessibility");
    let source_code = keys.text("source_code");
    let contact_email = keys.text("contact_email");
    let moderation_delay = keys.text("moderation_delay");
    let notice = keys.optional_text("notice");
    keys.finish();
    Some(Site {
        name: name?,
        tagline: tagline?,
        description: description?,
        accessibility: accessibility?,
        source_code: source_code?,
        contact_email: contact_email?,
        moderation_delay: moderation_delay?,
        notice,
    })
}
