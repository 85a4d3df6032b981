//! A function as Lambda runs it: processes of its binary, each of which answers one request at a
//! time; one more is started where all are taken.

use std::ffi::OsStr;
use std::fs::File;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use functions::{Entrance, Function, OidcSettings};
use serde_json::Value;
use tokio::sync::Semaphore;

use super::runtime_api::{Outcome, RuntimeApi};
use crate::binary::binary;
use crate::command::Running;

/// What the distribution adds to each request.
pub const ORIGIN_SECRET: &str = "le-secret-de-la-distribution-des-tests";

/// The secret of each function's key.
pub const SECRET_OF_FUNCTIONS: &str = "local";

/// How long a function may take; Lambda would wait 30 s, a busy machine is given more.
const PATIENCE: Duration = Duration::from_secs(120);

/// How many processes of one function there are at the most: Lambda would start one for each
/// request that finds none.
const CONCURRENCY: usize = 4;

/// What the processes of a site's functions are started with.
pub struct Environment {
    pub engine: String,
    pub bundle: PathBuf,
    pub secret: String,
    pub tables: String,
    /// A variable, and its value.
    pub mail: (&'static str, String),
    /// Who says who a moderator is.
    pub oidc: Option<OidcSettings>,
    pub logs: PathBuf,
    pub pages: Pages,
}

/// Where workers put pages.
pub enum Pages {
    Folder(PathBuf),
    Bucket {
        /// Where the object store is.
        endpoint: String,
        name: &'static str,
    },
}

impl Pages {
    fn variables(&self) -> Vec<(&'static str, &OsStr)> {
        match self {
            Self::Folder(folder) => vec![("ECOUTE_SITE_DIR", folder.as_os_str())],
            Self::Bucket { endpoint, name } => vec![
                ("ECOUTE_BUCKET", name.as_ref()),
                ("AWS_ENDPOINT_URL_S3", endpoint.as_ref()),
            ],
        }
    }
}

/// The variables that name a provider.
fn provider(settings: &OidcSettings) -> [(&'static str, &str); 7] {
    let only = match settings.entrance {
        Entrance::EitherWay => "",
        Entrance::ProviderAlone => "1",
    };
    [
        ("ECOUTE_OIDC_ISSUER", &settings.issuer),
        ("ECOUTE_OIDC_CLIENT_ID", &settings.client_id),
        ("ECOUTE_OIDC_CLIENT_SECRET", &settings.client_secret),
        ("ECOUTE_OIDC_NAME", &settings.name),
        ("ECOUTE_OIDC_SCOPES", &settings.scopes),
        ("ECOUTE_OIDC_ACR", &settings.acr_values),
        ("ECOUTE_OIDC_ONLY", only),
    ]
}

/// A function that is deployed.
pub struct Deployed {
    name: &'static str,
    environment: Arc<Environment>,
    idle: Mutex<Vec<Instance>>,
    invoked: AtomicU64,
    concurrency: Semaphore,
}

struct Instance {
    api: RuntimeApi,
    _process: Running,
}

impl Deployed {
    pub fn new(function: Function, environment: Arc<Environment>) -> Arc<Self> {
        Self::named(function.name(), environment)
    }

    /// The function of a binary.
    pub fn named(name: &'static str, environment: Arc<Environment>) -> Arc<Self> {
        Arc::new(Self {
            name,
            environment,
            idle: Mutex::default(),
            invoked: AtomicU64::new(0),
            concurrency: Semaphore::new(CONCURRENCY),
        })
    }

    /// What the function makes of an event; none where it ended or took too long, which ends its
    /// process.
    pub async fn invoke(&self, event: Value) -> Option<Outcome> {
        self.invoked.fetch_add(1, Ordering::Relaxed);
        let _place = self.concurrency.acquire().await.unwrap();
        let idle = self.idle.lock().unwrap().pop();
        let mut instance = match idle {
            Some(instance) => instance,
            None => self.start().await,
        };
        let invoked = instance.api.invoke(event);
        let outcome = tokio::time::timeout(PATIENCE, invoked).await.ok()??;
        self.idle.lock().unwrap().push(instance);
        Some(outcome)
    }

    /// Its name, and how often it was invoked.
    pub fn invoked(&self) -> (&'static str, u64) {
        (self.name, self.invoked.load(Ordering::Relaxed))
    }

    async fn start(&self) -> Instance {
        let api = RuntimeApi::start().await;
        let environment = &self.environment;
        let log = environment.logs.join(format!("{}.log", self.name));
        let log = File::options().create(true).append(true).open(log).unwrap();
        let process = Command::new(binary(self.name))
            .env_clear()
            .env("AWS_LAMBDA_RUNTIME_API", &api.address)
            .env("AWS_LAMBDA_FUNCTION_NAME", self.name)
            .env("AWS_LAMBDA_FUNCTION_VERSION", "1")
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128")
            .env("AWS_LAMBDA_LOG_GROUP_NAME", "log")
            .env("AWS_LAMBDA_LOG_STREAM_NAME", "log")
            .env("AWS_REGION", "eu-west-3")
            // By it the recorder knows who asks the store.
            .env("AWS_ACCESS_KEY_ID", self.name)
            .env("AWS_SECRET_ACCESS_KEY", SECRET_OF_FUNCTIONS)
            .env("AWS_ENDPOINT_URL_DYNAMODB", &environment.engine)
            .env("ECOUTE_BUNDLE", &environment.bundle)
            .env("ECOUTE_SECRET", &environment.secret)
            .env("ECOUTE_ORIGIN_SECRET", ORIGIN_SECRET)
            .env("ECOUTE_TABLES", &environment.tables)
            .envs(environment.pages.variables())
            .env(environment.mail.0, &environment.mail.1)
            .envs(environment.oidc.iter().flat_map(provider))
            .stdout(Stdio::from(log.try_clone().unwrap()))
            .stderr(Stdio::from(log))
            .spawn()
            .unwrap();
        Instance {
            api,
            _process: Running(process),
        }
    }
}
