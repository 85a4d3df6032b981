//! Where in which bucket: `s3://nom` or `s3://nom/dossier`.

use std::fmt;

/// A bucket, and the folder in it where the site's files are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BucketPlace {
    name: String,
    /// Empty, or with a slash at its end.
    folder: String,
}

impl BucketPlace {
    /// Reads `s3://nom/dossier`, or the same without its scheme; none where it names no bucket
    /// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html>).
    #[must_use]
    pub fn parse(given: &str) -> Option<Self> {
        let given = given.strip_prefix("s3://").unwrap_or(given);
        let (name, folder) = given.split_once('/').unwrap_or((given, ""));
        let is_known = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'-');
        let ends = |end: fn(char) -> bool| name.starts_with(end) && name.ends_with(end);
        let is_bucket = (3..=63).contains(&name.len())
            && name.bytes().all(is_known)
            && ends(|end| end.is_ascii_alphanumeric())
            && !name.contains("..");
        let folder = folder.trim_matches('/');
        let is_folder = |part: &str| !part.is_empty() && part != "." && part != "..";
        if !is_bucket || !(folder.is_empty() || folder.split('/').all(is_folder)) {
            return None;
        }
        Some(Self {
            name: name.to_owned(),
            folder: match folder {
                "" => String::new(),
                folder => format!("{folder}/"),
            },
        })
    }

    /// The bucket.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The folder in it: empty, or with a slash at its end.
    pub(super) fn folder(&self) -> &str {
        &self.folder
    }
}

impl fmt::Display for BucketPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "s3://{}/{}", self.name, self.folder)
    }
}
