//! Bank accounts.

use std::ops::Range;

use super::letters::{Letters, is_any_separator, is_separator};

/// How long the number of each country is (SWIFT, IBAN Registry, of which ISO 13616-2 makes it
/// the registration authority).
const LENGTHS: &str = "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 \
    CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 \
    HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 \
    ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 \
    SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30";

/// The first international bank account number: a country, two check digits, and as many
/// characters as that country has, of which the remainder by 97 is 1 (ISO 13616-1, by the MOD
/// 97-10 of ISO/IEC 7064). Groups may be apart; by commas and the like where the country is in
/// capitals, as it is written. At least half of it must be digits, and no letter of it begins the
/// word that follows. Neither « de 22 … » nor « de 12, 13, 14 … » begins one by chance.
pub(super) fn first(text: &Letters) -> Option<Range<usize>> {
    (0..text.len()).find_map(|start| at(text, start).map(|end| text.range(start, end)))
}

fn at(text: &Letters, start: usize) -> Option<usize> {
    const APART: usize = 4;
    let country = [text.at(start)?, text.at(start + 1)?];
    // Most places are no letters; to look each up among the countries would take far longer.
    if !country.iter().all(char::is_ascii_alphabetic) {
        return None;
    }
    let between = if country.iter().all(char::is_ascii_uppercase) {
        is_any_separator
    } else {
        is_separator
    };
    if !text.is_digit(text.after(start + 2, APART, between)) {
        return None;
    }
    let length = length(country)?;
    let mut place = start + 2;
    let mut characters = country.map(|c| c.to_ascii_uppercase() as u32 - 55).to_vec();
    let mut digits = 0;
    while characters.len() < length {
        if characters.len() > 2 || !text.is_digit(place) {
            place = text.after(place, APART, between);
        }
        let value = match text.digit(place) {
            Some(digit) => {
                digits += 1;
                digit
            }
            None if characters.len() < 4 => return None,
            None => {
                text.at(place)
                    .filter(char::is_ascii_alphabetic)?
                    .to_ascii_uppercase() as u32
                    - 55
            }
        };
        characters.push(value);
        place += 1;
    }
    let moved = characters[4..].iter().chain(&characters[..4]);
    let remainder = moved.fold(0, |remainder, &value| {
        let shift = if value < 10 { 10 } else { 100 };
        (remainder * shift + value) % 97
    });
    let is_letter = |place| text.at(place).is_some_and(char::is_alphabetic);
    let ends_in_word = is_letter(place - 1) && is_letter(place);
    let ends = !text.is_digit(place) && !ends_in_word;
    (remainder == 1 && digits * 2 >= length && ends).then_some(place)
}

fn length(country: [char; 2]) -> Option<usize> {
    LENGTHS.split(' ').find_map(|entry| {
        let (code, length) = entry.split_at(2);
        let same = code
            .chars()
            .zip(country)
            .all(|(a, b)| a == b.to_ascii_uppercase());
        same.then(|| length.parse().ok()).flatten()
    })
}
