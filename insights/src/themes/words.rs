//! The words of a text, as people write them, and without accents or case.
//!
//! A word is a run of letters and digits; an apostrophe, a hyphen or a slash parts two words, but
//! not « e-mail » or « rendez-vous », nor do dots within initials (« I.S.F. » is « isf »). What says nothing by itself is marked, not
//! dropped: an expression is shown as it was written, little words included.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// No more of a text is read, in words: more says the same again, and one text must not outweigh
/// a campaign.
const LONGEST: usize = 2_000;
/// A longer word is no word, but an address or a line that was drawn.
const LONGEST_WORD: usize = 40;

/// A word of a text.
#[derive(Debug, Clone)]
pub(super) struct Word {
    /// Its bytes in the text.
    pub(super) range: Range<usize>,
    /// Lower case, without accents.
    pub(super) folded: Box<str>,
    /// Whether it may be a term, or only stands between terms.
    pub(super) role: Role,
    /// Whether a sentence, or a part of one, begins with it: no expression goes across.
    pub(super) opens: bool,
}

/// What a word is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// It says something.
    Full,
    /// It says nothing by itself.
    Little,
}

/// The words of a text, in order.
pub(super) fn words(text: &str) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    let mut opens = true;
    let mut rest = text.char_indices().peekable();
    while let Some(&(start, c)) = rest.peek() {
        if words.len() == LONGEST {
            break;
        }
        if !c.is_alphanumeric() {
            opens |= is_break(c);
            rest.next();
            continue;
        }
        let mut end = start;
        while let Some(&(at, c)) = rest.peek() {
            if !(c.is_alphanumeric() || is_combining_mark(c) || is_invisible(c)) {
                break;
            }
            end = at + c.len_utf8();
            rest.next();
        }
        if let Some(last) = words.last_mut()
            && is_initial(text, last, start..end)
        {
            last.range.end = end;
            let added = fold(&text[start..end]);
            last.folded = format!("{}{added}", last.folded).into_boxed_str();
            last.role = role(&last.folded);
            opens = false;
            continue;
        }
        let folded = fold(&text[start..end]);
        if folded.is_empty() {
            continue;
        }
        if let Some(last) = words.last_mut()
            && text[last.range.end..start] == *"-"
            && is_one_word(&last.folded, &folded)
        {
            last.range.end = end;
            last.folded = format!("{}{folded}", last.folded).into_boxed_str();
            last.role = role(&last.folded);
            continue;
        }
        words.push(Word {
            range: start..end,
            role: role(&folded),
            folded: folded.into_boxed_str(),
            opens,
        });
        opens = false;
    }
    words
}

/// One more letter of initials: a single letter after a dot after single letters.
fn is_initial(text: &str, last: &Word, letter: Range<usize>) -> bool {
    let single = |part: &str| part.chars().count() == 1 && part.chars().all(char::is_alphabetic);
    let last_part = text[last.range.clone()].rsplit('.').next();
    last.range.end + 1 == letter.start
        && text.as_bytes()[last.range.end] == b'.'
        && single(&text[letter])
        && last_part.is_some_and(single)
}

/// Whether what a hyphen joins is one word, of which a part says nothing.
fn is_one_word(first: &str, second: &str) -> bool {
    first == "e" || (first, second) == ("rendez", "vous")
}

/// A word in lower case, without accents.
pub(super) fn fold(word: &str) -> String {
    if word.is_ascii() {
        return word.to_ascii_lowercase();
    }
    let mut folded = String::with_capacity(word.len());
    for c in word.nfkd().flat_map(char::to_lowercase) {
        match c {
            'œ' => folded.push_str("oe"),
            'æ' => folded.push_str("ae"),
            c if c.is_alphanumeric() => folded.push(c),
            _ => {}
        }
    }
    folded
}

/// A word in lower case, its accents each in one character with its letter: what is counted to
/// find how people write it.
pub(super) fn written(word: &str) -> String {
    word.nfc()
        .filter(|c| !is_invisible(*c))
        .flat_map(char::to_lowercase)
        .collect()
}

fn role(folded: &str) -> Role {
    static LITTLE_WORDS: LazyLock<HashSet<&str>> =
        LazyLock::new(|| LITTLE.split_ascii_whitespace().collect());
    let letters = folded.chars().take(LONGEST_WORD + 1).count();
    let numeral = folded.chars().all(char::is_numeric);
    if !(2..=LONGEST_WORD).contains(&letters)
        || (numeral && letters < 3)
        || LITTLE_WORDS.contains(folded)
    {
        Role::Little
    } else {
        Role::Full
    }
}

/// What ends a sentence or a part of it.
fn is_break(c: char) -> bool {
    matches!(
        c,
        '.' | ',' | ';' | ':' | '!' | '?' | '…' | '\n' | '(' | ')' | '«' | '»' | '"' | '•' | '|'
    )
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200d}')
}

/// Words that say nothing by themselves in a consultation, folded, elisions included.
const LITTLE: &str = " \
    a absolument actuel actuelle actuellement afin ai ailleurs ainsi ait aller alors apres as assez \
    au aucun aucune aujourd aupres auquel aura aurait aussi autant autour autre autrement autres aux \
    auxquels avaient avait avant avec avez avoir avons ayant beaucoup bien bref c ca car ce ceci cela \
    celle celles celui cependant certain certaine certaines certains certes ces cet cette ceux chacun cinq \
    chacune chaque chez chose choses ci combien comme comment completement concernant contre d dans \
    davantage de dedans dehors deja depuis des desormais desquels dessous dessus deux devant dix \
    devoir devra devraient devrait devrions differentes differents dire dit doit doivent donc \
    dont du duquel durant e effectivement egalement elle elles en encore enfin ensuite entre envers environ \
    es est et etaient etait etant etc ete etes etre eu eux eventuellement evidemment exemple exemples \
    face facon faire fais faisant fait faites falloir fallu fasse faudra faudrait faut faute fois font force \
    fort forcement grace hors hui ici idem il ils j jamais je jusqu jusque justement l la laquelle le lequel les \
    lesquelles lesquels leur leurs lors lorsqu lorsque lui m ma maintenant mais malgre me meme memes \
    merci mes met mets mettre mieux mis mise moi moins mon n ne neanmoins ni non nos notamment notre \
    nous nul on ont or ou oui outre p par parce parfois parmi partout pas pendant permet permettant permette \
    permettent permettrait permettre peu peut peuvent peux plus plusieurs plutot point possible pour \
    pourquoi pourra pourraient pourrait pourtant pouvoir pratiquement presque puis quatre puisqu puisque qu \
    quand quant que quel quelle quelles quelqu quelque quelques quels qui quoi quoiqu quoique rien \
    s sa sans sauf se selon sera serait seraient seront ses seul seule seulement si simplement sinon sois soit \
    soient sommes son sont sorte souvent suis suivant sur surtout t ta tandis tant te tel telle telles \
    tellement tels tes toi ton toujours totalement trois tout toute toutefois toutes tous trop tres tu un une va \
    vais vers veulent veut veux via voici voila voir voire vont vos votre voudrait vouloir vous \
    vraiment y ";
