//! French spacing: no-break spaces where a line must not end (Imprimerie nationale,
//! *Lexique des règles typographiques*; here U+00A0 throughout, as readers' fonts all have it).

use std::borrow::Cow;

/// Makes the spaces before `: ; ! ? » % €` and after `«` no-break, and `...` an ellipsis.
#[must_use]
pub(crate) fn french(text: &str) -> Cow<'_, str> {
    if !needs_spacing(text) {
        return Cow::Borrowed(text);
    }
    const NO_BREAK: char = '\u{a0}';
    let mut spaced = String::with_capacity(text.len() + 8);
    let mut chars = text.chars().peekable();
    let mut before = None;
    while let Some(c) = chars.next() {
        let closes_up = matches!(chars.peek(), Some(':' | ';' | '!' | '?' | '»' | '%' | '€'));
        let written = if c == ' ' && (closes_up || before == Some('«')) {
            NO_BREAK
        } else {
            c
        };
        spaced.push(written);
        before = Some(c);
    }
    if spaced.contains("...") {
        spaced = spaced.replace("...", "…");
    }
    Cow::Owned(spaced)
}

/// Whether there may be something to change: most texts have nothing, and are not copied.
fn needs_spacing(text: &str) -> bool {
    // The last bytes in UTF-8 of what is spaced: « is C2 AB, » is C2 BB, € is E2 82 AC.
    const ENDS: [bool; 256] = {
        let mut ends = [false; 256];
        let marks = b":;!?%.\xab\xbb\xac";
        let mut place = 0;
        while place < marks.len() {
            ends[marks[place] as usize] = true;
            place += 1;
        }
        ends
    };
    let bytes = text.as_bytes();
    let before = |at: usize, by: usize| at.checked_sub(by).map(|at| bytes[at]);
    bytes
        .iter()
        .enumerate()
        .filter(|(_, byte)| ENDS[usize::from(**byte)])
        .any(|(at, byte)| match byte {
            b'.' => before(at, 1) == Some(b'.') && before(at, 2) == Some(b'.'),
            0xab => bytes.get(at + 1) == Some(&b' '),
            0xbb => before(at, 1) == Some(0xc2) && before(at, 2) == Some(b' '),
            0xac => before(at, 1) == Some(0x82) && before(at, 3) == Some(b' '),
            _ => before(at, 1) == Some(b' '),
        })
}
