//! The columns of the national open-data export of « Services Publics + », and the words in their
//! cells: what `ecoute import testimonials` and `ecoute export testimonials` share.
//!
//! What is imported and exported again is the same but for what the domain makes of every text:
//! it is in Unicode NFC; characters that nobody sees are left out; a title, a name and a pseudonym
//! have single spaces; a text loses the blanks at the ends of its lines, all of several blanks but
//! one, and all of several empty lines but one. A channel or a structure that is named twice is
//! once, and channels are in the order of the form. Words are spelled as they are here, whatever
//! their case and accents were, and a structure as the content spells it. A row without a structure
//! has [`NO_STRUCTURE`], and one without a pseudonym, a name that is drawn.
//!
//! The format has no place for improvements, replies, how many people had the same experience, nor
//! whether somebody helped to write; nor for the day of an answer.

use domain::{Channel, Sentiment, Slug};
use functions::exports::is_formula;

/// What names the format on the command line.
pub(crate) const FORMAT: &str = "services-publics-plus";

/// Its columns, in their order: the field that is read from each, and its name. The last are the
/// aspects, whose fields are their keys, in their order.
pub(crate) const COLUMNS: [(&str, &str); 15] = [
    ("id", "ID expérience"),
    ("date", "Écrit le"),
    ("title", "Titre"),
    ("text", "Description"),
    ("pseudonym", "Pseudonyme usager"),
    ("sentiment", "Ressenti usager"),
    ("department", "Intitulé département usager"),
    ("channels", "Canaux Typologie 1"),
    ("structures", "Intitulé structure 1"),
    ("answer", "Réponse structure 1"),
    ("accessibility", "Accessibilité"),
    ("information", "Information/Explication"),
    ("relation", "Relation"),
    ("responsiveness", "Réactivité"),
    ("simplicity", "Simplicité/Complexité"),
];

/// The columns after these, of files in which a second or a third structure answered. The national
/// export has the first one's answer alone.
pub(crate) const MORE_ANSWERS: [(&str, &str); 2] = [
    ("answer-2", "Réponse structure 2"),
    ("answer-3", "Réponse structure 3"),
];

/// What stands for the structures of a testimonial that concerns none.
pub(crate) const NO_STRUCTURE: &str = "Hors-structures";

/// The word of a sentiment.
pub(crate) fn sentiment(sentiment: Sentiment) -> &'static str {
    match sentiment {
        Sentiment::Negative => "Négatif",
        Sentiment::Neutral => "Neutre",
        Sentiment::Positive => "Positif",
    }
}

/// The sentiment of a word.
pub(crate) fn sentiment_of(word: &str) -> Option<Sentiment> {
    let is_it = |it: &Sentiment| same_words(sentiment(*it), word);
    Sentiment::ALL.into_iter().find(is_it)
}

/// The words of a channel.
pub(crate) fn channel(channel: Channel) -> &'static str {
    match channel {
        Channel::Telephone => "Téléphone",
        Channel::Email => "E-mail",
        Channel::Post => "Courrier",
        Channel::Desk => "Accueil",
        Channel::Account => "Compte ou espace personnel",
        Channel::Online => "Démarche en ligne",
        Channel::Chat => "Tchat (messagerie instantanée)",
        Channel::Video => "Visio/Video",
        Channel::Social => "Réseaux Sociaux",
    }
}

/// The channel of these words.
pub(crate) fn channel_of(words: &str) -> Option<Channel> {
    let is_it = |it: &Channel| same_words(channel(*it), words);
    Channel::ALL.into_iter().find(is_it)
}

/// Whether two texts are the same words, whatever their case, accents and signs.
pub(crate) fn same_words(one: &str, other: &str) -> bool {
    let other = Slug::from_words(other);
    other.is_some() && Slug::from_words(one) == other
}

/// The structure of a space to which answers are attributed that concern no structure: those of
/// the team of « Services Publics + » itself.
pub(crate) fn team(space: &Slug) -> [Slug; 2] {
    const TEAM: &str = "services-publics-plus";
    let slug = |raw: &str| Slug::parse(raw).ok();
    let team = slug(TEAM).expect("it is a slug");
    // Where another space has it already.
    let of_space = slug(&format!("{TEAM}-{space}")).unwrap_or_else(|| team.clone());
    [team, of_space]
}

/// A text as a cell that no spreadsheet takes for a formula: one that begins like a formula gets
/// an apostrophe before it, and so does one that begins with apostrophes before such a beginning,
/// so that [`text_of`] always has what was written. No other cell changes: in a file of the
/// national export, which neutralises nothing, an apostrophe that begins a text is the author's.
/// The other exports double that one too, since a program that reads them takes the first
/// apostrophe of any cell off.
pub(crate) fn cell(text: &str) -> String {
    if is_formula(text.trim_start_matches('\'')) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

/// The text of a cell.
pub(crate) fn text_of(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if is_formula(rest.trim_start_matches('\'')) => rest,
        _ => cell,
    }
}
