//! Who a provider says somebody is, once it is proved.

use std::time::SystemTime;

use domain::Email;
use jiff::Timestamp;
use openidconnect::core::{
    CoreGenderClaim, CoreIdTokenClaims, CoreJwsSigningAlgorithm, CoreTokenResponse,
};
use openidconnect::{
    ClaimsVerificationError, EmptyAdditionalClaims, Nonce, OAuth2TokenResponse,
    SignatureVerificationError, TokenResponse, UserInfoClaims, UserInfoError,
};

use super::http::HttpProblem;
use super::{Attempt, Client, Oidc, Refused, Unproved, unreachable};
use crate::Secret;

/// How a provider says that there were two factors, in the `amr` of an ID token (RFC 8176; the
/// same word is ProConnect's).
const SEVERAL_FACTORS: &str = "mfa";

/// The levels of ProConnect that ask for two factors, in the `acr`: those of eIDAS above « faible »
/// (Regulation (EU) 2015/1502, annex, 2.3.1), and its own.
const LEVELS_OF_TWO_FACTORS: [&str; 4] = [
    "eidas2",
    "eidas3",
    "https://proconnect.gouv.fr/assurance/self-asserted-2fa",
    "https://proconnect.gouv.fr/assurance/consistency-checked-2fa",
];

/// Somebody, as the provider says.
pub(crate) struct Identified {
    /// Their identifier at the provider, with the provider's own.
    pub(crate) issuer: String,
    pub(crate) subject: String,
    /// Their address, where it is one.
    pub(crate) email: Option<Email>,
    /// Whether the provider says that it did not verify that address.
    pub(crate) is_unverified: bool,
    /// Whether they proved it with two factors.
    pub(crate) with_two_factors: bool,
    /// The token that says so, for the logout.
    pub(crate) id_token: String,
}

/// How the address of who signs on is kept: a keyed hash, from which nobody gets it back.
#[must_use]
pub fn address_hash(secret: &Secret, email: &Email) -> String {
    secret.hash(&["oidc-address", &email.expose().to_lowercase()])
}

/// The same of somebody's identifier at a provider.
pub(crate) fn subject_hash(secret: &Secret, identified: &Identified) -> String {
    secret.hash(&["oidc-subject", &identified.issuer, &identified.subject])
}

impl Oidc {
    /// Verifies the ID token, then asks who that is: what is answered may be signed (ProConnect
    /// signs it), and must be about the same person.
    pub(super) async fn prove(
        &self,
        client: &Client,
        tokens: &CoreTokenResponse,
        attempt: &Attempt,
        now: Timestamp,
    ) -> Result<Identified, Unproved> {
        let Some(id_token) = tokens.id_token() else {
            return Err(unproven("there is no ID token"));
        };
        let nonce = Nonce::new(attempt.nonce.clone());
        let verifier = client
            .id_token_verifier()
            .set_allowed_algs([
                CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
                CoreJwsSigningAlgorithm::RsaSsaPssSha256,
                CoreJwsSigningAlgorithm::EcdsaP256Sha256,
                CoreJwsSigningAlgorithm::EdDsa,
            ])
            .set_time_fn(move || SystemTime::from(now).into());
        let claims = id_token
            .claims(&verifier, &nonce)
            .map_err(|error| unverified(&error))?;
        let (email, email_verified) = match client.user_info(
            tokens.access_token().clone(),
            Some(claims.subject().clone()),
        ) {
            Ok(request) => {
                let told: UserInfoClaims<EmptyAdditionalClaims, CoreGenderClaim> =
                    request.request_async(&self.http).await.map_err(untold)?;
                (told.email().cloned(), told.email_verified())
            }
            // A provider may say all of it in the ID token.
            Err(_) => (claims.email().cloned(), claims.email_verified()),
        };
        Ok(Identified {
            issuer: claims.issuer().to_string(),
            subject: claims.subject().to_string(),
            email: email.and_then(|email| Email::parse(&email).ok()),
            is_unverified: email_verified == Some(false),
            with_two_factors: has_two_factors(claims),
            id_token: id_token.to_string(),
        })
    }
}

fn has_two_factors(claims: &CoreIdTokenClaims) -> bool {
    let methods = claims.auth_method_refs();
    let level = claims.auth_context_ref();
    methods.is_some_and(|methods| methods.iter().any(|method| **method == SEVERAL_FACTORS))
        || level.is_some_and(|level| LEVELS_OF_TWO_FACTORS.contains(&level.as_str()))
}

/// What the crate says of a claim holds the claim, which is somebody's: the log has its kind.
fn unverified(error: &ClaimsVerificationError) -> Unproved {
    unproven(match error {
        ClaimsVerificationError::SignatureVerification(
            SignatureVerificationError::NoMatchingKey,
        ) => return Unproved::UnknownKey,
        ClaimsVerificationError::SignatureVerification(_) => "its signature is not good",
        ClaimsVerificationError::Expired(_) => "it has expired",
        ClaimsVerificationError::InvalidAudience(_) => "it is for another client",
        ClaimsVerificationError::InvalidIssuer(_) => "it is of another issuer",
        ClaimsVerificationError::InvalidNonce(_) => "it is of another login",
        ClaimsVerificationError::InvalidSubject(_) => "it is about somebody else",
        _ => "it can't be understood",
    })
}

fn untold(error: UserInfoError<HttpProblem>) -> Unproved {
    match error {
        UserInfoError::Request(problem) => Unproved::Refused(unreachable(&problem)),
        UserInfoError::ClaimsVerification(error) => unverified(&error),
        UserInfoError::Response(status, ..) if status.is_server_error() => {
            tracing::warn!(%status, "the provider did not say who logs in");
            Unproved::Refused(Refused::Unreachable)
        }
        _ => unproven("who logs in is not told in a way that can be read"),
    }
}

fn unproven(cause: &str) -> Unproved {
    tracing::warn!(cause, "a token of the provider proves nothing");
    Unproved::Refused(Refused::Unproven)
}
