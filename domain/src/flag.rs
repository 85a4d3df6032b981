//! What is noticed of a contribution when it is received, for its moderators alone. A flag
//! refuses nothing: a person decides.

/// A kind of personal data that can be told from a text by its form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PersonalKind {
    /// An e-mail address.
    Email,
    /// A telephone number.
    Phone,
    /// An international bank account number.
    Iban,
    /// A social-security number (NIR).
    SocialSecurity,
}

impl PersonalKind {
    /// All kinds.
    pub const ALL: [Self; 4] = [Self::Email, Self::Phone, Self::Iban, Self::SocialSecurity];

    /// Its name in message keys.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Iban => "iban",
            Self::SocialSecurity => "social-security",
        }
    }
}

/// Something a moderator should know before deciding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Flag {
    /// Its text, title or name holds personal data of that kind.
    PersonalData(PersonalKind),
    /// The same text was received before in the same campaign.
    RepeatedText,
    /// It was sent sooner than anybody reads a page.
    Hasty,
    /// A field that nobody sees was filled: a program did.
    Honeypot,
}

impl Flag {
    /// All flags, in the order in which they are said.
    pub const ALL: [Self; 7] = [
        Self::PersonalData(PersonalKind::Email),
        Self::PersonalData(PersonalKind::Phone),
        Self::PersonalData(PersonalKind::Iban),
        Self::PersonalData(PersonalKind::SocialSecurity),
        Self::RepeatedText,
        Self::Hasty,
        Self::Honeypot,
    ];

    /// Its name in the store and in message keys.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::PersonalData(kind) => kind.key(),
            Self::RepeatedText => "repeated-text",
            Self::Hasty => "hasty",
            Self::Honeypot => "honeypot",
        }
    }

    /// The flag of that name.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|flag| flag.key() == key)
    }
}
