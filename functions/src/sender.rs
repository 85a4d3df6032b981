//! Who sends, as far as quotas must tell: a keyed hash of the network address, good for a day.
//!
//! The address itself goes nowhere: not in the store, not in a log. The hash is made with the
//! functions' secret and with a salt that is destroyed when its day ends, Europe/Paris, so that
//! from then on nobody can tell whose it was.

use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use domain::paris;
use lambda_http::RequestExt;
use lambda_http::request::RequestContext;

use crate::{App, Failure, SharedApp};

/// Where the address of who sends is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Senders {
    /// From the connection: the server is reached directly.
    Connection,
    /// From the last entry of `X-Forwarded-For`, which the proxy before the server adds.
    Proxy,
    /// From the last entry of `X-Forwarded-For` but that of the distribution, which the HTTP API
    /// adds: the distribution adds who asked it.
    Lambda,
}

/// Who sends, as two keyed hashes of 128 bits in hexadecimal digits, the same during a day.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Sender {
    address: String,
    network: String,
}

impl Sender {
    /// The hash of what one subscriber has: an IPv4 address, or 64 bits of an IPv6 one.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// The hash of the network around it, by which many are told to come from one place: 24 bits
    /// of an IPv4 address, 48 of an IPv6 one.
    pub(crate) fn network(&self) -> &str {
        &self.network
    }
}

/// Where a request comes from, for a handler that reads what was typed before it asks the store
/// who sends: where the store fails, it is given back.
pub(crate) struct SentFrom(Option<IpAddr>);

impl FromRequestParts<SharedApp> for SentFrom {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &SharedApp) -> Result<Self, Infallible> {
        Ok(Self(address(parts, app.senders)))
    }
}

impl FromRequestParts<SharedApp> for Sender {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &SharedApp) -> Result<Self, Failure> {
        let from = SentFrom(address(parts, app.senders));
        app.sender(from).await
    }
}

impl App {
    pub(crate) async fn sender(&self, SentFrom(address): SentFrom) -> Result<Sender, Failure> {
        let today = self.now().to_zoned(paris());
        let ends = today
            .tomorrow()
            .and_then(|tomorrow| tomorrow.start_of_day())
            .map_err(|_| Failure::Broken("a day has an end"))?;
        let salt = self.store.salt(today.date(), ends.timestamp()).await?;
        // Who has no address that can be read shares the quota of all who have none.
        let hash = |what: &str, bits: fn(IpAddr) -> String| {
            let bits = address.map(bits).unwrap_or_default();
            let mut hash = self.secret.hash(&[what, &salt, &bits]);
            hash.truncate(32);
            hash
        };
        Ok(Sender {
            address: hash("sender", subscriber),
            network: hash("network", network),
        })
    }
}

/// The network of many subscribers: a site or an operator's range.
fn network(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => {
            let [a, b, c, _] = address.octets();
            Ipv4Addr::new(a, b, c, 0).to_string()
        }
        IpAddr::V6(address) => {
            let [a, b, c, ..] = address.segments();
            Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0).to_string()
        }
    }
}

/// An IPv4 address whole; of an IPv6 one the first 64 bits, which one subscriber has.
fn subscriber(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).to_string()
        }
    }
}

fn address(parts: &Parts, senders: Senders) -> Option<IpAddr> {
    let connection = || {
        let connected = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        connected.map(|ConnectInfo(address)| address.ip())
    };
    match senders {
        Senders::Connection => connection(),
        Senders::Proxy => forwarded(parts).or_else(connection),
        Senders::Lambda => match parts.extensions.request_context_ref()? {
            RequestContext::ApiGatewayV2(context) => {
                let distribution = context.http.source_ip.as_deref();
                through(parts, distribution?.parse().ok()?)
            }
            _ => None,
        },
    }
}

/// What the nearest proxy says: all before the last entry is what others said to it.
fn forwarded(parts: &Parts) -> Option<IpAddr> {
    said(parts).next()
}

/// Who asked the distribution, of which the HTTP API notes the address; it may have added that
/// itself. Where nothing else is said, it was asked directly.
fn through(parts: &Parts, distribution: IpAddr) -> Option<IpAddr> {
    let mut said = said(parts);
    match said.next() {
        Some(last) if last == distribution => said.next().or(Some(last)),
        Some(last) => Some(last),
        None => Some(distribution),
    }
}

/// The addresses of `X-Forwarded-For`, the last one first, as far as they can be read.
fn said(parts: &Parts) -> impl Iterator<Item = IpAddr> {
    let headers = parts.headers.get_all("x-forwarded-for").iter().rev();
    let entries = headers
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.rsplit(','));
    entries.map_while(|entry| {
        let entry = entry.trim();
        entry
            .parse()
            .or_else(|_| entry.parse::<SocketAddr>().map(|address| address.ip()))
            .ok()
    })
}
