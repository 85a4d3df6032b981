//! All of it in one process: the engine, the functions, the publisher and the static server.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use functions::store::Limits;
use functions::{App, Clock, Mailer, Oidc, OidcSettings, Publisher, Senders, Store};
use site_gen::{Built, Bundle, Directory, Material, OutputError, Renderer};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::engine::Engine;
pub use crate::engine::Expired;
use crate::error::Stopped;
use crate::first_start::{demo_moderator, demonstration, secret};
use crate::follow::follow;
use crate::post::{MailOptions, post, tell};
pub use crate::server::Timeouts;
use crate::server::serve;
use crate::static_site;
use crate::tail::Tail;
use crate::words::{count, say};

/// The prefix of the tables' names on one machine.
pub(crate) const TABLES: &str = "ecoute";
/// The moderator that is made at first start.
pub const DEMO_LOGIN: &str = "demo";

/// What to serve, and where.
pub struct Options {
    /// The folder of the database, the pages and the mail.
    pub data_dir: PathBuf,
    /// The content.
    pub content: PathBuf,
    /// The theme.
    pub theme: PathBuf,
    /// The address and port to listen on; port 0 is any.
    pub listen: String,
    /// The public address; that of `listen` where it is none.
    pub site_url: Option<String>,
    /// What tells the time.
    pub clock: Clock,
    /// Where contributions are kept.
    pub database: Database,
    /// What becomes of what has expired in the embedded database.
    pub expired: Expired,
    /// Where the address of who sends is read.
    pub senders: Senders,
    /// How long is waited for others.
    pub timeouts: Timeouts,
    /// How mail leaves.
    pub mail: MailOptions,
    /// The provider that says who moderators are, where there is one.
    pub oidc: Option<OidcSettings>,
}

/// Where contributions are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Database {
    /// On the embedded engine, in the data folder.
    Embedded,
    /// At a DynamoDB endpoint, in tables whose names begin with `tables`.
    At {
        /// The endpoint's address.
        endpoint: String,
        /// What the names of the tables begin with.
        tables: String,
    },
}

impl Database {
    /// The database of a data folder for a command: it may be open in another process.
    pub(crate) fn join(&self, data_dir: &Path) -> Result<(Engine, Store), Stopped> {
        let (engine, tables) = match self {
            Self::Embedded => (Engine::start_or_join(data_dir)?, TABLES),
            Self::At { endpoint, tables } => (Engine::at(endpoint), tables.as_str()),
        };
        let store = Store::local_within(engine.endpoint(), tables, Limits::OF_COMMANDS);
        Ok((engine, store))
    }
}

/// A site that runs.
pub struct Served {
    /// Where it listens.
    pub address: SocketAddr,
    /// Its public address, without a slash at the end.
    pub site_url: String,
    /// The demo moderator's password, where it was made just now.
    pub new_password: Option<String>,
    /// What the first build did.
    pub built: Built,
    /// How many ideas are published.
    pub ideas: usize,
    mail: MailOptions,
    app: App,
    store: Store,
    stop: watch::Sender<bool>,
    patience: Duration,
    tasks: Vec<JoinHandle<()>>,
    engine: Engine,
}

/// Starts everything; when it returns, the site is whole and answers.
///
/// # Errors
/// One clear sentence, or the problems of the content and the theme, a line each.
pub async fn start(options: Options) -> Result<Served, Stopped> {
    let listener = listen(&options.listen).await?;
    let address = listener
        .local_addr()
        .map_err(|error| port_failed(&options.listen, &error))?;
    let site_url = match &options.site_url {
        Some(given) => site_url(given)?,
        None => format!("http://{address}"),
    };
    let (mut bundle, material) = load(&options.content, &options.theme, &site_url)?;
    bundle.catalogue.news = material
        .news(&bundle)
        .map_err(|problems| problems_said(&problems))?;
    let renderer = renderer(&bundle, &options.theme)?;
    let outbox = options.data_dir.join("outbox");
    let mail = options.mail.mail(&outbox, &site_url)?;
    let oidc = options
        .oidc
        .map(|settings| Oidc::new(&settings, &site_url).map(Arc::new))
        .transpose()
        .map_err(|problem| Stopped::because(&format!("oidc.{problem}"), &[]))?;

    let data_dir = &options.data_dir;
    fs::create_dir_all(data_dir).map_err(|error| Stopped::io("data-dir", data_dir, &error))?;
    let (engine, tables) = match &options.database {
        Database::Embedded => (Engine::start(data_dir, options.expired)?, TABLES),
        Database::At { endpoint, tables } => (Engine::at(endpoint), tables.as_str()),
    };
    let store = Store::local_within(engine.endpoint(), tables, options.timeouts.store);
    store.create_tables().await?;
    let secret = secret(&data_dir.join("secret"))?;
    write_bundle(&data_dir.join("bundle.json"), &bundle)?;
    fs::create_dir_all(&outbox).map_err(|error| Stopped::io("data-dir", &outbox, &error))?;
    let new_password = demo_moderator(&store, (options.clock)()).await?;
    if new_password.is_some() {
        demonstration(&store, &options.content).await?;
    }

    let site = data_dir.join("site");
    let publisher = Publisher {
        store: store.clone(),
        renderer: Arc::clone(&renderer),
        output: open_output(&site)?,
        clock: Arc::clone(&options.clock),
    };
    // The stream is opened first: what is written during the build comes after it.
    let tail = open_tail(&engine, &store).await?;
    let built = publish_all(&publisher, &material).await?;
    let ideas = store
        .tallies()
        .await?
        .values()
        .map(|tally| usize::try_from(tally.ideas).unwrap_or(usize::MAX))
        .sum();

    let app = App {
        store: store.clone(),
        renderer,
        site_url: site_url.clone(),
        secret,
        mail,
        similar: functions::Similar::default(),
        passwords: functions::Passwords::default(),
        oidc,
        clock: options.clock,
        senders: options.senders,
        patience: options.timeouts.request,
    };
    let (stop, stopped) = watch::channel(false);
    let posting = tokio::spawn(post(Mailer::new(app.clone()), stopped.clone()));
    let telling = tokio::spawn(tell(app.clone(), stopped.clone()));
    let router = static_site::router(functions::router(app.clone()), &site);
    let serving = tokio::spawn(serve(listener, router, options.timeouts, stopped.clone()));
    let publishing = tokio::spawn(follow(
        publisher,
        material,
        tail,
        engine.endpoint().to_owned(),
        stopped,
    ));
    Ok(Served {
        address,
        site_url,
        new_password,
        built,
        ideas,
        mail: options.mail,
        app,
        store,
        stop,
        patience: options.timeouts.stop,
        tasks: vec![serving, publishing, telling, posting],
        engine,
    })
}

impl Served {
    /// Lets what is under way finish, publishes what was decided, and closes the database.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        for task in self.tasks {
            if tokio::time::timeout(self.patience, task).await.is_err() {
                tracing::warn!("a connection was still open when the server stopped");
            }
        }
        let engine = self.engine;
        // Closing waits for the engine's thread, which must not hold this runtime up.
        let _ = tokio::task::spawn_blocking(move || engine.stop()).await;
    }

    /// The store, for what works beside the site.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Another sender of the site's mail.
    #[must_use]
    pub fn mailer(&self) -> Mailer {
        Mailer::new(self.app.clone())
    }

    /// What is said once the site answers.
    #[must_use]
    pub fn summary(&self, data_dir: &Path) -> String {
        let office = format!("{}{}", self.site_url, site_gen::address::MODERATION);
        let pages = [
            ("pages", self.built.pages.to_string()),
            ("ideas", self.ideas.to_string()),
        ];
        let absolute = |path: &Path| {
            let absolute = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
            absolute.display().to_string()
        };
        let password = match &self.new_password {
            Some(password) => say("serve.password", &[("password", password.clone())]),
            None => say("serve.password-known", &[]),
        };
        let lines = [
            say("serve.ready", &[]),
            String::new(),
            say("serve.site", &[("url", format!("{}/", self.site_url))]),
            say("serve.office", &[("url", office)]),
            say("serve.login", &[("login", DEMO_LOGIN.to_owned())]),
            password,
            say("serve.data", &[("path", absolute(data_dir))]),
            self.mail.said(&absolute(&data_dir.join("outbox"))),
            say("serve.pages", &pages),
            String::new(),
            say("serve.stop", &[]),
        ];
        lines.join("\n")
    }
}

async fn listen(listen: &str) -> Result<TcpListener, Stopped> {
    let address: SocketAddr = listen
        .parse()
        .map_err(|_| Stopped::because("listen-malformed", &[("listen", listen.to_owned())]))?;
    TcpListener::bind(address)
        .await
        .map_err(|error| port_failed(listen, &error))
}

fn port_failed(listen: &str, error: &std::io::Error) -> Stopped {
    let key = if error.kind() == std::io::ErrorKind::AddrInUse {
        "port-busy"
    } else {
        "port"
    };
    Stopped::because(
        key,
        &[("listen", listen.to_owned()), ("error", error.to_string())],
    )
}

pub(crate) fn site_url(given: &str) -> Result<String, Stopped> {
    let host = given
        .strip_prefix("https://")
        .or_else(|| given.strip_prefix("http://"))
        .unwrap_or_default();
    if host.is_empty() || host.starts_with('/') || host.contains(char::is_whitespace) {
        return Err(Stopped::because("site-url", &[("url", given.to_owned())]));
    }
    Ok(given.trim_end_matches('/').to_owned())
}

pub(crate) fn load(
    content: &Path,
    theme: &Path,
    site_url: &str,
) -> Result<(Bundle, Material), Stopped> {
    site_gen::load(content, theme, site_url).map_err(|problems| problems_said(&problems))
}

pub(crate) fn renderer(bundle: &Bundle, theme: &Path) -> Result<Arc<Renderer>, Stopped> {
    Renderer::new(bundle.clone(), &theme.join("templates"))
        .map(Arc::new)
        .map_err(|problem| problems_said(&[problem]))
}

pub(crate) fn problems_said(problems: &[site_gen::Problem]) -> Stopped {
    let mut lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
    lines.push(count("error.problems", problems.len()));
    Stopped::saying(lines.join("\n"))
}

fn write_bundle(path: &Path, bundle: &Bundle) -> Result<(), Stopped> {
    let bytes = serde_json::to_vec(bundle).expect("a bundle has only string keys");
    fs::write(path, bytes).map_err(|error| Stopped::io("write", path, &error))
}

pub(crate) fn open_output(site: &Path) -> Result<Directory, Stopped> {
    Directory::open(site).map_err(|error| match error {
        OutputError::Foreign(path) => Stopped::at("foreign", &path, &""),
        OutputError::Io(error) => Stopped::io("site-dir", site, &error),
    })
}

async fn open_tail(engine: &Engine, store: &Store) -> Result<Tail, Stopped> {
    Tail::open(engine.endpoint(), store.streamed_table())
        .await
        .map_err(|error| Stopped::because("engine", &[("error", error.to_string())]))
}

async fn publish_all(publisher: &Publisher, material: &Material) -> Result<Built, Stopped> {
    publisher
        .publish_all(material)
        .await
        .map_err(|error| match error {
            functions::PublishError::Build(problems) => problems_said(&problems),
            other => Stopped::because("engine", &[("error", other.to_string())]),
        })
}

/// What is said when the site is asked to stop.
#[must_use]
pub fn said_stopping() -> String {
    say("serve.stopping", &[])
}

/// What is said when it has stopped.
#[must_use]
pub fn said_stopped() -> String {
    say("serve.stopped", &[])
}
