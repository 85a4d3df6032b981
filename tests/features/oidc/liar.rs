//! A provider that says what a test wants it to: the pages of a provider are left out, its tokens
//! are as true or as false as asked.

use std::sync::{Arc, Mutex, MutexGuard};

use axum::extract::{Form, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use reqwest::Url;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::{CLIENT, RETURN, SITE, parameter};

/// A signing key, under the name that the provider gives it.
pub(super) struct Key {
    name: String,
    pair: EcdsaKeyPair,
}

impl Key {
    pub(super) fn new(name: &str) -> Self {
        let random = SystemRandom::new();
        let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
        let document = EcdsaKeyPair::generate_pkcs8(algorithm, &random).unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(algorithm, document.as_ref(), &random).unwrap();
        Self {
            name: name.to_owned(),
            pair,
        }
    }

    fn public(&self) -> Value {
        let (x, y) = self.pair.public_key().as_ref()[1..].split_at(32);
        json!({
            "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": self.name,
            "x": URL_SAFE_NO_PAD.encode(x), "y": URL_SAFE_NO_PAD.encode(y),
        })
    }

    fn token(&self, claims: &Value) -> String {
        let header = json!({"alg": "ES256", "typ": "JWT", "kid": self.name});
        let signed = unsigned(&header, claims);
        let signature = self
            .pair
            .sign(&SystemRandom::new(), signed.as_bytes())
            .unwrap();
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

/// The first two parts of a token.
pub(super) fn unsigned(header: &Value, claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}", part(header), part(claims))
}

/// What the provider says, and of whom it was asked.
pub(super) struct Said {
    /// The keys that it publishes.
    pub(super) keys: Vec<Value>,
    /// The key that it signs with.
    pub(super) key: Key,
    /// The claims of the next ID token.
    pub(super) claims: Value,
    /// A whole ID token, in the place of one of these claims.
    pub(super) id_token: Option<String>,
    /// What it tells of the person: JSON, or a token.
    pub(super) person: Result<Value, String>,
    /// The answer of the token endpoint that is none.
    pub(super) refusal: Option<(StatusCode, Value)>,
    /// The paths that it does not answer on.
    pub(super) silent_on: Option<&'static str>,
    /// The paths that were asked for.
    pub(super) asked: Vec<&'static str>,
    challenge: String,
}

#[derive(Clone)]
pub struct Liar {
    pub issuer: String,
    said: Arc<Mutex<Said>>,
}

impl Liar {
    /// One that tells the truth, of Claire.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let key = Key::new("1");
        let said = Said {
            keys: vec![key.public(), a_rsa_key()],
            key,
            claims: Value::Null,
            id_token: None,
            person: Ok(json!({"sub": "1234", "email": "claire@example.org"})),
            refusal: None,
            silent_on: None,
            asked: Vec::new(),
            challenge: String::new(),
        };
        let liar = Self {
            issuer,
            said: Arc::new(Mutex::new(said)),
        };
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(discovery))
            .route("/jwks", get(keys))
            .route("/token", post(token))
            .route("/userinfo", get(person))
            .with_state(liar.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        liar
    }

    pub(super) fn said(&self) -> MutexGuard<'_, Said> {
        self.said.lock().unwrap()
    }

    /// Somebody came with this address and is sent back: the next ID token is for this login.
    pub(super) fn send_back(&self, away: &Url, now: jiff::Timestamp) -> Url {
        assert!(away.as_str().starts_with(&format!("{}/auth?", self.issuer)));
        assert_eq!(parameter(away, "redirect_uri"), format!("{SITE}{RETURN}"));
        assert_eq!(parameter(away, "code_challenge_method"), "S256");
        let mut said = self.said();
        said.challenge = parameter(away, "code_challenge");
        said.claims = json!({
            "iss": self.issuer, "aud": CLIENT.0, "sub": "1234",
            "nonce": parameter(away, "nonce"),
            "iat": now.as_second(), "exp": now.as_second() + 60,
        });
        let state = parameter(away, "state");
        Url::parse(&format!("{SITE}{RETURN}?code=un-code&state={state}")).unwrap()
    }

    /// The provider takes another key, and publishes it.
    pub(super) fn change_key(&self, name: &str) {
        let key = Key::new(name);
        let mut said = self.said();
        said.keys = vec![key.public()];
        said.key = key;
    }

    /// Notes what is asked for; whether it is answered.
    async fn answers(&self, path: &'static str) -> bool {
        let silent = {
            let mut said = self.said();
            said.asked.push(path);
            said.silent_on == Some(path)
        };
        if silent {
            std::future::pending::<()>().await;
        }
        !silent
    }
}

/// A key that nobody can sign with: any odd number will do for what is to be refused.
fn a_rsa_key() -> Value {
    let modulus = URL_SAFE_NO_PAD.encode([0xb5; 256]);
    json!({"kty": "RSA", "use": "sig", "alg": "RS256", "kid": "rsa", "n": modulus, "e": "AQAB"})
}

async fn discovery(State(liar): State<Liar>) -> Json<Value> {
    liar.answers("discovery").await;
    let at = |path: &str| format!("{}/{path}", liar.issuer);
    Json(json!({
        "issuer": liar.issuer,
        "authorization_endpoint": at("auth"),
        "token_endpoint": at("token"),
        "userinfo_endpoint": at("userinfo"),
        "jwks_uri": at("jwks"),
        "end_session_endpoint": at("end"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256", "RS256", "HS256", "none"],
    }))
}

async fn keys(State(liar): State<Liar>) -> Json<Value> {
    liar.answers("keys").await;
    let keys = liar.said().keys.clone();
    Json(json!({"keys": keys}))
}

async fn token(
    State(liar): State<Liar>,
    headers: HeaderMap,
    Form(form): Form<Vec<(String, String)>>,
) -> Response {
    liar.answers("token").await;
    let field = |name: &str| {
        let found = form.iter().find(|(known, _)| known == name);
        found.map_or("", |(_, value)| value.as_str()).to_owned()
    };
    // By default the secret goes in a header, each part encoded as in a form (RFC 6749, 2.3.1).
    let (id, secret) = CLIENT;
    let expected = STANDARD.encode(format!("{id}:{}", secret.replace(' ', "+")));
    assert_eq!(headers[header::AUTHORIZATION], format!("Basic {expected}"));
    assert_eq!(field("grant_type"), "authorization_code");
    assert_eq!(field("redirect_uri"), format!("{SITE}{RETURN}"));
    assert_eq!(field("code"), "un-code");
    let digest = ring::digest::digest(&ring::digest::SHA256, field("code_verifier").as_bytes());
    let said = liar.said();
    assert_eq!(URL_SAFE_NO_PAD.encode(digest), said.challenge);
    if let Some((status, why)) = &said.refusal {
        return (*status, Json(why.clone())).into_response();
    }
    let id_token = said.id_token.clone();
    let id_token = id_token.unwrap_or_else(|| said.key.token(&said.claims));
    Json(json!({
        "access_token": "un-jeton", "token_type": "Bearer", "expires_in": 60, "id_token": id_token,
    }))
    .into_response()
}

async fn person(State(liar): State<Liar>, headers: HeaderMap) -> Response {
    liar.answers("userinfo").await;
    assert_eq!(headers[header::AUTHORIZATION], "Bearer un-jeton");
    match liar.said().person.clone() {
        Ok(person) => Json(person).into_response(),
        Err(token) => ([(header::CONTENT_TYPE, "application/jwt")], token).into_response(),
    }
}
