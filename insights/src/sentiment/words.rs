//! A text as words and what parts them, and the words that turn others.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// A word, folded, or a sign.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    /// In lower case, without accents.
    Word(String),
    /// A sign that says how one feels, and its weight.
    Face(f32),
    /// What parts words of one sentence.
    Comma,
    /// The end of a sentence; exclamations and questions told apart.
    Stop(char),
}

/// The words and the signs of a text. Apostrophes and hyphens part words.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut word = String::new();
    let mut characters = text.nfkd().flat_map(char::to_lowercase).peekable();
    while let Some(character) = characters.next() {
        match character {
            'œ' => word.push_str("oe"),
            'æ' => word.push_str("ae"),
            c if c.is_alphanumeric() => word.push(c),
            c if is_combining_mark(c) || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200d}') => {}
            c => {
                if !word.is_empty() {
                    tokens.push(Token::Word(std::mem::take(&mut word)));
                }
                // « :) », « :-( » and « ;) ».
                if matches!(c, ':' | ';') {
                    characters.next_if_eq(&'-');
                    if let Some(weight) = characters.peek().copied().and_then(mouth) {
                        characters.next();
                        tokens.push(Token::Face(weight));
                        continue;
                    }
                }
                tokens.extend(sign(c));
            }
        }
    }
    if !word.is_empty() {
        tokens.push(Token::Word(word));
    }
    tokens
}

fn mouth(character: char) -> Option<f32> {
    match character {
        ')' => Some(1.0),
        '(' => Some(-1.0),
        _ => None,
    }
}

fn sign(character: char) -> Option<Token> {
    match character {
        '.' | '!' | '?' | '…' | '\n' => Some(Token::Stop(character)),
        ',' | ';' | ':' | '(' | ')' | '«' | '»' | '–' | '—' => Some(Token::Comma),
        '👍' | '👏' | '🙏' | '😀' | '😃' | '😄' | '😁' | '😊' | '🙂' | '😍' | '🥰' | '🤩' | '❤'
        | '💖' | '🎉' | '⭐' | '🌟' => Some(Token::Face(2.0)),
        '👎' | '😡' | '😠' | '🤬' | '😤' | '😞' | '😢' | '😭' | '🙁' | '☹' | '😒' | '🤮' | '💩' => {
            Some(Token::Face(-2.0))
        }
        _ => None,
    }
}

impl Token {
    /// The word, if it is one.
    pub(super) fn word(&self) -> Option<&str> {
        match self {
            Self::Word(word) => Some(word),
            _ => None,
        }
    }

    pub(super) fn ends_sentence(&self) -> bool {
        matches!(self, Self::Stop(_))
    }

    /// Past it, what was denied or wished is no longer.
    pub(super) fn ends_clause(&self) -> bool {
        match self {
            Self::Word(word) => matches!(&**word, "mais" | "car" | "donc" | "puis"),
            Self::Face(_) => false,
            Self::Comma | Self::Stop(_) => true,
        }
    }

    pub(super) fn strengthens(&self) -> bool {
        self.is_one_of(
            "absolument archi bien carrement clairement completement definitivement \
             drolement enormement entierement evidemment extremement fort franchement grand grande \
             grands grandes hautement hyper incroyablement infiniment juste largement mega \
             parfaitement particulierement profondement purement reellement sacrement si \
             sincerement super sur surtout tant tellement terriblement totalement toujours tout \
             toute tres trop ultra vachement veritable veritablement vrai vraie vraiment",
        )
    }

    pub(super) fn weakens(&self) -> bool {
        self.is_one_of(
            "assez legerement moyennement parfois partiellement peu peut plutot quasi quelque \
             quelques relativement vaguement",
        )
    }

    /// What comes after it is wished for, and not there.
    pub(super) fn wishes(&self) -> bool {
        self.is_one_of(
            "devrait devraient devrions faudrait faudra pourrait pourraient pourriez serait \
             seraient aimerais aimerait aimerions voudrais voudrait voudrions souhaite souhaitons \
             souhaiterais souhaiterait souhaiterions souhaitable esperais esperait pensais \
             attendais imaginais croyais",
        )
    }

    fn is_one_of(&self, words: &'static str) -> bool {
        let same = |word| words.split_ascii_whitespace().any(|one| one == word);
        self.word().is_some_and(same)
    }
}

/// Whether the word here denies, or says there is little of, what comes after it.
pub(super) fn denies(tokens: &[Token], place: usize) -> bool {
    let word = |at: usize| tokens.get(at).and_then(Token::word);
    let Some(here) = word(place) else {
        return false;
    };
    let after = word(place + 1);
    match here {
        // « Pas seulement », « rien que ».
        "pas" | "rien" | "jamais" => !matches!(
            after,
            Some("que" | "qu" | "seulement" | "uniquement" | "moins")
        ),
        "aucun" | "aucune" | "ni" | "sans" | "guere" | "nullement" | "aucunement" | "peu"
        | "insuffisamment" | "manque" | "manquent" | "manquait" | "absence" | "denue"
        | "denuee" | "depourvu" | "depourvue" | "loin" | "faussement" => {
            // « Un peu » is weak, « peu à peu » is slow; « loin » denies as « loin d'être ».
            let little = here == "peu" && place > 0 && matches!(word(place - 1), Some("un" | "a"));
            let far = here == "loin" && !matches!(after, Some("d" | "de"));
            !little && !far
        }
        // « Ne … plus » denies, « plus » alone compares.
        "plus" => (place.saturating_sub(4)..place).any(|at| matches!(word(at), Some("ne" | "n"))),
        _ => false,
    }
}

/// Whether what comes after here counts more than what came before: « mais », « par contre ».
pub(super) fn contrasts(tokens: &[Token], place: usize) -> bool {
    let word = |at: usize| tokens.get(at).and_then(Token::word);
    match word(place) {
        // « Non seulement … mais aussi » only adds.
        Some("mais") => !matches!(
            word(place + 1),
            Some("aussi" | "egalement" | "surtout" | "encore" | "bon")
        ),
        Some("cependant" | "toutefois" | "neanmoins" | "pourtant") => true,
        Some("contre") => place > 0 && word(place - 1) == Some("par"),
        Some("revanche") => place > 0 && word(place - 1) == Some("en"),
        _ => false,
    }
}

/// Whether what comes after here, in its clause, is only conceded: « malgré », « même si ».
pub(super) fn concedes(tokens: &[Token], place: usize) -> bool {
    let word = |at: usize| tokens.get(at).and_then(Token::word);
    matches!(
        (word(place), word(place + 1)),
        (Some("malgre" | "quoique" | "quoiqu"), _)
            | (Some("meme"), Some("si" | "s"))
            | (Some("bien"), Some("que" | "qu"))
            | (Some("depit"), Some("de" | "des" | "du" | "d"))
    )
}
