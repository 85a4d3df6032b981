#![no_main]
//! Texts of people: what is kept is clean and read again as it is, and what is found in it can be
//! taken out.

use domain::{Body, Title};
use insights::personal;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|raw: &str| {
    if let Ok(title) = Title::parse(raw, Title::MAX) {
        let kept = title.as_str();
        assert!(!kept.contains(char::is_control), "{kept:?}");
        assert_eq!(Title::parse(kept, Title::MAX).as_ref(), Ok(&title));
    }
    if let Ok(body) = Body::parse(raw, Body::MAX) {
        let kept = body.as_str();
        let is_control = |c: char| c.is_control() && c != '\n';
        assert!(!kept.contains(is_control), "{kept:?}");
        assert_eq!(Body::parse(kept, Body::MAX).as_ref(), Ok(&body));
        let html = site_gen::markdown::citizens(kept);
        for tag in html.split('<').skip(1) {
            let known = ["p>", "/p>", "br>", "br />"];
            assert!(known.iter().any(|known| tag.starts_with(known)), "{html}");
        }
    }
    let mut end = 0;
    for found in personal::find(raw) {
        assert!(found.range.start >= end && raw.get(found.range.clone()).is_some());
        end = found.range.end;
    }
    let left = personal::remove(raw, &personal::kinds(raw), |_| "retiré".to_owned());
    assert_eq!(personal::find(&left), [], "{left:?}");
});
