//! Telephone numbers.

use std::ops::Range;

use super::letters::{Letters, is_separator};

/// The first telephone number of the French plan (ARCEP, decision n° 2018-0881 of 24 July 2018
/// establishing the national numbering plan, and its amendments): ten digits, of which the first
/// is 0 and the second is not; or +33 or 00 33, and nine. The codes of the departments overseas
/// (+262, +590, +594, +596) are of the same plan. Numbers that begin with 08 are those of services,
/// which nobody lives behind: many contributions name one, and it is not personal data.
///
/// Also one of another country, with its `+` ([`elsewhere`]).
pub(super) fn first(text: &Letters) -> Option<Range<usize>> {
    (0..text.len()).find_map(|start| {
        let end = abroad(text, start)
            .or_else(|| elsewhere(text, start))
            .or_else(|| home(text, start))?;
        Some(text.range(start, end))
    })
}

/// How ten digits are grouped when they are a telephone number. A date followed by an hour
/// (2-2-4-2) or the numbers of two laws are not.
const GROUPS: [&[usize]; 9] = [
    &[10],
    &[2, 2, 2, 2, 2],
    &[2, 8],
    &[2, 3, 3, 2],
    &[4, 2, 2, 2],
    &[4, 6],
    &[4, 3, 3],
    &[3, 3, 4],
    &[1, 3, 3, 3],
];

fn home(text: &Letters, start: usize) -> Option<usize> {
    if text.digit(start) != Some(0) || !stands_alone(text, start) {
        return None;
    }
    let (digits, groups, end) = read(text, start, 10)?;
    let begins = matches!(digits[1], 1..=7 | 9);
    (begins && GROUPS.contains(&groups.as_slice())).then_some(end)
}

/// A number does not begin inside another, a reference (`A0612345678`) or an address of the web.
fn stands_alone(text: &Letters, start: usize) -> bool {
    let Some(before) = text.before(start) else {
        return true;
    };
    if text.follows_digit(start) || before.is_uppercase() || matches!(before, '=' | '_') {
        return false;
    }
    // « 12,06 … », « 2015/06 … », « 3-06 … »
    if matches!(before, ',' | '.' | '/' | '-') && text.follows_digit(start - 1) {
        return false;
    }
    !(before == '/' && in_address(text, start))
}

/// Whether the word that `place` is in is an address of the web.
fn in_address(text: &Letters, place: usize) -> bool {
    let mut start = place;
    while text.before(start).is_some_and(|c| !c.is_whitespace()) {
        start -= 1;
        if text.at(start) == Some(':') && text.at(start + 1) == Some('/') {
            return true;
        }
    }
    let word = (start..start + 4).filter_map(|place| text.at(place));
    word.collect::<String>().eq_ignore_ascii_case("www.")
}

const CODES: [&str; 5] = ["33", "262", "590", "594", "596"];

fn abroad(text: &Letters, start: usize) -> Option<usize> {
    let after_sign = match text.at(start)? {
        '+' => text.after(start + 1, 1, is_separator),
        '0' if !text.follows_digit(start) && text.digit(start + 1) == Some(0) => {
            text.after(start + 2, 1, is_separator)
        }
        _ => return None,
    };
    CODES.into_iter().find_map(|code| {
        let place = after_trunk_zero(text, after_code(text, after_sign, code)?);
        let (digits, _, end) = read(text, place, 9)?;
        matches!(digits[0], 1..=7 | 9).then_some(end)
    })
}

fn after_code(text: &Letters, start: usize, code: &str) -> Option<usize> {
    let same = |(place, digit): (usize, char)| text.at(start + place) == Some(digit);
    let is_there = code.chars().enumerate().all(same);
    is_there.then_some(start + code.len())
}

/// The codes of two digits, or one, of other countries; all others have three (ITU-T, list of
/// E.164 assigned country codes).
const SHORT_CODES: &str = "1 7 20 27 30 31 32 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 \
    56 57 58 60 61 62 63 64 65 66 81 82 84 86 90 91 92 93 94 95 98";
/// How the codes of three digits begin.
const LONG_CODES: &str = "21 22 23 24 25 26 29 35 37 38 42 50 59 67 68 69 85 88 96 97 99";

/// A number of another country: `+`, the code of the country, and 8 to 15 digits with it (ITU-T
/// E.164, section 6.2.1). Its groups are one blank, dot or hyphen apart, or a zero in brackets.
/// Neither an amount (`+12 345 678`, `+10 000 000`) nor a decimal number (`+48.8566123`) is one.
fn elsewhere(text: &Letters, start: usize) -> Option<usize> {
    const LEAST: usize = 8;
    const MOST: usize = 15;
    if text.at(start) != Some('+') || !stands_alone(text, start) {
        return None;
    }
    let first = start + 1;
    let after = |code: &str| after_code(text, first, code);
    let code_end = SHORT_CODES.split(' ').find_map(after).or_else(|| {
        let third = LONG_CODES.split(' ').find_map(after)?;
        text.is_digit(third).then_some(third + 1)
    })?;
    if CODES.iter().any(|code| after(code) == Some(code_end)) {
        return None;
    }
    let mut place = after_trunk_zero(text, code_end);
    let code = code_end - first;
    let is_code_apart = place > code_end;
    let is_decimal = place == code_end + 1 && text.at(code_end) == Some('.');
    let (mut digits, mut end) = (code, None);
    let mut groups = Vec::new();
    loop {
        let group = (place..).take_while(|&place| text.is_digit(place)).count();
        if group == 0 || digits + group > MOST {
            break;
        }
        digits += group;
        groups.push(place..place + group);
        place += group;
        end = Some(place);
        let apart = text.at(place).is_some_and(is_separator) && text.at(place) != Some('\n');
        place += usize::from(apart);
    }
    let is_decimal = is_decimal && groups.len() == 1;
    let is_round = |group: &Range<usize>| group.clone().all(|place| text.digit(place) == Some(0));
    let in_threes = groups.iter().skip(1).all(|group| group.len() == 3);
    let is_amount =
        groups.len() > 1 && in_threes && (!is_code_apart || groups.last().is_some_and(is_round));
    (digits >= LEAST && !is_decimal && !is_amount)
        .then_some(end)
        .flatten()
}

/// « (+33) 6 … », « +33 (0)6 … » and « +33 06 … » are written too.
fn after_trunk_zero(text: &Letters, place: usize) -> usize {
    let place = after_brackets(text, place);
    if text.digit(place) == Some(0) {
        after_brackets(text, place + 1)
    } else {
        place
    }
}

fn after_brackets(text: &Letters, mut place: usize) -> usize {
    const MOST: usize = 4;
    let last = place + MOST;
    while place < last
        && text
            .at(place)
            .is_some_and(|c| is_separator(c) || matches!(c, '(' | ')'))
    {
        place += 1;
    }
    place
}

/// Reads so many digits, how they are grouped, and where they end; none where more follow.
fn read(text: &Letters, start: usize, count: usize) -> Option<(Vec<u32>, Vec<usize>, usize)> {
    const BETWEEN: usize = 3;
    let mut digits = vec![text.digit(start)?];
    let mut groups = vec![1];
    let mut end = start + 1;
    while digits.len() < count {
        let place = text.after(end, BETWEEN, is_separator);
        let apart = place > end;
        if (end..place).any(|place| text.at(place) == Some('\n')) {
            return None;
        }
        digits.push(text.digit(place)?);
        match groups.last_mut() {
            Some(last) if !apart => *last += 1,
            _ => groups.push(1),
        }
        end = place + 1;
    }
    (!text.is_digit(end)).then_some((digits, groups, end))
}
