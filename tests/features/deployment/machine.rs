//! `ecoute deploy --check` before there is a deployment: what it would be made from.

use std::fs;
use std::path::Path;
use std::process::Command;

use functions::{Function, Worker};
use tempfile::TempDir;

use crate::app::repository;
use crate::assert_page;
use crate::binary::binary;

/// The head of a binary for this machine, by its number in ELF.
fn elf(machine: u8) -> Vec<u8> {
    let mut head = vec![0; 64];
    head[..6].copy_from_slice(b"\x7fELF\x02\x01");
    head[18] = machine;
    head
}

const ARM64: u8 = 183;
const X86: u8 = 62;

fn content_of(root: &Path) -> std::path::PathBuf {
    root.join("content")
}

/// Packs the content as `infra/README.md` says.
fn pack(root: &Path, site_url: &str) {
    let folder = root.join("target/lambda/content");
    fs::create_dir_all(&folder).unwrap();
    let built = Command::new(binary("site-gen"))
        .args(["build", "--site-url", site_url, "--bundle"])
        .arg(folder.join("bundle.json"))
        .arg("--content")
        .arg(content_of(root))
        .arg("--theme")
        .arg(repository("themes/default"))
        .arg("--out")
        .arg(root.join("built"))
        .output()
        .unwrap();
    assert!(built.status.success(), "{built:?}");
}

/// What the check says of this folder, and how it ends.
fn check(root: &Path, more: &[&str]) -> String {
    let output = Command::new(binary("ecoute"))
        .args(["deploy", "--check"])
        .args(more)
        .arg("--theme")
        .arg(repository("themes/default"))
        .current_dir(root)
        .output()
        .unwrap();
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8(said).unwrap();
    // How large the content is changes with the theme.
    let size = |line: &str| match line.split_once("en reçoivent") {
        Some((before, _)) => format!("{before}en reçoivent [size]"),
        None => line.to_owned(),
    };
    let said: Vec<String> = said.lines().map(size).collect();
    format!("{}\n[{}]", said.join("\n"), output.status.code().unwrap())
}

#[test]
fn what_a_deployment_is_made_from_is_checked_before_there_is_one() {
    let folder = TempDir::new().unwrap();
    let root = folder.path();
    crate::site::copy(&repository("tests/fixtures/content"), &content_of(root));
    let mut all = vec![check(root, &[])];

    fs::create_dir_all(root.join("infra")).unwrap();
    fs::copy(
        repository("infra/template.yaml"),
        root.join("infra/template.yaml"),
    )
    .unwrap();
    let names = Function::ALL.iter().map(|it| it.name());
    let names = names.chain(Worker::ALL.iter().map(|it| it.name()));
    for name in names {
        let folder = root.join("target/lambda").join(name);
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("bootstrap"), elf(ARM64)).unwrap();
    }
    const URL: &str = "https://ecoute.example.org";
    pack(root, URL);
    all.push(check(root, &["--site-url", URL]));
    all.push(check(root, &[]));

    let clock = root.join("target/lambda/clock/bootstrap");
    fs::write(&clock, elf(X86)).unwrap();
    all.push(check(root, &["--site-url", "https://autre.example.org"]));
    fs::write(&clock, "pas un binaire").unwrap();
    all.push(check(root, &["--architecture", "x86_64"]));
    pack(root, "http://localhost:8080");
    let file = fs::File::create(&clock).unwrap();
    file.set_len(250 * 1024 * 1024).unwrap();
    all.push(check(root, &[]));
    let bundle = root.join("target/lambda/content/bundle.json");
    fs::write(bundle, "{").unwrap();
    fs::write(root.join("content/pages/charte.md"), "+++\n+++\n").unwrap();
    all.push(check(root, &[]));
    let large = |said: &str| match said.split_once("est trop grand (") {
        Some((before, after)) => {
            let after = after.split_once(')').unwrap().1;
            format!("{before}est trop grand ([size]){after}")
        }
        None => said.to_owned(),
    };
    let all: Vec<String> = all.iter().map(|said| large(said)).collect();
    assert_page!(all.join("\n\n----\n\n"));
}

#[test]
fn the_help_says_what_is_checked_and_a_bucket_that_is_none_is_one_sentence() {
    let said = |words: &[&str]| {
        let output = Command::new(binary("ecoute"))
            .arg("deploy")
            .args(words)
            .env_clear()
            .output()
            .unwrap();
        let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        format!("{said}[{}]", output.status.code().unwrap())
    };
    assert_page!(
        [
            said(&["--help"]),
            said(&[]),
            said(&["--check", "--to", "public"]),
        ]
        .join("\n----\n")
    );
}
