//! A mail server: where it is, and one message handed to it.
//!
//! lettre's own transport, which keeps several connections, answers for a whole message; here each
//! step is asked apart, since only a refusal of the recipient (RFC 5321, 4.1.1.3) says something of
//! the address.

mod pace;

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::future::join_all;
use lettre::address::Envelope;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt, Rset};
use lettre::transport::smtp::extension::{ClientId, Extension, MailParameter};
use percent_encoding::percent_decode_str;
use tokio::time::Instant;
use url::{Host, Url};

use self::pace::Pace;
use super::MailProblem;
use super::compose::host_of;

/// How many messages are on their way to a server at once, where its address says no number: what a
/// server takes of one client without more (Postfix: 50 connections; those of providers: 10).
const AT_ONCE: u32 = 8;
/// The most that an address may ask for: SES leaves a client more, and a process has few files.
const MOST_AT_ONCE: u32 = 64;
/// The most messages a second that an address may name.
const MOST_A_SECOND: u32 = 10_000;

/// A mail server, and the connections to it that are open.
pub struct Smtp {
    host: String,
    port: u16,
    tls: Tls,
    credentials: Option<Credentials>,
    /// For how long one message may take.
    timeout: Duration,
    hello: ClientId,
    /// How many messages are on their way at once.
    at_once: u32,
    pace: Pace,
    /// Those that carry no message now, each since when: the last used is the last here.
    open: Mutex<Vec<(AsyncSmtpConnection, Instant)>>,
}

enum Tls {
    /// From the first byte (RFC 8314).
    Implicit(TlsParameters),
    /// By STARTTLS, or not at all (RFC 3207).
    Required(TlsParameters),
    /// In clear, to this very machine.
    None,
}

/// What is wrong with the address of a mail server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SmtpUrlProblem {
    /// It is not of the form `smtp://user@host:port`.
    #[error("url")]
    Malformed,
    /// It holds a password, which others could read in the list of processes.
    #[error("password-shown")]
    PasswordShown,
    /// It names a user, and there is no password.
    #[error("password-missing")]
    PasswordMissing,
    /// It asks for a connection in clear to another machine.
    #[error("clear")]
    Clear,
    /// TLS can't be prepared.
    #[error("tls")]
    Tls,
}

impl std::fmt::Debug for Smtp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Smtp({}:{})", self.host, self.port)
    }
}

impl Smtp {
    /// The server of an address: `smtps://user@host` (TLS, port 465) or `smtp://user@host`
    /// (STARTTLS, port 587), with `?tls=none` where the host is this machine, `?timeout=seconds`
    /// for one message (60), `?connections=` for how many are open at once (8) and `?rate=` for
    /// how many messages leave in a second (as many as do). The client calls itself by the host of
    /// `site_url`.
    ///
    /// # Errors
    /// [`SmtpUrlProblem`].
    pub fn parse(
        raw: &str,
        password: Option<&str>,
        site_url: &str,
    ) -> Result<Self, SmtpUrlProblem> {
        let url = Url::parse(raw).map_err(|_| SmtpUrlProblem::Malformed)?;
        let is_implicit = match url.scheme() {
            "smtps" => true,
            "smtp" => false,
            _ => return Err(SmtpUrlProblem::Malformed),
        };
        if url.password().is_some() {
            return Err(SmtpUrlProblem::PasswordShown);
        }
        if !matches!(url.path(), "" | "/") || url.fragment().is_some() {
            return Err(SmtpUrlProblem::Malformed);
        }
        // `url` leaves the hosts of schemes that it does not know as they are written.
        let host = url.host_str().filter(|host| !host.is_empty());
        let host = host.ok_or(SmtpUrlProblem::Malformed)?;
        let host = Host::parse(host).map_err(|_| SmtpUrlProblem::Malformed)?;
        let is_this_machine = match &host {
            Host::Domain(name) => name == "localhost",
            Host::Ipv4(address) => address.is_loopback(),
            Host::Ipv6(address) => address.is_loopback(),
        };
        let host = host.to_string().trim_matches(['[', ']']).to_owned();
        let (mut in_clear, mut timeout) = (is_this_machine && !is_implicit, 60);
        let (mut at_once, mut rate) = (AT_ONCE, None);
        let number = |value: &str, most: u32| {
            let number = value.parse().ok();
            let number = number.filter(|number| (1..=most).contains(number));
            number.ok_or(SmtpUrlProblem::Malformed)
        };
        for (name, value) in url.query_pairs() {
            match (&*name, &*value) {
                ("tls", "required") => in_clear = false,
                ("tls", "none") if is_this_machine && !is_implicit => in_clear = true,
                ("tls", "none") => return Err(SmtpUrlProblem::Clear),
                ("timeout", seconds) => timeout = number(seconds, 120)?,
                ("connections", connections) => at_once = number(connections, MOST_AT_ONCE)?,
                ("rate", a_second) => rate = Some(number(a_second, MOST_A_SECOND)?),
                _ => return Err(SmtpUrlProblem::Malformed),
            }
        }
        let credentials = match (url.username(), password) {
            ("", _) => None,
            (_, None) => return Err(SmtpUrlProblem::PasswordMissing),
            (user, Some(password)) => {
                let user = percent_decode_str(user)
                    .decode_utf8()
                    .map_err(|_| SmtpUrlProblem::Malformed)?;
                Some(Credentials::new(user.into_owned(), password.to_owned()))
            }
        };
        let parameters =
            || TlsParameters::new_rustls(host.clone()).map_err(|_| SmtpUrlProblem::Tls);
        let tls = if is_implicit {
            Tls::Implicit(parameters()?)
        } else if in_clear {
            Tls::None
        } else {
            Tls::Required(parameters()?)
        };
        let hello = Some(host_of(site_url))
            .filter(|name| name.contains('.') && name.parse::<std::net::IpAddr>().is_err());
        Ok(Self {
            port: url.port().unwrap_or(if is_implicit { 465 } else { 587 }),
            host,
            tls,
            credentials,
            timeout: Duration::from_secs(timeout.into()),
            hello: hello.map_or_else(ClientId::default, |name| ClientId::Domain(name.to_owned())),
            at_once,
            pace: Pace::of(rate),
            open: Mutex::default(),
        })
    }

    /// How many messages may be on their way at once.
    pub(super) fn at_once(&self) -> usize {
        usize::try_from(self.at_once).unwrap_or(1)
    }

    /// Hands one message to the server, when its turn has come. Each that is on its way at the same
    /// time has a connection of its own.
    pub(super) async fn send(
        &self,
        envelope: &Envelope,
        message: &[u8],
    ) -> Result<(), MailProblem> {
        self.pace.turn().await;
        // What fails, or is given up on the way, leaves no connection behind.
        let kept = self.open().pop();
        let sent = async {
            let mut connection = self.connection(kept).await?;
            hand_over(&mut connection, envelope, message).await?;
            Ok(connection)
        };
        let sent = tokio::time::timeout(self.timeout, sent).await;
        match sent.unwrap_or(Err(MailProblem::TimedOut)) {
            Ok(connection) => {
                self.open().push((connection, Instant::now()));
                self.pace.taken();
                Ok(())
            }
            Err(problem) => {
                if problem == MailProblem::TooFast {
                    self.pace.slower();
                }
                Err(problem)
            }
        }
    }

    /// Connects as for a message, and logs in; nothing is sent.
    ///
    /// # Errors
    /// Why a message would not leave.
    pub async fn check(&self) -> Result<(), MailProblem> {
        let connected = tokio::time::timeout(self.timeout, self.connection(None)).await;
        let mut connection = connected.map_err(|_| MailProblem::TimedOut)??;
        // The server sees the end of the connection in any case.
        let _ = connection.quit().await;
        Ok(())
    }

    /// Ends the connections that are open and carry nothing.
    pub(super) async fn rest(&self) {
        const PATIENCE: Duration = Duration::from_secs(2);
        let mut open = std::mem::take(&mut *self.open());
        let quitting = open.iter_mut().map(|(connection, _)| connection.quit());
        // The server sees the end of the connection in any case.
        let _ = tokio::time::timeout(PATIENCE, join_all(quitting)).await;
    }

    fn open(&self) -> MutexGuard<'_, Vec<(AsyncSmtpConnection, Instant)>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The connection that was kept, where it still holds, or a new one.
    async fn connection(
        &self,
        kept: Option<(AsyncSmtpConnection, Instant)>,
    ) -> Result<AsyncSmtpConnection, MailProblem> {
        const FRESH: Duration = Duration::from_secs(30);
        if let Some((mut connection, used)) = kept
            && used.elapsed() < FRESH
            && connection.command(Rset).await.is_ok()
        {
            return Ok(connection);
        }
        let implicit = match &self.tls {
            Tls::Implicit(parameters) => Some(parameters.clone()),
            Tls::Required(_) | Tls::None => None,
        };
        let server = (self.host.as_str(), self.port);
        let mut connection = AsyncSmtpConnection::connect_tokio1(
            server,
            Some(self.timeout),
            &self.hello,
            implicit,
            None,
        )
        .await
        .map_err(|error| of_server(&error))?;
        if let Tls::Required(parameters) = &self.tls {
            if !connection.can_starttls() {
                return Err(MailProblem::Tls);
            }
            connection
                .starttls(parameters.clone(), &self.hello)
                .await
                .map_err(|error| of_server(&error))?;
        }
        if let Some(credentials) = &self.credentials {
            connection
                .auth(DEFAULT_MECHANISMS, credentials)
                .await
                .map_err(|error| match of_server(&error) {
                    MailProblem::Rejected => MailProblem::Denied,
                    other => other,
                })?;
        }
        Ok(connection)
    }
}

async fn hand_over(
    connection: &mut AsyncSmtpConnection,
    envelope: &Envelope,
    message: &[u8],
) -> Result<(), MailProblem> {
    let takes_utf8 = connection
        .server_info()
        .supports_feature(Extension::SmtpUtfEight);
    let parameters = match (message.is_ascii(), takes_utf8) {
        (true, _) => Vec::new(),
        (false, true) => vec![MailParameter::SmtpUtfEight],
        (false, false) => return Err(MailProblem::AddressUnusable),
    };
    connection
        .command(Mail::new(envelope.from().cloned(), parameters))
        .await
        .map_err(|error| of_server(&error))?;
    for address in envelope.to() {
        connection
            .command(Rcpt::new(address.clone(), Vec::new()))
            .await
            .map_err(|error| match of_server(&error) {
                MailProblem::Rejected => MailProblem::AddressRefused,
                other => other,
            })?;
    }
    connection
        .command(Data)
        .await
        .map_err(|error| of_server(&error))?;
    connection
        .message(message)
        .await
        .map(|_| ())
        .map_err(|error| of_server(&error))
}

/// What an error says, when it does not speak of an address. What a server writes is read for
/// its code alone: it may hold an address.
fn of_server(error: &Error) -> MailProblem {
    if error.is_tls() || is_handshake(error) {
        MailProblem::Tls
    } else if error.is_timeout() {
        MailProblem::TimedOut
    } else if error.is_transient() {
        // 421: too many connections, among others (RFC 5321, 3.8). 454: what SES says of its rate,
        // and any server of a login that it has no time for (RFC 4954, 4.7.0).
        match error.status().map_or(0, u16::from) {
            421 | 454 => MailProblem::TooFast,
            _ => MailProblem::Deferred,
        }
    } else if error.is_permanent() {
        let code = error.status().map_or(0, u16::from);
        // RFC 4954 (login) and RFC 3463, 3.8: a matter of policy, such as who may send.
        let of_policy = std::error::Error::source(error)
            .is_some_and(|said| said.to_string().trim_start().starts_with("5.7."));
        match code {
            530 | 534 | 535 | 538 => MailProblem::Denied,
            _ if of_policy => MailProblem::Denied,
            _ => MailProblem::Rejected,
        }
    } else if error.is_client() {
        MailProblem::Denied
    } else {
        MailProblem::Unreachable
    }
}

/// Whether it is a certificate that does not hold: over TLS from the first byte, that is told as
/// a connection that failed, with invalid data as its cause.
fn is_handshake(error: &Error) -> bool {
    let mut cause = std::error::Error::source(error);
    while let Some(source) = cause {
        let of_data = |error: &std::io::Error| error.kind() == std::io::ErrorKind::InvalidData;
        if source.downcast_ref::<std::io::Error>().is_some_and(of_data) {
            return true;
        }
        cause = source.source();
    }
    false
}
