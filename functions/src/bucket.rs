//! The output that is an S3 bucket: the only file that speaks its protocol.
//!
//! What stands in a bucket is known by its tag, which is the MD5 of its bytes for an object that
//! is put whole and encrypted by the bucket itself (SSE-S3):
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html>. With a key of KMS it is not,
//! and the same bytes are then put again.

mod headers;
mod listing;
mod place;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::io;
use std::sync::Arc;

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use futures_util::{StreamExt, TryStreamExt, stream};
use md5::{Digest, Md5};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::output::{File, Output};
use crate::signed::{Answer, Request, Service, Signed, Unanswered};
use crate::store::Access;

pub use headers::{HEADERS, is_asset};
pub use place::BucketPlace;

/// Requests that are under way together.
pub const AT_ONCE: usize = 16;
/// Files that are asked for one by one; of more, their folder is listed.
const FEW: usize = 4;
/// What stands for itself in the address of an object, its slashes too.
const OBJECT: &AsciiSet = &QUERY.remove(b'/');
const QUERY: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// A bucket of the site's files.
#[derive(Debug, Clone)]
pub struct Bucket(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    signed: Signed,
    /// The address of the bucket, without a slash at its end.
    address: String,
    place: BucketPlace,
}

/// What tells an object's bytes from others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag(String);

/// On which condition an object is put.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum When {
    /// Whatever stands there.
    Always,
    /// Nothing stands there.
    Absent,
    /// What stands there is still this.
    Still(Tag),
}

/// What became of what was asked on a condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It is done.
    Done,
    /// Somebody else was there before: nothing is done.
    Overtaken,
}

/// Why a bucket can't be read or written.
#[derive(Debug, thiserror::Error)]
pub enum BucketError {
    /// Nobody says who asks.
    #[error("no credentials for the bucket: {0}")]
    Credentials(String),
    /// Nobody says in which region it is.
    #[error("no region for the bucket")]
    Region,
    /// There is none of this name.
    #[error("there is no bucket {0}")]
    Missing(String),
    /// It is in another region, or at another address.
    #[error("the bucket {name} is not in the region {region}")]
    Elsewhere {
        /// Its name.
        name: String,
        /// Where it was looked for.
        region: String,
    },
    /// Who asks has not the right to.
    #[error("{action} is refused ({code})")]
    Refused {
        /// The action of a policy.
        action: &'static str,
        /// The bucket's own word.
        code: String,
    },
    /// Nobody answers.
    #[error("the bucket does not answer: {0}")]
    Unreachable(String),
    /// It answered what is not foreseen.
    #[error("{action} answered {status}: {message}")]
    Failed {
        /// The action of a policy.
        action: &'static str,
        /// The status of the answer.
        status: u16,
        /// What it says.
        message: String,
    },
}

impl Bucket {
    /// A bucket as the environment says: AWS's variables and files, `AWS_ENDPOINT_URL_S3` for one
    /// of another provider.
    ///
    /// # Errors
    /// [`BucketError`] where it says no credentials, or no region.
    #[cfg(feature = "operator")]
    pub async fn from_env(place: BucketPlace) -> Result<Self, BucketError> {
        Ok(Self::of(Signed::from_env(Service::S3).await?, place))
    }

    /// A bucket with the key that Lambda gives a function.
    #[must_use]
    pub fn on_lambda(access: &Access, place: BucketPlace) -> Self {
        let token = access.token.clone();
        let credentials = Credentials::new(&access.key, &access.secret, token, None, "lambda");
        let credentials = SharedCredentialsProvider::new(credentials);
        let signed = Signed::new(credentials, access.region.clone(), Service::S3);
        Self::of(signed, place)
    }

    fn of(signed: Signed, place: BucketPlace) -> Self {
        let given = std::env::var("AWS_ENDPOINT_URL_S3");
        let given = given.or_else(|_| std::env::var("AWS_ENDPOINT_URL"));
        let (name, region) = (place.name(), signed.region());
        let address = match given {
            Ok(endpoint) => format!("{}/{name}", endpoint.trim_end_matches('/')),
            // A certificate of `*.s3.…` is not for a name with a dot.
            Err(_) if name.contains('.') => format!("https://s3.{region}.amazonaws.com/{name}"),
            Err(_) => format!("https://{name}.s3.{region}.amazonaws.com"),
        };
        Self(Arc::new(Inner {
            signed,
            address,
            place,
        }))
    }

    /// A bucket at an endpoint, in the name of this key and its secret.
    #[must_use]
    pub fn at(endpoint: &str, place: BucketPlace, key: &str, secret: &str) -> Self {
        let credentials = Credentials::new(key, secret, None, None, "given");
        let credentials = SharedCredentialsProvider::new(credentials);
        Self(Arc::new(Inner {
            signed: Signed::new(credentials, "eu-west-3".to_owned(), Service::S3),
            address: format!("{}/{}", endpoint.trim_end_matches('/'), place.name()),
            place,
        }))
    }

    /// Where it is.
    #[must_use]
    pub fn place(&self) -> &BucketPlace {
        &self.0.place
    }

    /// The files under a folder (empty, or with a slash at its end), each with its tag.
    ///
    /// # Errors
    /// [`BucketError`].
    pub async fn list(&self, folder: &str) -> Result<BTreeMap<String, Tag>, BucketError> {
        const ACTION: &str = "s3:ListBucket";
        let root = self.0.place.folder();
        let prefix = format!("{root}{folder}");
        let prefix = utf8_percent_encode(&prefix, QUERY);
        let mut found = BTreeMap::new();
        let mut next: Option<String> = None;
        loop {
            // In the order of their names, as a signature wants them.
            let after = next.iter().map(|token| {
                let token = utf8_percent_encode(token, QUERY);
                format!("continuation-token={token}&")
            });
            let url = format!(
                "{}/?{}encoding-type=url&list-type=2&prefix={prefix}",
                self.0.address,
                after.collect::<String>()
            );
            let answer = self.send("GET", &url, &[], &[]).await?;
            if answer.status != 200 {
                return Err(self.refused(ACTION, &answer));
            }
            let text = String::from_utf8_lossy(&answer.body);
            let listing = listing::read(&text).map_err(|error| BucketError::Failed {
                action: ACTION,
                status: answer.status,
                message: error.to_string(),
            })?;
            found.extend(listing.objects.into_iter().filter_map(|(key, tag)| {
                let path = key.strip_prefix(root)?.to_owned();
                Some((path, Tag::read(&tag)))
            }));
            next = listing.next;
            if next.is_none() {
                return Ok(found);
            }
        }
    }

    /// What a file holds; none where there is no such file.
    ///
    /// # Errors
    /// [`BucketError`].
    pub async fn get(&self, path: &str) -> Result<Option<Vec<u8>>, BucketError> {
        let answer = self.send("GET", &self.url(path), &[], &[]).await?;
        match answer.status {
            200 => Ok(Some(answer.body)),
            404 if !says_no_bucket(&answer) => Ok(None),
            _ => Err(self.refused("s3:GetObject", &answer)),
        }
    }

    /// The tag of a file; none where there is no such file.
    ///
    /// # Errors
    /// [`BucketError`].
    pub async fn tag(&self, path: &str) -> Result<Option<Tag>, BucketError> {
        let answer = self.send("HEAD", &self.url(path), &[], &[]).await?;
        match (answer.status, &answer.tag) {
            (200, Some(tag)) => Ok(Some(Tag::read(tag))),
            (404, _) => Ok(None),
            _ => Err(self.refused("s3:GetObject", &answer)),
        }
    }

    /// Puts a file in place on a condition, with its type and how long it may be shown.
    ///
    /// # Errors
    /// [`BucketError`].
    pub async fn put_when(
        &self,
        path: &str,
        bytes: &[u8],
        when: &When,
    ) -> Result<Outcome, BucketError> {
        let mut sent = vec![
            ("cache-control", headers::cache_control(path).to_owned()),
            ("content-type", headers::content_type(path).to_owned()),
        ];
        match when {
            When::Always => {}
            When::Absent => sent.push(("if-none-match", "*".to_owned())),
            When::Still(tag) => sent.push(("if-match", tag.to_string())),
        }
        let answer = self.send("PUT", &self.url(path), &sent, bytes).await?;
        self.outcome("s3:PutObject", &answer)
    }

    /// Takes a file away, where what stands there is still this.
    ///
    /// # Errors
    /// [`BucketError`].
    pub async fn remove_when(&self, path: &str, still: &Tag) -> Result<Outcome, BucketError> {
        // Object stores of others know no condition for this: it is asked before as well.
        match self.tag(path).await? {
            Some(tag) if tag == *still => {}
            _ => return Ok(Outcome::Overtaken),
        }
        let sent = [("if-match", still.to_string())];
        let answer = self.send("DELETE", &self.url(path), &sent, &[]).await?;
        self.outcome("s3:DeleteObject", &answer)
    }

    fn outcome(&self, action: &'static str, answer: &Answer) -> Result<Outcome, BucketError> {
        match answer.status {
            200 | 204 => Ok(Outcome::Done),
            // 404 where the condition is that something stands there; 409 where two came at once.
            404 if !says_no_bucket(answer) => Ok(Outcome::Overtaken),
            409 | 412 => Ok(Outcome::Overtaken),
            _ => Err(self.refused(action, answer)),
        }
    }

    fn url(&self, path: &str) -> String {
        let key = format!("{}{path}", self.0.place.folder());
        format!("{}/{}", self.0.address, utf8_percent_encode(&key, OBJECT))
    }

    async fn send(
        &self,
        method: &'static str,
        url: &str,
        headers: &[(&'static str, String)],
        body: &[u8],
    ) -> Result<Answer, BucketError> {
        let request = Request {
            method,
            url,
            headers,
            body,
        };
        Ok(self.0.signed.send(request).await?)
    }

    fn refused(&self, action: &'static str, answer: &Answer) -> BucketError {
        let name = self.0.place.name().to_owned();
        let said = listing::refusal(&String::from_utf8_lossy(&answer.body));
        let (code, message) = said.unwrap_or_default();
        match (answer.status, code.as_str()) {
            (_, "NoSuchBucket") => BucketError::Missing(name),
            (301 | 307, _) | (_, "AuthorizationHeaderMalformed") => BucketError::Elsewhere {
                name,
                region: self.0.signed.region().to_owned(),
            },
            (401 | 403, _) => BucketError::Refused { action, code },
            (status, _) => BucketError::Failed {
                action,
                status,
                message: format!("{code} {message}").trim().to_owned(),
            },
        }
    }
}

fn says_no_bucket(answer: &Answer) -> bool {
    let said = listing::refusal(&String::from_utf8_lossy(&answer.body));
    said.is_some_and(|(code, _)| code == "NoSuchBucket")
}

impl Tag {
    /// The tag of these bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        let sum = Md5::digest(bytes);
        Self(sum.iter().map(|byte| format!("{byte:02x}")).collect())
    }

    fn read(header: &str) -> Self {
        Self(header.trim_matches('"').to_owned())
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.0)
    }
}

impl From<Unanswered> for BucketError {
    fn from(error: Unanswered) -> Self {
        match error {
            Unanswered::Credentials(said) => Self::Credentials(said),
            Unanswered::Region => Self::Region,
            Unanswered::Network(said) => Self::Unreachable(said),
        }
    }
}

impl From<BucketError> for io::Error {
    fn from(error: BucketError) -> Self {
        Self::other(error)
    }
}

impl Output for Bucket {
    async fn put(&self, files: Vec<File>) -> io::Result<usize> {
        let put = stream::iter(files).map(|file| async move {
            if self.tag(&file.path).await? == Some(Tag::of(&file.bytes)) {
                return Ok::<_, BucketError>(0);
            }
            self.put_when(&file.path, &file.bytes, &When::Always)
                .await?;
            Ok(1)
        });
        let put = put.buffer_unordered(AT_ONCE);
        let written = put.try_fold(0, |sum, one| async move { Ok(sum + one) });
        Ok(written.await?)
    }

    async fn standing(&self, mut paths: BTreeSet<String>) -> io::Result<BTreeSet<String>> {
        if paths.len() <= FEW {
            let mut standing = BTreeSet::new();
            for path in paths {
                if self.tag(&path).await?.is_some() {
                    standing.insert(path);
                }
            }
            return Ok(standing);
        }
        let listed = self.list(common_folder(&paths)).await?;
        paths.retain(|path| listed.contains_key(path));
        Ok(paths)
    }

    async fn remove(&self, path: &str) -> io::Result<bool> {
        let stands = self.tag(path).await?.is_some();
        if stands {
            let answer = self.send("DELETE", &self.url(path), &[], &[]).await?;
            self.outcome("s3:DeleteObject", &answer)?;
        }
        Ok(stands)
    }
}

/// The folder in which all of these are, with a slash at its end; empty for the root.
fn common_folder(paths: &BTreeSet<String>) -> &str {
    // Of texts in order, what the first and the last have in common, all have.
    let (Some(first), Some(last)) = (paths.first(), paths.last()) else {
        return "";
    };
    let common = first.bytes().zip(last.bytes());
    let common = common.take_while(|(one, other)| one == other).count();
    let end = first.as_bytes()[..common]
        .iter()
        .rposition(|&byte| byte == b'/');
    end.map_or("", |end| &first[..=end])
}
