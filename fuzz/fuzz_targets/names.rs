#![no_main]
//! Names of things, as they stand in addresses and in the store: what is read is spelled as it was.

use domain::{ContributionId, ContributionRef, Email, Grant, Name, Postcode, Slug};
use functions::Secret;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|raw: &str| {
    if let Ok(slug) = Slug::parse(raw) {
        assert_eq!(slug.as_str(), raw);
    }
    if let Ok(id) = ContributionId::parse(raw) {
        assert_eq!(id.as_str(), raw);
    }
    if let Ok(reference) = ContributionRef::parse(raw) {
        assert_eq!(reference.to_string(), raw);
    }
    if let Ok(grant) = Grant::parse(raw) {
        assert_eq!(grant.to_string(), raw);
    }
    if let Ok(name) = Name::parse(raw) {
        assert!(!name.as_str().contains('@'));
        assert_eq!(Name::parse(name.as_str()).as_ref(), Ok(&name));
    }
    if let Ok(email) = Email::parse(raw) {
        let kept = email.expose();
        assert!(
            kept.contains('@') && !kept.contains(['\r', '\n', ' ', '<', '>']),
            "{kept:?}"
        );
        assert_eq!(Email::parse(kept).as_ref(), Ok(&email));
    }
    if let Ok(postcode) = Postcode::parse(raw) {
        let department = postcode.department();
        assert!(department.is_none_or(|code| matches!(code.len(), 2 | 3)));
        assert!(!format!("{postcode:?}").contains(raw));
    }
    let _ = Secret::parse(raw);
});
