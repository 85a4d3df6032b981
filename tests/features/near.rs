//! Texts that say nearly the same.

use insights::near::{Index, MOST, fold};

const IDEAS: [(&str, &str); 6] = [
    (
        "Ouvrir les accueils le soir",
        "Je travaille la journée, je ne peux jamais venir avant 18 heures.",
    ),
    (
        "Des accueils ouverts le soir",
        "Ceux qui travaillent ne peuvent pas venir la journée.",
    ),
    (
        "Prévoir un accueil en soirée",
        "Un soir par semaine suffirait à ceux qui travaillent.",
    ),
    (
        "Une appli plus simple",
        "Je ne trouve jamais où envoyer mes documents.",
    ),
    (
        "Répondre aux e-mails",
        "On attend trois semaines une réponse à un message.",
    ),
    (
        "Ouvrir les accueils le soir",
        "Je travaille la journée, je ne peux jamais venir avant 18 heures.",
    ),
];

/// The titles of what is near, nearest first.
fn near(title: &str, text: &str) -> Vec<usize> {
    let candidates = (0..).zip(IDEAS);
    let index = Index::of(candidates.map(|(place, (title, text))| (place, title, text)));
    let near = index.nearest(title, text);
    assert!(near.len() <= MOST);
    assert!(near.windows(2).all(|pair| pair[0].score >= pair[1].score));
    near.into_iter().map(|near| *near.item).collect()
}

#[test]
fn the_same_words_are_near_whatever_their_accents_case_and_endings() {
    let text = "Je travaillais la JOURNEE ; je ne peux jamais venir avant 18 h.";
    assert_eq!(near("OUVRIR L’ACCUEIL LE SOIR", text), [0, 5, 1]);
    assert_eq!(
        near("Une application simple", "Où envoyer un document ?"),
        [3]
    );
}

#[test]
fn what_speaks_of_something_else_is_not() {
    let none: [usize; 0] = [];
    assert_eq!(
        near("Des bus plus fréquents", "Il n’y en a qu’un le matin."),
        none
    );
    assert_eq!(near("", ""), none);
    assert_eq!(near("le la les", "de du des"), none);
    assert!(
        Index::<usize>::of([])
            .nearest("Un titre", "Un texte")
            .is_empty()
    );
}

#[test]
fn a_text_folds_to_its_words() {
    assert_eq!(
        fold("  L’Œuvre d’ÉTÉ,\n2 026 fois — « ça\u{301} » ! "),
        "l oeuvre d ete 2 026 fois ca"
    );
}
