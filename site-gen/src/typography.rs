//! French spacing: no-break spaces where a line must not end (Imprimerie nationale,
//! *Lexique des règles typographiques*; here U+00A0 throughout, as readers' fonts all have it).

/// Makes the spaces before `: ; ! ? » %` and after `«` no-break, and `...` an ellipsis.
#[must_use]
pub(crate) fn french(text: &str) -> String {
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
    spaced.replace("...", "…")
}
