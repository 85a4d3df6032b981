//! What an operator says of a provider.

use std::time::Duration;

use openidconnect::IssuerUrl;

/// A provider, as it is named on the command line or in the environment. What is empty is as what
/// is not there.
#[derive(Clone)]
pub struct OidcSettings {
    /// The address at which its discovery document is.
    pub issuer: String,
    /// What it knows this site as.
    pub client_id: String,
    /// What this site proves that with.
    pub client_secret: String,
    /// Its name on the button; « ProConnect » where it is empty.
    pub name: String,
    /// What is asked for, between spaces; `openid email` where it is empty.
    pub scopes: String,
    /// The levels that are asked for (`acr_values`), between spaces.
    pub acr_values: String,
    /// Whether passwords are taken beside it.
    pub entrance: Entrance,
    /// How long each of its answers is waited for: a login takes four at the most.
    pub patience: Duration,
}

/// How one enters the back office where there is a provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Entrance {
    /// By the provider, or with a password.
    #[default]
    EitherWay,
    /// By the provider alone.
    ProviderAlone,
}

/// What is wrong with the settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OidcProblem {
    /// The issuer is no address over TLS (or of this machine).
    #[error("issuer")]
    Issuer,
    /// There is no client id.
    #[error("client-id")]
    ClientId,
    /// There is no client secret.
    #[error("client-secret")]
    ClientSecret,
    /// The site's own address is none.
    #[error("site-url")]
    SiteUrl,
}

impl OidcSettings {
    /// How long an answer is waited for where nothing else is said.
    pub const PATIENCE: Duration = Duration::from_secs(5);

    /// What `value` says of each variable's name (`ECOUTE_OIDC_…`); none where no issuer is named.
    #[must_use]
    pub fn read(value: impl Fn(&str) -> Option<String>) -> Option<Self> {
        let read = |name: &str| value(name).unwrap_or_default();
        let issuer = read("ECOUTE_OIDC_ISSUER");
        if issuer.trim().is_empty() {
            return None;
        }
        Some(Self {
            issuer,
            client_id: read("ECOUTE_OIDC_CLIENT_ID"),
            client_secret: read("ECOUTE_OIDC_CLIENT_SECRET"),
            name: read("ECOUTE_OIDC_NAME"),
            scopes: read("ECOUTE_OIDC_SCOPES"),
            acr_values: read("ECOUTE_OIDC_ACR"),
            entrance: match read("ECOUTE_OIDC_ONLY").trim() {
                "" | "0" | "false" => Entrance::EitherWay,
                _ => Entrance::ProviderAlone,
            },
            patience: Self::PATIENCE,
        })
    }

    /// The issuer, over TLS; a provider of this machine needs none.
    pub(super) fn issuer(&self) -> Result<IssuerUrl, OidcProblem> {
        let issuer = IssuerUrl::new(self.issuer.trim().to_owned());
        let issuer = issuer.map_err(|_| OidcProblem::Issuer)?;
        let url = issuer.url();
        let is_loopback =
            ["127.0.0.1", "localhost", "[::1]"].contains(&url.host_str().unwrap_or(""));
        match url.scheme() {
            "https" => Ok(issuer),
            "http" if is_loopback => Ok(issuer),
            _ => Err(OidcProblem::Issuer),
        }
    }

    pub(super) fn client_id(&self) -> Result<String, OidcProblem> {
        filled(&self.client_id).ok_or(OidcProblem::ClientId)
    }

    pub(super) fn client_secret(&self) -> Result<String, OidcProblem> {
        filled(&self.client_secret).ok_or(OidcProblem::ClientSecret)
    }

    pub(super) fn name(&self) -> String {
        filled(&self.name).unwrap_or_else(|| "ProConnect".to_owned())
    }

    /// Without `openid`, which is always asked for. The address is what a moderator is first known
    /// by; nothing else is needed, so nothing else is asked for.
    pub(super) fn scopes(&self) -> Vec<String> {
        let asked = filled(&self.scopes).unwrap_or_else(|| "email".to_owned());
        let scopes = asked.split_whitespace().filter(|scope| *scope != "openid");
        scopes.map(str::to_owned).collect()
    }

    pub(super) fn acr_values(&self) -> Vec<String> {
        self.acr_values
            .split_whitespace()
            .map(str::to_owned)
            .collect()
    }
}

fn filled(value: &str) -> Option<String> {
    let value = value.trim();
    (!value.is_empty()).then(|| value.to_owned())
}
