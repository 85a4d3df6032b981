//! How something was felt, as a text tells it.

use domain::Sentiment::{self, Negative, Neutral, Positive};
use insights::sentiment::{NotTrained, TooFew, Trained, read};

#[track_caller]
fn check(text: &str, expected: Option<Sentiment>) {
    let reading = read(text);
    assert_eq!(reading.sentiment, expected, "{text} {reading:?}");
}

#[test]
fn what_praises_and_what_blames_is_told_apart() {
    check(
        "L'accueil était parfait, merci à toute l'équipe !",
        Some(Positive),
    );
    check(
        "C'est inadmissible : trois mois sans réponse.",
        Some(Negative),
    );
    check("ACCUEIL DÉPLORABLE", Some(Negative));
    check(
        "Une conseillère à l’écoute et très compétente",
        Some(Positive),
    );
    check("👍👍", Some(Positive));
    check("Encore un formulaire :-(", Some(Negative));
}

#[test]
fn what_says_nothing_or_two_things_has_no_sentiment() {
    for text in [
        "",
        "Mon dossier porte le numéro 12.",
        "J'habite à Nîmes depuis 2019.",
        "Bonjour, merci d'avance, bonne journée",
        "Un agent aimable, un agent impoli.",
        "12 345 !!!",
        "日本語の文章です。",
    ] {
        check(text, None);
    }
}

#[test]
fn what_is_denied_says_the_contrary() {
    check("Ce n'est pas efficace.", Some(Negative));
    check("Ils ne sont jamais disponibles.", Some(Negative));
    check("Aucune réponse satisfaisante", Some(Negative));
    check("Il y a un manque de respect", Some(Negative));
    check("L'agent n'est plus aimable.", Some(Negative));
    check("Tout s'est passé sans problème.", Some(Positive));
    check("Il n'y a rien à redire.", Some(Positive));
    // « Pas seulement » denies nothing.
    check("Il n'est pas seulement aimable.", Some(Positive));
    // What is denied ends with its clause.
    check(
        "Je n'ai pas attendu, l'accueil est excellent.",
        Some(Positive),
    );
}

#[test]
fn how_strongly_it_is_said_counts() {
    let praise = |text: &str| read(text).praise;
    assert!(praise("très agréable") > praise("agréable"));
    assert!(praise("agréable") > praise("un peu agréable"));
    assert!(praise("un peu agréable") > 0.0);
    check("super long, super compliqué", Some(Negative));
}

#[test]
fn what_comes_after_but_outweighs_what_comes_before() {
    check(
        "L'accueil est agréable mais le délai est pénible.",
        Some(Negative),
    );
    check(
        "Le délai est pénible mais l'accueil est agréable.",
        Some(Positive),
    );
    check("Malgré un accueil agréable, c'est pénible.", Some(Negative));
    // « Mais aussi » only adds.
    let both = "Il est aimable mais aussi compétent";
    assert_eq!(read(both).blame, 0.0);
}

#[test]
fn a_wish_is_no_praise() {
    let wished = read("Il faudrait un accueil agréable et efficace.");
    let there = read("C'est un accueil agréable et efficace.");
    assert!(wished.praise < there.praise / 3.0);
}

#[test]
fn what_calls_itself_mixed_is_neutral() {
    check("Je suis mitigé.", Some(Neutral));
    check("Ni bien ni mal.", Some(Neutral));
    check(
        "Plutôt mitigé, mais un accueil exceptionnel",
        Some(Positive),
    );
    check("Bien mais sans plus", Some(Neutral));
}

/// As many labels, of texts that a lexicon can't read.
fn labels(count: usize) -> Vec<(String, Sentiment)> {
    let things = ["guichet", "appel", "courrier", "dossier", "rendez-vous"];
    (0..count)
        .map(|place| {
            let (word, said) = match place % 3 {
                0 => ("bleu", Positive),
                1 => ("vert", Negative),
                _ => ("gris", Neutral),
            };
            let thing = things[place % 5];
            (format!("{thing} {word} numéro {}", place / 7), said)
        })
        .collect()
}

fn borrowed(labels: &[(String, Sentiment)]) -> Vec<(&str, Sentiment)> {
    labels.iter().map(|(text, said)| (&**text, *said)).collect()
}

#[test]
fn what_a_person_told_is_learnt() {
    let labels = labels(300);
    let trained = Trained::train(&borrowed(&labels)).unwrap();
    assert_eq!(trained.read("un appel bleu"), Some(Positive));
    assert_eq!(trained.read("Courrier VERT !"), Some(Negative));
    assert_eq!(trained.read("dossier gris"), Some(Neutral));
    assert_eq!(trained.expected().right, 1.0);
    // A text in which it knows nothing has an answer, and no lead.
    let (_, lead) = trained.answer("zzz");
    let (_, sure) = trained.answer("un appel bleu");
    assert!(lead < sure);
}

#[test]
fn the_same_labels_in_any_order_are_the_same_model() {
    let mut labels = labels(301);
    let trained = Trained::train(&borrowed(&labels)).unwrap();
    let bytes = trained.to_bytes();
    labels.reverse();
    let again = Trained::train(&borrowed(&labels)).unwrap();
    assert!(bytes == again.to_bytes());
    assert!(Trained::from_bytes(&bytes).unwrap() == trained);
}

#[test]
fn too_few_labels_teach_nothing() {
    let few = labels(299);
    assert_eq!(Trained::train(&borrowed(&few)), Err(TooFew::Labels(299)));
    let one_kind: Vec<_> = labels(400)
        .into_iter()
        .enumerate()
        .map(|(place, (text, _))| (text, if place < 9 { Negative } else { Positive }))
        .collect();
    assert_eq!(Trained::train(&borrowed(&one_kind)), Err(TooFew::Kinds));
}

#[test]
fn what_can_t_be_told_is_a_guess_and_not_answered() {
    // The same texts, said to be anything.
    let noise: Vec<_> = (0..600)
        .map(|place: usize| {
            let said = if place.is_multiple_of(2) {
                Positive
            } else {
                Negative
            };
            (format!("dossier numéro {}", place * 31 % 83), said)
        })
        .collect();
    let trained = Trained::train(&borrowed(&noise)).unwrap();
    let answered = noise
        .iter()
        .filter(|(text, _)| trained.read(text).is_some())
        .count();
    assert!(answered < 300, "{answered} {:?}", trained.expected());
}

#[test]
fn bytes_that_are_no_model_are_an_error() {
    let bytes = Trained::train(&borrowed(&labels(300))).unwrap().to_bytes();
    for length in (0..bytes.len()).step_by(bytes.len() / 50) {
        assert!(Trained::from_bytes(&bytes[..length]).is_err(), "{length}");
    }
    let text = String::from_utf8(bytes).unwrap();
    for (before, after) in [
        ("\"version\":1", "\"version\":2"),
        ("\"kinds\":[\"negative\",", "\"kinds\":["),
        ("\"lexicon\":[[", "\"lexicon\":[[1.0,"),
    ] {
        assert!(text.contains(before), "{before}");
        let changed = text.replacen(before, after, 1);
        let error: NotTrained = Trained::from_bytes(changed.as_bytes()).unwrap_err();
        assert!(error.to_string().starts_with("not a model of sentiment"));
    }
}
