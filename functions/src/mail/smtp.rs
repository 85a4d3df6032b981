//! A mail server: where it is, and one message handed to it.
//!
//! lettre's own transport answers for a whole message; here each step is asked apart, since only
//! a refusal of the recipient (RFC 5321, 4.1.1.3) says something of the address.

use std::time::Duration;

use lettre::address::Envelope;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt, Rset};
use lettre::transport::smtp::extension::{ClientId, Extension, MailParameter};
use percent_encoding::percent_decode_str;
use tokio::sync::Mutex;
use tokio::time::Instant;
use url::{Host, Url};

use super::MailProblem;
use super::compose::host_of;

/// A mail server, and the connection to it that is open.
pub struct Smtp {
    host: String,
    port: u16,
    tls: Tls,
    credentials: Option<Credentials>,
    /// For how long one message may take.
    timeout: Duration,
    hello: ClientId,
    open: Mutex<Option<(AsyncSmtpConnection, Instant)>>,
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
    /// (STARTTLS, port 587), with `?tls=none` where the host is this machine, and
    /// `?timeout=seconds` for one message (60). The client calls itself by the host of `site_url`.
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
        for (name, value) in url.query_pairs() {
            match (&*name, &*value) {
                ("tls", "required") => in_clear = false,
                ("tls", "none") if is_this_machine && !is_implicit => in_clear = true,
                ("tls", "none") => return Err(SmtpUrlProblem::Clear),
                ("timeout", seconds) => {
                    timeout = seconds
                        .parse()
                        .ok()
                        .filter(|seconds| (1..=120).contains(seconds))
                        .ok_or(SmtpUrlProblem::Malformed)?;
                }
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
            timeout: Duration::from_secs(timeout),
            hello: hello.map_or_else(ClientId::default, |name| ClientId::Domain(name.to_owned())),
            open: Mutex::new(None),
        })
    }

    /// Hands one message to the server.
    pub(super) async fn send(
        &self,
        envelope: &Envelope,
        message: &[u8],
    ) -> Result<(), MailProblem> {
        let mut open = self.open.lock().await;
        // What fails, or is given up on the way, leaves no connection behind.
        let kept = open.take();
        let sent = async {
            let mut connection = self.connection(kept).await?;
            hand_over(&mut connection, envelope, message).await?;
            Ok(connection)
        };
        let connection = tokio::time::timeout(self.timeout, sent)
            .await
            .map_err(|_| MailProblem::TimedOut)??;
        *open = Some((connection, Instant::now()));
        Ok(())
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

    /// Ends the connection, where one is open.
    pub(super) async fn rest(&self) {
        const PATIENCE: Duration = Duration::from_secs(2);
        if let Some((mut connection, _)) = self.open.lock().await.take() {
            // The server sees the end of the connection in any case.
            let _ = tokio::time::timeout(PATIENCE, connection.quit()).await;
        }
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
        MailProblem::Deferred
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
