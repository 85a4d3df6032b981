//! Single sign-on: the provider of OpenID Connect that says who a moderator is.
//!
//! What it says is believed once it is proved: the code comes back to the browser that left (state),
//! for this very login (nonce), to who began it (PKCE, RFC 7636), in a token that one of the
//! provider's keys signed. The back office decides who may enter (`login/sign_on.rs`).

mod http;
mod identified;
mod refused;
mod settings;

use std::sync::{Arc, PoisonError, RwLock};

use jiff::{Timestamp, ToSpan};
use openidconnect::core::{
    CoreAuthenticationFlow, CoreClient, CoreClientAuthMethod, CoreIdToken, CoreTokenResponse,
};
use openidconnect::url::Url;
use openidconnect::{
    AuthType, AuthenticationContextClass, AuthorizationCode, ClientId, ClientSecret, CsrfToken,
    DiscoveryError, EndpointMaybeSet, EndpointNotSet, EndpointSet, IssuerUrl, JsonWebKeySet,
    LogoutRequest, Nonce, PkceCodeChallenge, PkceCodeVerifier, PostLogoutRedirectUrl,
    ProviderMetadataWithLogout, RedirectUrl, RequestTokenError, Scope,
};
use site_gen::address;

use crate::Secret;
use http::{Http, HttpProblem};
pub use identified::address_hash;
pub(crate) use identified::{Identified, subject_hash};
pub(crate) use refused::Refused;
pub use settings::{Entrance, OidcProblem, OidcSettings};

/// How many hours what a provider says of itself is believed before it is asked again.
const KEPT_HOURS: i64 = 24;

/// A provider of OpenID Connect, and what this site is to it.
pub struct Oidc {
    name: String,
    entrance: Entrance,
    issuer: IssuerUrl,
    client_id: ClientId,
    client_secret: ClientSecret,
    scopes: Vec<Scope>,
    acr_values: Vec<AuthenticationContextClass>,
    redirect: RedirectUrl,
    after_logout: PostLogoutRedirectUrl,
    http: Http,
    known: RwLock<Option<Known>>,
}

/// What a provider says of itself, its keys included.
#[derive(Clone)]
struct Known {
    metadata: Arc<ProviderMetadataWithLogout>,
    asked_at: Timestamp,
}

/// One login: what goes to the provider and must come back, made of the ticket that stays in the
/// browser's cookie, so that nothing of it is stored. Each part has 43 characters: ProConnect asks
/// for 32 of a state and a nonce, RFC 7636 for 43 of a verifier.
pub(crate) struct Attempt {
    pub(crate) state: String,
    nonce: String,
    verifier: String,
}

/// A client that may ask for codes and tokens, as the provider says where.
type Client = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

impl std::fmt::Debug for Oidc {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Oidc({})", self.issuer.as_str())
    }
}

impl Attempt {
    /// The login of a ticket.
    pub(crate) fn of(secret: &Secret, ticket: &str) -> Self {
        Self {
            state: secret.sign_on("state", ticket),
            nonce: secret.sign_on("nonce", ticket),
            verifier: secret.sign_on("verifier", ticket),
        }
    }
}

impl Oidc {
    /// The provider of these settings, for the site at this public address. Nothing is asked of
    /// it yet.
    ///
    /// # Errors
    /// [`OidcProblem`].
    pub fn new(settings: &OidcSettings, site_url: &str) -> Result<Self, OidcProblem> {
        let issuer = settings.issuer()?;
        let here = |path: &str| format!("{site_url}{path}");
        Ok(Self {
            name: settings.name(),
            entrance: settings.entrance,
            client_id: ClientId::new(settings.client_id()?),
            client_secret: ClientSecret::new(settings.client_secret()?),
            scopes: settings.scopes().into_iter().map(Scope::new).collect(),
            acr_values: settings
                .acr_values()
                .into_iter()
                .map(AuthenticationContextClass::new)
                .collect(),
            redirect: RedirectUrl::new(here(address::LOGIN_RETURN))
                .map_err(|_| OidcProblem::SiteUrl)?,
            after_logout: PostLogoutRedirectUrl::new(here(address::LOGIN))
                .map_err(|_| OidcProblem::SiteUrl)?,
            http: Http::new(&issuer, settings.patience),
            issuer,
            known: RwLock::default(),
        })
    }

    /// Its name, as its button says it.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Whether passwords are taken beside it.
    pub(crate) fn entrance(&self) -> Entrance {
        self.entrance
    }

    /// Where the browser goes to be identified.
    ///
    /// # Errors
    /// [`Refused::Unreachable`].
    pub(crate) async fn way_there(
        &self,
        attempt: &Attempt,
        now: Timestamp,
    ) -> Result<Url, Refused> {
        // The `amr` of an ID token says whether there were two factors; ProConnect gives it to
        // who asks for it so (its documentation, « claim amr »), and refuses parameters that it
        // does not know, as others may.
        const ASKED: &str = r#"{"id_token":{"amr":{"essential":true}}}"#;
        let metadata = self.metadata(now).await?;
        let verifier = PkceCodeVerifier::new(attempt.verifier.clone());
        let client = self.client(&metadata);
        let (state, nonce) = (attempt.state.clone(), attempt.nonce.clone());
        let mut request = client
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                move || CsrfToken::new(state.clone()),
                move || Nonce::new(nonce.clone()),
            )
            .add_scopes(self.scopes.iter().cloned())
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier));
        for value in &self.acr_values {
            request = request.add_auth_context_value(value.clone());
        }
        if metadata.claims_parameter_supported() == Some(true) {
            request = request.add_extra_param("claims", ASKED);
        }
        Ok(request.url().0)
    }

    /// Who came back with a code.
    ///
    /// # Errors
    /// [`Refused`].
    pub(crate) async fn identify(
        &self,
        attempt: &Attempt,
        code: String,
        now: Timestamp,
    ) -> Result<Identified, Refused> {
        let metadata = self.metadata(now).await?;
        let client = self.client(&metadata);
        let tokens = self.tokens(&client, attempt, code).await?;
        match self.prove(&client, &tokens, attempt, now).await {
            Err(Unproved::UnknownKey) => {}
            Err(Unproved::Refused(refused)) => return Err(refused),
            Ok(identified) => return Ok(identified),
        }
        // The provider has another key since it was asked: it is asked again, once.
        let metadata = self.with_keys_of_now(metadata, now).await?;
        let client = self.client(&metadata);
        match self.prove(&client, &tokens, attempt, now).await {
            Err(Unproved::UnknownKey) => {
                tracing::warn!("a token is signed with a key that the provider does not have");
                Err(Refused::Unproven)
            }
            Err(Unproved::Refused(refused)) => Err(refused),
            Ok(identified) => Ok(identified),
        }
    }

    /// Where the browser goes to be logged out of the provider too, where it can be. ProConnect
    /// asks for the ID token and a state (« Déconnexion »), and others for the client where there
    /// is no token.
    pub(crate) async fn way_out(
        &self,
        id_token: &str,
        state: String,
        now: Timestamp,
    ) -> Option<Url> {
        let metadata = self.metadata(now).await.ok()?;
        let end = metadata
            .additional_metadata()
            .end_session_endpoint
            .clone()?;
        let request = LogoutRequest::from(end)
            .set_post_logout_redirect_uri(self.after_logout.clone())
            .set_state(CsrfToken::new(state));
        let request = match id_token.parse::<CoreIdToken>() {
            Ok(token) => request.set_id_token_hint(&token),
            Err(_) => request.set_client_id(self.client_id.clone()),
        };
        Some(request.http_get_url())
    }

    async fn tokens(
        &self,
        client: &Client,
        attempt: &Attempt,
        code: String,
    ) -> Result<CoreTokenResponse, Refused> {
        let request = client
            .exchange_code(AuthorizationCode::new(code))
            .map_err(|_| misconfigured("the provider names no token endpoint"))?
            .set_pkce_verifier(PkceCodeVerifier::new(attempt.verifier.clone()));
        let answered = request.request_async(&self.http).await;
        answered.map_err(|error| match error {
            RequestTokenError::Request(problem) => unreachable(&problem),
            RequestTokenError::ServerResponse(said) => match said.error().as_ref() {
                // The code is too old, was used, or is for another login.
                "invalid_grant" => Refused::Late,
                other => misconfigured(other),
            },
            RequestTokenError::Parse(..) | RequestTokenError::Other(_) => {
                tracing::warn!("the provider gives tokens that can't be read");
                Refused::Unproven
            }
        })
    }

    fn client(&self, metadata: &ProviderMetadataWithLogout) -> Client {
        let methods = metadata.token_endpoint_auth_methods_supported();
        let takes = |method| methods.is_some_and(|methods| methods.contains(&method));
        // Where a provider says nothing, it takes the secret in a header (OpenID Connect
        // Discovery 1.0, section 3).
        let auth_type = if takes(CoreClientAuthMethod::ClientSecretPost)
            && !takes(CoreClientAuthMethod::ClientSecretBasic)
        {
            AuthType::RequestBody
        } else {
            AuthType::BasicAuth
        };
        let secret = Some(self.client_secret.clone());
        CoreClient::from_provider_metadata(metadata.clone(), self.client_id.clone(), secret)
            .set_redirect_uri(self.redirect.clone())
            .set_auth_type(auth_type)
    }

    /// What the provider says of itself: asked once, and kept for a day; for as long as it does
    /// not answer, what it said before holds.
    async fn metadata(&self, now: Timestamp) -> Result<Arc<ProviderMetadataWithLogout>, Refused> {
        let known = self
            .known
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        if let Some(known) = &known
            && now < known.asked_at + KEPT_HOURS.hours()
        {
            return Ok(Arc::clone(&known.metadata));
        }
        let asked =
            ProviderMetadataWithLogout::discover_async(self.issuer.clone(), &self.http).await;
        match (asked, known) {
            (Ok(metadata), _) => Ok(self.keep(metadata, now)),
            (Err(error), Some(known)) => {
                unanswered(&error);
                Ok(known.metadata)
            }
            (Err(error), None) => Err(unanswered(&error)),
        }
    }

    async fn with_keys_of_now(
        &self,
        before: Arc<ProviderMetadataWithLogout>,
        now: Timestamp,
    ) -> Result<Arc<ProviderMetadataWithLogout>, Refused> {
        let keys = JsonWebKeySet::fetch_async(before.jwks_uri(), &self.http).await;
        let keys = keys.map_err(|error| unanswered(&error))?;
        Ok(self.keep((*before).clone().set_jwks(keys), now))
    }

    fn keep(
        &self,
        metadata: ProviderMetadataWithLogout,
        now: Timestamp,
    ) -> Arc<ProviderMetadataWithLogout> {
        let metadata = Arc::new(metadata);
        let known = Known {
            metadata: Arc::clone(&metadata),
            asked_at: now,
        };
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = Some(known);
        metadata
    }
}

/// Why a token proves nothing.
enum Unproved {
    /// It may: its key is not known yet.
    UnknownKey,
    Refused(Refused),
}

fn unreachable(problem: &HttpProblem) -> Refused {
    tracing::warn!(cause = %problem, "the provider of single sign-on did not answer");
    Refused::Unreachable
}

fn unanswered(error: &DiscoveryError<HttpProblem>) -> Refused {
    match error {
        DiscoveryError::Request(problem) => unreachable(problem),
        other => {
            tracing::error!(cause = %other, "the provider of single sign-on can't be understood");
            Refused::Unreachable
        }
    }
}

/// Only who runs the site can help: it is in the log, where it stands out.
fn misconfigured(cause: &str) -> Refused {
    tracing::error!(cause, "the provider of single sign-on refuses this site");
    Refused::Declined
}
