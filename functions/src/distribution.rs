//! The distribution (CloudFront) in front of a bucket: it is told what has changed, for who does
//! not wait for it to ask.

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::bucket::BucketError;
use crate::secret;
use crate::signed::{Request, Service, Signed, Unanswered};

/// More pages than this are told of as the whole site, which costs as much as one path:
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/PayingForInvalidation.html>.
const FEW: usize = 30;
const ALL: &str = "/*";
/// What stands for itself in an address; an asterisk would stand for many.
const PATH: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'/')
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// A distribution.
#[derive(Debug, Clone)]
pub struct Distribution {
    signed: Signed,
    address: String,
    id: String,
}

/// Why a distribution was not told.
#[derive(Debug, thiserror::Error)]
pub enum DistributionError {
    /// It could not be asked.
    #[error(transparent)]
    Unanswered(#[from] Unanswered),
    /// It does not exist, or who asks has not the right to.
    #[error("cloudfront:CreateInvalidation answered {status}: {message}")]
    Refused {
        /// The status of the answer.
        status: u16,
        /// What it says.
        message: String,
    },
}

impl Distribution {
    /// A distribution by its identifier (`E2EXAMPLE`), as the environment says: AWS's variables
    /// and files. None where that is no identifier.
    ///
    /// # Errors
    /// [`Unanswered`] where it says no credentials.
    #[cfg(feature = "operator")]
    pub async fn from_env(id: &str) -> Result<Option<Self>, Unanswered> {
        let signed = Signed::from_env(Service::CloudFront).await?;
        let given = std::env::var("AWS_ENDPOINT_URL_CLOUDFRONT");
        let address = given.unwrap_or_else(|_| "https://cloudfront.amazonaws.com".to_owned());
        Ok(Self::new(signed, &address, id))
    }

    /// A distribution at an endpoint, in the name of this key and its secret.
    #[must_use]
    pub fn at(endpoint: &str, id: &str, key: &str, secret: &str) -> Option<Self> {
        let credentials = Credentials::new(key, secret, None, None, "given");
        let credentials = SharedCredentialsProvider::new(credentials);
        let region = "us-east-1".to_owned();
        let signed = Signed::new(credentials, region, Service::CloudFront);
        Self::new(signed, endpoint, id)
    }

    fn new(signed: Signed, address: &str, id: &str) -> Option<Self> {
        let is_id = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric());
        is_id.then(|| Self {
            signed,
            address: address.trim_end_matches('/').to_owned(),
            id: id.to_owned(),
        })
    }

    /// Has the distribution ask again for these files, and answers how many paths it was told,
    /// which is what it counts.
    ///
    /// # Errors
    /// [`DistributionError`]; what it holds is then asked for again within 30 s all the same.
    pub async fn forget(&self, files: &[String]) -> Result<usize, DistributionError> {
        if files.is_empty() {
            return Ok(0);
        }
        let paths = paths(files);
        let items: String = paths
            .iter()
            .map(|path| format!("<Path>{path}</Path>"))
            .collect();
        let body = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\
             <InvalidationBatch xmlns=\"http://cloudfront.amazonaws.com/doc/2020-05-31/\">\
             <Paths><Quantity>{}</Quantity><Items>{items}</Items></Paths>\
             <CallerReference>ecoute-{}</CallerReference></InvalidationBatch>",
            paths.len(),
            secret::hex(&secret::random::<16>())
        );
        let url = format!(
            "{}/2020-05-31/distribution/{}/invalidation",
            self.address, self.id
        );
        let request = Request {
            method: "POST",
            url: &url,
            headers: &[("content-type", "text/xml".to_owned())],
            body: body.as_bytes(),
        };
        let answer = self.signed.send(request).await?;
        if answer.status != 201 {
            return Err(DistributionError::Refused {
                status: answer.status,
                message: String::from_utf8_lossy(&answer.body).into_owned(),
            });
        }
        Ok(paths.len())
    }
}

/// The paths that readers ask for, and those that a function of the distribution may have made of
/// them; of many, the whole site.
fn paths(files: &[String]) -> Vec<String> {
    if files.len() > FEW {
        return vec![ALL.to_owned()];
    }
    let mut paths = Vec::new();
    for file in files {
        let file = utf8_percent_encode(file, PATH).to_string();
        if let Some(page) = file.strip_suffix("index.html") {
            paths.push(format!("/{page}"));
        }
        paths.push(format!("/{file}"));
    }
    paths
}

impl From<DistributionError> for BucketError {
    fn from(error: DistributionError) -> Self {
        match error {
            DistributionError::Unanswered(error) => error.into(),
            DistributionError::Refused { status, message } => Self::Failed {
                action: "cloudfront:CreateInvalidation",
                status,
                message,
            },
        }
    }
}
