//! Personal data in texts: what is found, and what is not.

use domain::{Body, Title};
use insights::personal::{Kind, find, remove};
use proptest::prelude::*;

/// What is found in a text, quoted.
fn found(text: &str) -> Vec<(Kind, &str)> {
    find(text)
        .into_iter()
        .map(|found| (found.kind, &text[found.range]))
        .collect()
}

fn word(kind: Kind) -> String {
    format!("{} retiré", kind.key())
}

#[test]
fn what_is_found() {
    use Kind::{Email, Iban, Phone, SocialSecurity};
    let cases: &[(&str, &[(Kind, &str)])] = &[
        (
            "Écrivez à jean.dupont+caf@free.fr.",
            &[(Email, "jean.dupont+caf@free.fr")],
        ),
        (
            "mél:Zoé@mairie-nîmes.fr, merci",
            &[(Email, "Zoé@mairie-nîmes.fr")],
        ),
        (
            "jean @ orange.fr ou a@b.co.uk",
            &[(Email, "jean @ orange.fr"), (Email, "a@b.co.uk")],
        ),
        ("<a href=\"mailto:x@y.fr\">", &[(Email, "x@y.fr")]),
        ("Mon 06 12 34 56 78 le soir", &[(Phone, "06 12 34 56 78")]),
        ("tél.: 06.12.34.56.78.", &[(Phone, "06.12.34.56.78")]),
        (
            "04-66-12-34-56/0466123457",
            &[(Phone, "04-66-12-34-56"), (Phone, "0466123457")],
        ),
        (
            "01\u{a0}23\u{a0}45\u{a0}67\u{a0}89",
            &[(Phone, "01\u{a0}23\u{a0}45\u{a0}67\u{a0}89")],
        ),
        (
            "09\u{202f}72\u{202f}12\u{202f}34\u{202f}56",
            &[(Phone, "09\u{202f}72\u{202f}12\u{202f}34\u{202f}56")],
        ),
        ("portable0612345678, merci", &[(Phone, "0612345678")]),
        (
            "0612 345 678 ou 0612 34 56 78",
            &[(Phone, "0612 345 678"), (Phone, "0612 34 56 78")],
        ),
        (
            "0612345678,0698765432",
            &[(Phone, "0612345678"), (Phone, "0698765432")],
        ),
        ("+33 6 12 34 56 78", &[(Phone, "+33 6 12 34 56 78")]),
        ("(+33)(0)6.12.34.56.78", &[(Phone, "+33)(0)6.12.34.56.78")]),
        ("voir |x.y@z.fr|", &[(Email, "x.y@z.fr")]),
        ("+33 (0) 6 12 34 56 78", &[(Phone, "+33 (0) 6 12 34 56 78")]),
        ("0033612345678", &[(Phone, "0033612345678")]),
        (
            "+262 692 12 34 56 et 0590 12 34 56",
            &[(Phone, "+262 692 12 34 56"), (Phone, "0590 12 34 56")],
        ),
        (
            "０６ １２ ３４ ５６ ７８",
            &[(Phone, "０６ １２ ３４ ５６ ７８")],
        ),
        (
            "06 123 456 78 ou ٠٦ ١٢ ٣٤ ٥٦ ٧٨",
            &[(Phone, "06 123 456 78"), (Phone, "٠٦ ١٢ ٣٤ ٥٦ ٧٨")],
        ),
        ("0️⃣6️⃣1️⃣2️⃣3️⃣4️⃣5️⃣6️⃣7️⃣8️⃣.", &[(Phone, "0️⃣6️⃣1️⃣2️⃣3️⃣4️⃣5️⃣6️⃣7️⃣8️⃣")]),
        (
            "Belgique +32 470 12 34 56, Suisse : +41 79 123 45 67.",
            &[(Phone, "+32 470 12 34 56"), (Phone, "+41 79 123 45 67")],
        ),
        (
            "+41791234567/+352 621 123 456 et (+213) 5 51 23 45 67",
            &[
                (Phone, "+41791234567"),
                (Phone, "+352 621 123 456"),
                (Phone, "+213) 5 51 23 45 67"),
            ],
        ),
        (
            "+44 (0)20 7946 0958 0612345678",
            &[(Phone, "+44 (0)20 7946 0958"), (Phone, "0612345678")],
        ),
        (
            "jean.dupont (at) free.fr, ana[at]mairie.nimes.fr",
            &[
                (Email, "jean.dupont (at) free.fr"),
                (Email, "ana[at]mairie.nimes.fr"),
            ],
        ),
        (
            "jean.dupont [at] free [dot] fr ; a (arobase) b(point)fr",
            &[
                (Email, "jean.dupont [at] free [dot] fr"),
                (Email, "a (arobase) b(point)fr"),
            ],
        ),
        (
            "jean.dupont at free point fr. Ou zoe arobase ac point nimes point fr !",
            &[
                (Email, "jean.dupont at free point fr"),
                (Email, "zoe arobase ac point nimes point fr"),
            ],
        ),
        (
            "jean.dupont AT free.fr",
            &[(Email, "jean.dupont AT free.fr")],
        ),
        (
            "jean\u{200b}.d\u{2060}@free.fr",
            &[(Email, "jean\u{200b}.d\u{2060}@free.fr")],
        ),
        // The example of the IBAN Registry, and others of it.
        (
            "IBAN : FR14 2004 1010 0505 0001 3M02 606 (La Poste)",
            &[(Iban, "FR14 2004 1010 0505 0001 3M02 606")],
        ),
        (
            "fr1420041010050500013m02606",
            &[(Iban, "fr1420041010050500013m02606")],
        ),
        (
            "DE89 3704 0044 0532 0130 00",
            &[(Iban, "DE89 3704 0044 0532 0130 00")],
        ),
        (
            "FR14|2004|1010|0505|0001|3M02|606 ; FR 14, 2004, 1010, 0505, 0001, 3M02, 606",
            &[
                (Iban, "FR14|2004|1010|0505|0001|3M02|606"),
                (Iban, "FR 14, 2004, 1010, 0505, 0001, 3M02, 606"),
            ],
        ),
        (
            "ＦＲ１４２００４１０１００５０５０００１３Ｍ０２６０６",
            &[(
                Iban,
                "ＦＲ１４２００４１０１００５０５０００１３Ｍ０２６０６",
            )],
        ),
        (
            "GB29NWBK60161331926819 et BE68 5390 0754 7034",
            &[
                (Iban, "GB29NWBK60161331926819"),
                (Iban, "BE68 5390 0754 7034"),
            ],
        ),
        (
            "FR 14-20041010050500013M02606",
            &[(Iban, "FR 14-20041010050500013M02606")],
        ),
        // The number of INSEE's own example, with its key.
        (
            "mon n° est 2 69 05 49 588 157 80",
            &[(SocialSecurity, "2 69 05 49 588 157 80")],
        ),
        ("NIR269054958815780", &[(SocialSecurity, "269054958815780")]),
        (
            "2.69.05.49.588.157/80",
            &[(SocialSecurity, "2.69.05.49.588.157/80")],
        ),
        (
            "26 90 54 95 88 15 780",
            &[(SocialSecurity, "26 90 54 95 88 15 780")],
        ),
        (
            "2 69 05 49 588 157, clé 80",
            &[(SocialSecurity, "2 69 05 49 588 157")],
        ),
        ("2690549588157", &[(SocialSecurity, "2690549588157")]),
        (
            "une faute dans la clé : 2 69 05 49 588 157 81",
            &[(SocialSecurity, "2 69 05 49 588 157 81")],
        ),
        (
            "Bastia 1 85 05 2B 033 084 61",
            &[(SocialSecurity, "1 85 05 2B 033 084 61")],
        ),
        (
            "Ajaccio 185052a004084",
            &[(SocialSecurity, "185052a004084")],
        ),
        (
            "né à l’étranger 1 85 05 99 351 084",
            &[(SocialSecurity, "1 85 05 99 351 084")],
        ),
        (
            "2    69    05    49    588    157    80",
            &[(SocialSecurity, "2    69    05    49    588    157    80")],
        ),
        (
            "2, 69, 05, 49, 588, 157, 80 ou 2:69:05:49:588:157:80",
            &[
                (SocialSecurity, "2, 69, 05, 49, 588, 157, 80"),
                (SocialSecurity, "2:69:05:49:588:157:80"),
            ],
        ),
        (
            "| 2 | 69 | 05 | 49 | 588 | 157 | 80 | et (2)(69)(05)(49)(588)(157)(80)",
            &[
                (SocialSecurity, "2 | 69 | 05 | 49 | 588 | 157 | 80"),
                (SocialSecurity, "2)(69)(05)(49)(588)(157)(80"),
            ],
        ),
        (
            "2|6|9|0|5|4|9|5|8|8|1|5|7|8|0",
            &[(SocialSecurity, "2|6|9|0|5|4|9|5|8|8|1|5|7|8|0")],
        ),
        (
            "sans clé : 2, 69, 05, 49, 588, 157, merci",
            &[(SocialSecurity, "2, 69, 05, 49, 588, 157")],
        ),
        (
            "2\u{34f}6\u{fe0f}90\u{200d}5\u{2060}4958\u{301}815780",
            &[(
                SocialSecurity,
                "2\u{34f}6\u{fe0f}90\u{200d}5\u{2060}4958\u{301}815780",
            )],
        ),
        (
            "2️⃣ 6️⃣9️⃣ 0️⃣5️⃣ 4️⃣9️⃣ 5️⃣8️⃣8️⃣ 1️⃣5️⃣7️⃣ 8️⃣0️⃣ !",
            &[(SocialSecurity, "2️⃣ 6️⃣9️⃣ 0️⃣5️⃣ 4️⃣9️⃣ 5️⃣8️⃣8️⃣ 1️⃣5️⃣7️⃣ 8️⃣0️⃣")],
        ),
        (
            "٢٦٩٠٥٤٩٥٨٨١٥٧٨٠ ou ２ ６９ ０５ ４９ ５８８ １５７ ８０ ou 𝟐𝟔𝟗𝟎𝟓𝟒𝟗𝟓𝟖𝟖𝟏𝟓𝟕𝟖𝟎",
            &[
                (SocialSecurity, "٢٦٩٠٥٤٩٥٨٨١٥٧٨٠"),
                (SocialSecurity, "２ ６９ ０５ ４９ ５８８ １５７ ８０"),
                (SocialSecurity, "𝟐𝟔𝟗𝟎𝟓𝟒𝟗𝟓𝟖𝟖𝟏𝟓𝟕𝟖𝟎"),
            ],
        ),
        (
            "a@b.fr 0612345678 FR1420041010050500013M02606 269054958815780",
            &[
                (Email, "a@b.fr"),
                (Phone, "0612345678"),
                (Iban, "FR1420041010050500013M02606"),
                (SocialSecurity, "269054958815780"),
            ],
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(found(text), *expected, "{text}");
    }
}

#[test]
fn what_is_not() {
    for text in [
        "",
        "Suivez @caf.fr ou nous sur @mairie.fr",
        "Rendez-vous @ 14.30 h, prix @ 3.50",
        "https://example.org/@48.85,2.35,15z et medium.com/@nom.prenom",
        "paquet@1.2.3, un @ seul, deux @@, fin@",
        "Le 01/02/2015 10 h, du 05/2015 au 06/2016, 2015-06-12 34",
        "30000 Nîmes, 75015 Paris, CS 12345",
        "1 250 000 000 €, 10 000 000 000 €, 0,123 456 789",
        "loi n° 2016-1321 du 7 octobre 2016, décret 2005-1309, JORFTEXT000033202746",
        "SIRET 732 829 320 00074, SIREN 732829320, RNA W302000000",
        "ISBN 978-2-07-036024-5, 2-07-036822-X, 0-306-40615-2",
        "Le 3230 ou le 08 10 25 59 10 ou 0 800 123 456 sont payants",
        "https://www.legifrance.gouv.fr/id/0612345678.html?a=0612345678",
        "réf. A0612345678, 106123456789, 06123456789",
        "4970 1012 3456 7890",
        "FR14 2004 1010 0505 0001 3M02 607",
        "de 22 enfants à 34 enfants dans les 12 prochaines années de 2026",
        "3 69 05 49 588 157, 2 69 13 49 588 157, 2 69 05 96 588 157, 2 69 05 49 000 157",
        "1795428000000",
        "12 34 56 78 90",
        "De 06 à 12, de 34 à 56",
        "+10 000 000 €, + 1 250 000 000 d’euros, +12 345 678 habitants, 3+12345678",
        "+48.85661234, +2.35, +20 %, 12 +15 -20 30 40, 2026-01-02T10:00:00+02:00",
        "+33 8 10 25 59 10 est payant, le +32 aussi, réf. A+32470123456",
        "Il est (at) home, look at legifrance.fr, rendez-vous at home point barre",
        "Un point fr ou un point com, le signe arobase puis le point, c’est (point) fr",
        "[at] free.fr, au (a) b.c, chat at mairie, je reste at work. Point final.",
        "de 2015, 2016, 2017, 2018, 2019 ; de 12, 13, 14, 15, 16, 17, 18, 19, 20, 21",
        "Les chiffres : 12 ; 45 ; 78 ; 1 024 ; 33 ; 2 ; 5 ; 3 ; 18 ; 200 (en 2015)",
    ] {
        assert_eq!(found(text), [], "{text}");
    }
}

#[test]
fn what_is_found_is_replaced_where_it_stands() {
    let text = "Bonjour, a@b.fr ou 06 12 34 56 78 !\nNº 2 69 05 49 588 157 80.";
    assert_eq!(
        remove(text, &Kind::ALL, word),
        "Bonjour, [email retiré] ou [phone retiré] !\nNº [social-security retiré]."
    );
    assert_eq!(
        remove(text, &[Kind::SocialSecurity], word),
        "Bonjour, a@b.fr ou 06 12 34 56 78 !\nNº [social-security retiré]."
    );
}

/// A search at random made this one: what was taken out left « [IBAN retiré] », of which the r was
/// then read as the end of an account number that begins before it.
#[test]
fn what_stands_for_what_was_found_is_no_part_of_another() {
    let text = "0 \" EE00 20EE000 20EE000 28@8E0000 0000 \" E00 0 0000 \" E00 20EE000 28@8) \
                28@8E00000 20EE000 28@8E0000 0000 \" E00 0 0000 \" E00 20EE000 28@8)45:08";
    assert_ne!(found(text), []);
    let left = remove(text, &Kind::ALL, |_| "retiré".to_owned());
    assert_eq!(found(&left), [], "{left}");
}

/// Digits in groups, as somebody may space them or a table may leave them, and in what digits.
fn spaced(digits: &str, cuts: &[u8]) -> String {
    const BETWEEN: [&str; 32] = [
        "",
        "",
        "",
        "",
        "",
        "",
        "",
        "",
        " ",
        " ",
        "\u{a0}",
        ".",
        "-",
        " - ",
        "    ",
        "\t",
        ", ",
        ":",
        ";",
        "|",
        " | ",
        "(",
        ")",
        ") (",
        "/",
        "\u{34f}",
        "\u{fe0f}",
        "\u{fe0f}\u{20e3}",
        "\u{200d}",
        "\u{2060}",
        "\u{301}",
        "\n",
    ];
    const ZEROS: [char; 5] = ['\u{660}', '\u{6f0}', '\u{966}', '\u{ff10}', '\u{1d7ce}'];
    let mut written = String::new();
    for (place, c) in digits.chars().enumerate() {
        let cut = usize::from(cuts.get(place).copied().unwrap_or_default());
        if place > 0 {
            written.push_str(BETWEEN[cut % BETWEEN.len()]);
        }
        // One digit in two is of another script.
        let zero = ZEROS.get(cut / BETWEEN.len() / 2 + cut % 2);
        let other = c.to_digit(10).zip(zero.filter(|_| cut > 127));
        let other = other.and_then(|(value, zero)| char::from_u32(u32::from(*zero) + value));
        written.push(other.unwrap_or(c));
    }
    written
}

/// The remainder by 97 of a number too long for an integer; letters count from 10.
fn remainder(characters: &str) -> u32 {
    characters.chars().fold(0, |remainder, c| {
        let value = c.to_digit(36).unwrap();
        (remainder * if value < 10 { 10 } else { 100 } + value) % 97
    })
}

prop_compose! {
    fn nir()(
        sex in prop::sample::select(vec![1, 2, 3, 4, 7, 8]),
        year in 0..100u32,
        month in prop_oneof![1..=12u32, 20..=99u32],
        department in prop_oneof![
            (1..=95u32).prop_map(|n| format!("{n:02}")),
            prop::sample::select(vec!["2A", "2B", "97", "98", "99"]).prop_map(str::to_owned),
        ],
        commune in 1..=990u32,
        order in 1..=999u32,
    ) -> String {
        let number = format!("{sex}{year:02}{month:02}{department}{commune:03}{order:03}");
        let counted = number.replace("2A", "19").replace("2B", "18");
        let key = 97 - remainder(&counted);
        format!("{number}{key:02}")
    }
}

prop_compose! {
    fn iban()(
        country in prop::sample::select(vec![("FR", 27), ("DE", 22), ("BE", 16), ("ES", 24), ("NO", 15)]),
        digits in "[0-9]{30}",
    ) -> String {
        let (code, length) = country;
        let account = &digits[..length - 4];
        let key = 98 - remainder(&format!("{account}{code}00"));
        format!("{code}{key:02}{account}")
    }
}

proptest! {
    #[test]
    fn a_valid_social_security_number_is_always_found(
        number in nir(),
        cuts in prop::collection::vec(any::<u8>(), 15),
    ) {
        let written = spaced(&number, &cuts);
        let text = format!("Mon numéro : {written}.");
        let kinds: Vec<Kind> = find(&text).into_iter().map(|found| found.kind).collect();
        prop_assert!(kinds == [Kind::SocialSecurity], "{text}: {:?}", found(&text));
        prop_assert!(!remove(&text, &[Kind::SocialSecurity], word).contains(&written));
        // As it is kept.
        for kept in [
            Body::parse(&text, Body::MAX).unwrap().as_str(),
            Title::parse(&text, Title::MAX).unwrap().as_str(),
        ] {
            prop_assert_eq!(find(kept).len(), 1, "{:?}", kept);
            prop_assert_eq!(find(kept)[0].kind, Kind::SocialSecurity);
        }
    }

    #[test]
    fn a_valid_bank_account_is_always_found(
        number in iban(),
        cuts in prop::collection::vec(any::<u8>(), 34),
    ) {
        let (country, rest) = number.split_at(2);
        let text = format!("Compte : {country}{}.", spaced(rest, &cuts));
        let found = found(&text);
        prop_assert_eq!(found.len(), 1, "{}: {:?}", text, found);
        prop_assert_eq!(found[0].0, Kind::Iban);
    }

    #[test]
    fn nothing_is_left_of_what_was_removed(
        text in r"([0-9]{1,6}|[ .\-/+@(),]|06|\+33|2[AB]|FR14|[a-z]{1,3}|\.fr| ?[\[(]?(at|point|dot)[\])]? ?|\u{a0}|é|[\u{fe0f}\u{200d}\u{301}٣３|;:]|\PC){0,60}",
    ) {
        let mut end = 0;
        for found in find(&text) {
            prop_assert!(found.range.start >= end && found.range.end > found.range.start);
            prop_assert!(text.get(found.range.clone()).is_some());
            end = found.range.end;
        }
        let removed = remove(&text, &Kind::ALL, word);
        prop_assert_eq!(found(&removed), [], "{}", removed);
    }

    #[test]
    fn any_text_is_read(text in any::<String>()) {
        for found in find(&text) {
            prop_assert!(text.get(found.range).is_some());
        }
    }
}
