//! What the functions sign, and what only who holds a token can ask for.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::{ContributionId, ContributionRef, Email, LetterId, Person, ReportForm, Slug};
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use sha2::{Digest, Sha256};

/// The functions' secret: 256 bits, from which every signature is made.
#[derive(Clone)]
pub struct Secret([u8; 32]);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// What a review page carries, so that the same form sent twice is one contribution: a random
/// key, and when the form was opened; signed for one purpose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket {
    key: [u8; 16],
    /// When the form was opened.
    pub opened: Timestamp,
}

/// What a token of a survey opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SurveyToken {
    /// What somebody has answered so far, in a cookie.
    Draft,
    /// The same, in the link of a message.
    Resume,
    /// What was sent.
    Receipt,
}

impl SurveyToken {
    fn purpose(self) -> &'static str {
        match self {
            Self::Draft => "survey-draft",
            Self::Resume => "survey-resume",
            Self::Receipt => "survey-receipt",
        }
    }
}

impl Secret {
    /// A secret of these bits.
    #[must_use]
    pub fn new(bits: [u8; 32]) -> Self {
        Self(bits)
    }

    /// A new secret.
    #[must_use]
    pub fn random() -> Self {
        Self(random())
    }

    /// Parses 64 hexadecimal digits.
    #[must_use]
    pub fn parse(raw: &str) -> Option<Self> {
        let raw = raw.trim();
        if raw.len() != 64 || !raw.is_ascii() {
            return None;
        }
        let mut bits = [0; 32];
        for (place, byte) in bits.iter_mut().enumerate() {
            *byte = u8::from_str_radix(raw.get(place * 2..place * 2 + 2)?, 16).ok()?;
        }
        Some(Self(bits))
    }

    /// The 64 hexadecimal digits, for the file that keeps it.
    #[must_use]
    pub fn expose(&self) -> String {
        hex(&self.0)
    }

    /// Spells a new ticket for a purpose.
    #[must_use]
    pub fn ticket(&self, purpose: &str, now: Timestamp) -> String {
        let key = hex(&random::<16>());
        let signed = format!("{key}.{}", now.as_millisecond());
        let signature = self.sign(&["ticket", purpose, &signed]);
        format!("{signed}.{signature}")
    }

    /// Reads a ticket of this purpose; none where it was not signed here, or is over a day old.
    #[must_use]
    pub fn read_ticket(&self, purpose: &str, raw: &str, now: Timestamp) -> Option<Ticket> {
        const DAY_SECONDS: i64 = 86_400;
        let (signed, signature) = raw.rsplit_once('.')?;
        if !self.verifies(&["ticket", purpose, signed], signature) {
            return None;
        }
        let (key, opened) = signed.split_once('.')?;
        let opened = Timestamp::from_millisecond(opened.parse().ok()?).ok()?;
        if now.as_second() - opened.as_second() > DAY_SECONDS {
            return None;
        }
        Some(Ticket {
            key: u128::from_str_radix(key, 16).ok()?.to_be_bytes(),
            opened,
        })
    }

    /// A part of a login by a provider: 43 characters, the same each time for a ticket.
    pub(crate) fn sign_on(&self, part: &str, ticket: &str) -> String {
        self.sign(&["oidc", part, ticket])
    }

    /// Whether this is that part; it takes as long whatever it is.
    pub(crate) fn is_signed_on(&self, part: &str, ticket: &str, raw: &str) -> bool {
        self.verifies(&["oidc", part, ticket], raw)
    }

    /// The token of a contribution's receipt: 256 bits that nobody can guess, the same each time.
    pub(crate) fn receipt_token(&self, reference: &ContributionRef) -> String {
        self.sign(&["receipt", &reference.to_string()])
    }

    /// What shows that its author reads the mail of an address: nobody else can make it, nor the
    /// author before the message comes.
    pub(crate) fn confirmation(&self, reference: &ContributionRef, email: &Email) -> String {
        self.sign(&["confirm", &reference.to_string(), email.expose()])
    }

    /// Whether it is of this contribution and address.
    pub(crate) fn confirms(&self, code: &str, reference: &ContributionRef, email: &Email) -> bool {
        self.verifies(&["confirm", &reference.to_string(), email.expose()], code)
    }

    /// The token of the link by which an author answers a proposal: 256 bits, for that one alone.
    pub(crate) fn consent_token(&self, reference: &ContributionRef, proposal: u32) -> String {
        self.sign(&["consent", &reference.to_string(), &proposal.to_string()])
    }

    /// The token of a report's receipt, likewise.
    pub(crate) fn report_token(&self, report: &ContributionId) -> String {
        self.sign(&["report", report.as_str()])
    }

    /// The name of a letter where others see it: in its message and its file. It is the same
    /// each time, and says nothing of the contribution.
    pub(crate) fn letter_name(&self, letter: &LetterId) -> String {
        const LENGTH: usize = 24;
        let mut name = self.sign(&["letter", &letter.to_string()]);
        name.truncate(LENGTH);
        name
    }

    /// What a cookie says of a person in a campaign, signed.
    #[must_use]
    pub fn person_cookie(&self, campaign: &Slug, person: &Person) -> String {
        let bits = person.expose();
        let signature = self.sign(&["person", campaign.as_str(), &bits]);
        format!("{bits}.{signature}")
    }

    /// Reads such a cookie; none where it was not signed here, for this campaign.
    #[must_use]
    pub fn read_person(&self, campaign: &Slug, raw: &str) -> Option<Person> {
        let (bits, signature) = raw.split_once('.')?;
        if !self.verifies(&["person", campaign.as_str(), bits], signature) {
            return None;
        }
        Person::parse(bits).ok()
    }

    /// What opens one thing of a survey to who holds it: an identifier, signed for that.
    pub(crate) fn survey_token(
        &self,
        token: SurveyToken,
        campaign: &Slug,
        id: &ContributionId,
    ) -> String {
        let signature = self.sign(&[token.purpose(), campaign.as_str(), id.as_str()]);
        format!("{id}.{signature}")
    }

    /// Reads such a token; none where it was not signed here, for this campaign and purpose.
    pub(crate) fn read_survey_token(
        &self,
        token: SurveyToken,
        campaign: &Slug,
        raw: &str,
    ) -> Option<ContributionId> {
        let (id, signature) = raw.split_once('.')?;
        let parts = [token.purpose(), campaign.as_str(), id];
        if !self.verifies(&parts, signature) {
            return None;
        }
        ContributionId::parse(id).ok()
    }

    /// What says that answers to the survey of a campaign were sent: the same for everybody.
    pub(crate) fn answered(&self, campaign: &Slug) -> String {
        self.sign(&["survey-answered", campaign.as_str()])
    }

    /// Whether it says so.
    pub(crate) fn is_answered(&self, campaign: &Slug, raw: &str) -> bool {
        self.verifies(&["survey-answered", campaign.as_str()], raw)
    }

    /// What an address is known by where mail does not go to it: without the key it tells nothing.
    /// Case is left aside, since nearly all mail servers do, and say addresses back otherwise.
    pub(crate) fn suppressed(&self, email: &Email) -> String {
        self.hash(&["suppressed", &email.expose().to_lowercase()])
    }

    /// A keyed hash of parts, in hexadecimal digits.
    pub(crate) fn hash(&self, parts: &[&str]) -> String {
        hex(&self.mac(parts).finalize().into_bytes())
    }

    /// The key of a moderator's codes: 160 bits, the same each time for a seed.
    pub(crate) fn totp_key(&self, login: &str, seed: &str) -> [u8; 20] {
        let bits = self.mac(&["totp", login, seed]).finalize().into_bytes();
        let mut key = [0; 20];
        key.copy_from_slice(&bits[..20]);
        key
    }

    fn sign(&self, parts: &[&str]) -> String {
        URL_SAFE_NO_PAD.encode(self.mac(parts).finalize().into_bytes())
    }

    fn verifies(&self, parts: &[&str], signature: &str) -> bool {
        URL_SAFE_NO_PAD
            .decode(signature)
            .is_ok_and(|signature| self.mac(parts).verify_slice(&signature).is_ok())
    }

    /// Each part goes in with its length, so that no two lists of parts are signed alike.
    fn mac(&self, parts: &[&str]) -> Hmac<Sha256> {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes keys of any length");
        for part in parts {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part.as_bytes());
        }
        mac
    }
}

impl Ticket {
    /// The ticket's random bits, in hexadecimal digits.
    pub(crate) fn seed(&self) -> String {
        hex(&self.key)
    }

    /// The identifier of the contribution that this ticket stands for.
    #[must_use]
    pub fn contribution(&self) -> ContributionId {
        let digest = Sha256::digest(self.key);
        let mut bytes = [0; 10];
        bytes.copy_from_slice(&digest[..10]);
        ContributionId::from_bytes(bytes)
    }

    /// The identifier of the report that this ticket and what was typed stand for: there is no
    /// review page between a form and its report, so that the same form may come back corrected.
    pub(crate) fn report(&self, form: &ReportForm) -> ContributionId {
        let mut digest = Sha256::new_with_prefix(self.key);
        for field in [&form.why, &form.details, &form.email] {
            digest.update((field.len() as u64).to_be_bytes());
            digest.update(field);
        }
        let mut bytes = [0; 10];
        bytes.copy_from_slice(&digest.finalize()[..10]);
        ContributionId::from_bytes(bytes)
    }
}

/// A new token of 256 bits, as it goes in a cookie.
pub(crate) fn new_token() -> String {
    URL_SAFE_NO_PAD.encode(random::<32>())
}

/// How a token is kept: its SHA-256, so that who reads the store can't use it.
pub(crate) fn token_hash(token: &str) -> String {
    hex(&Sha256::digest(token.as_bytes()))
}

/// Bytes of the system's generator.
///
/// # Panics
/// Where the system has none, which no supported one does.
#[must_use]
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the system has a source of random bytes");
    bytes
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
