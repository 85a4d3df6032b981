//! The words of the command, from its message file.

use std::sync::LazyLock;

use site_gen::Messages;

static WORDS: LazyLock<Messages> = LazyLock::new(|| {
    Messages::parse(include_str!("../messages/fr.toml"))
        .expect("the command's own message file is tested with it")
});

/// All of them, for what is not said here alone.
pub(crate) fn words() -> &'static Messages {
    &WORDS
}

/// The text of a key with its arguments.
pub(crate) fn say(key: &str, args: &[(&str, String)]) -> String {
    WORDS.text(key, args)
}

/// The text of a key for a number of things.
pub(crate) fn count(key: &str, n: usize) -> String {
    WORDS.count(key, n as u64)
}
