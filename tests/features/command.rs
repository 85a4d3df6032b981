//! The commands, as they are run: what they say and how they end.

use std::io::{BufRead, BufReader, Read};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use tempfile::TempDir;

use crate::app::repository;
use crate::assert_page;
use crate::binary::binary;

fn ecoute(data: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(binary("ecoute"));
    command
        .args(arguments)
        .arg("--data-dir")
        .arg(data)
        .current_dir(repository("."))
        .env("RUST_BACKTRACE", "0")
        .stdin(Stdio::null());
    command
}

fn serve(data: &Path, arguments: &[&str]) -> Command {
    let mut command = ecoute(data, &["serve", "--content", "tests/fixtures/content"]);
    command.args(arguments);
    command
}

/// A process that ends with the test, however that ends.
pub struct Running(pub Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// What a command that fails says.
#[track_caller]
fn failure(mut command: Command, data: &Path) -> String {
    let output: Output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(String::from_utf8_lossy(&output.stdout), "");
    String::from_utf8(output.stderr)
        .unwrap()
        .replace(&data.display().to_string(), "DATA")
}

#[test]
fn help_has_examples() {
    let data = TempDir::new().unwrap();
    for arguments in [
        &["--help"][..],
        &["serve", "--help"],
        &["import", "ideas", "--help"],
        &["import", "testimonials", "--help"],
        &["export", "testimonials", "--help"],
        &["export", "--help"],
        &["audit", "--help"],
        &["verify", "counts", "--help"],
        &["publish", "--help"],
        &["replay", "--help"],
        &["deploy", "--help"],
        &["mail", "unsuppress", "--help"],
    ] {
        let mut command = Command::new(binary("ecoute"));
        let output = command
            .args(arguments)
            .current_dir(data.path())
            .output()
            .unwrap();
        let help = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success());
        assert!(help.contains("Exemples\u{a0}:\n  ecoute"), "{help}");
    }
}

#[test]
fn a_busy_port_is_one_sentence() {
    let data = TempDir::new().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let said = failure(serve(data.path(), &["--listen", &address]), data.path());
    assert_page!(said.replace(&address, "ADDRESS"));
}

#[test]
fn an_address_that_is_none_is_one_sentence() {
    let data = TempDir::new().unwrap();
    let said = failure(serve(data.path(), &["--listen", "partout"]), data.path());
    assert_page!(said);
    let arguments = ["--listen", "127.0.0.1:0", "--site-url", "ecoute.fr"];
    let said = failure(serve(data.path(), &arguments), data.path());
    assert_page!(said);
}

#[test]
fn a_folder_that_can_t_be_used_is_one_sentence() {
    let data = TempDir::new().unwrap();
    let file = data.path().join("file");
    std::fs::write(&file, "").unwrap();
    let said = failure(serve(&file, &["--listen", "127.0.0.1:0"]), data.path());
    assert_page!(said);
    let mut missing = ecoute(data.path(), &["serve", "--content", "nulle-part"]);
    missing.args(["--listen", "127.0.0.1:0"]);
    assert_page!(failure(missing, data.path()));
}

#[test]
fn a_damaged_database_is_one_sentence_and_is_not_touched() {
    let data = TempDir::new().unwrap();
    let file = data.path().join("ecoute.db");
    let damaged = vec![b'x'; 9_000];
    std::fs::write(&file, &damaged).unwrap();
    let said = failure(
        serve(data.path(), &["--listen", "127.0.0.1:0"]),
        data.path(),
    );
    assert_page!(said);
    assert!(std::fs::read(&file).unwrap() == damaged);
}

#[test]
fn it_starts_says_where_things_are_and_stops_when_asked() {
    let data = TempDir::new().unwrap();
    let mut first = Running(
        serve(data.path(), &["--listen", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap(),
    );
    let mut said = String::new();
    let mut lines = BufReader::new(first.0.stdout.take().unwrap());
    while !said.contains("Ctrl-C") {
        assert_ne!(lines.read_line(&mut said).unwrap(), 0, "{said}");
    }

    let second = failure(
        serve(data.path(), &["--listen", "127.0.0.1:0"]),
        data.path(),
    );
    assert_page!(second);

    let stopped = Command::new("kill")
        .args(["-INT", &first.0.id().to_string()])
        .status()
        .unwrap();
    assert!(stopped.success());
    lines.read_to_string(&mut said).unwrap();
    assert!(first.0.wait().unwrap().success());

    let password = said.split("Mot de passe\u{a0}: ").nth(1).unwrap();
    let password = password.lines().next().unwrap().to_owned();
    assert_eq!(password.len(), 19);
    let data = std::fs::canonicalize(data.path()).unwrap();
    let said = said
        .replace(&password, "[password]")
        .replace(&data.display().to_string(), "DATA");
    assert_page!(said);
}

#[test]
fn site_gen_builds_alone_and_leaves_a_folder_that_is_not_its_own() {
    let folder = TempDir::new().unwrap();
    let build = |out: &Path| {
        Command::new(binary("site-gen"))
            .args([
                "build",
                "--content",
                "tests/fixtures/content",
                "--now",
                "2026-11-23T10:00:00Z",
                "--out",
            ])
            .arg(out)
            .current_dir(repository("."))
            .output()
            .unwrap()
    };
    let out = folder.path().join("dist");
    assert!(build(&out).status.success());
    assert!(out.join("campagnes/accueil/proposer/index.html").exists());
    let again = String::from_utf8(build(&out).stdout).unwrap();
    assert!(again.contains(" 0 fichiers écrits"), "{again}");

    std::fs::write(folder.path().join("mine"), "kept").unwrap();
    let refused = build(folder.path());
    assert_eq!(refused.status.code(), Some(1));
    assert!(folder.path().join("mine").exists());
}

/// What a command says and how it ends, its folders apart.
fn ended(mut command: Command, data: &Path) -> String {
    let output = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let said = format!(
        "exit {}\nout: {}\nerr: {}",
        output.status.code().unwrap(),
        text(output.stdout),
        text(output.stderr)
    );
    said.replace(&data.display().to_string(), "DATA")
}

#[test]
fn exports_backups_and_the_log_are_commands() {
    let data = TempDir::new().unwrap();
    let path = |name: &str| data.path().join(name).display().to_string();
    let site = data.path().join("data");
    let content = ["--content", "tests/fixtures/content"];
    let address = ["--site-url", "https://ecoute.example.org"];
    let run = |data_dir: &Path, arguments: &[&str]| {
        let said = ended(ecoute(data_dir, arguments), data.path());
        format!("== {}\n{said}", arguments.join(" "))
            .replace(&data.path().display().to_string(), "DATA")
    };
    let export = |arguments: &[&str]| {
        let mut all = vec!["export"];
        all.extend(arguments);
        all.extend(content);
        run(&site, &all)
    };
    let (csv, lines) = (path("idees.csv"), path("contributions.jsonl"));
    let (backup, cut) = (path("sauvegarde.gz"), path("coupee.gz"));
    let mut seen = vec![
        export(&["--campaign", "ailleurs"]),
        export(&["--format", "csv", &csv]),
        export(&["--campaign", "accueil", "--format", "site", &csv]),
        export(&["--campaign", "accueil", &csv]),
        export(&[]),
        run(&site, &["export", &lines]),
    ];
    let mut to_output = vec!["--campaign", "accueil", "--out", "-"];
    to_output.extend(address);
    seen.push(export(&to_output));
    let mut to_file = vec!["--campaign", "accueil", "--for", "analysts", &csv];
    to_file.extend(address);
    seen.push(export(&to_file));
    seen.push(run(&site, &["audit", "show"]));
    seen.push(run(&site, &["audit", "verify", "--expect", "abc"]));
    seen.push(run(&site, &["backup", &backup]));
    let whole = std::fs::read(&backup).unwrap();
    std::fs::write(&cut, &whole[..whole.len() / 2]).unwrap();
    let restored = data.path().join("restauree");
    seen.push(run(&restored, &["restore", &cut]));
    assert!(!restored.exists());
    seen.push(run(&restored, &["restore", &backup]));
    seen.push(run(&restored, &["audit", "show", "--format", "csv"]));
    let log = steady(&seen.join("\n\n"));
    assert_page!(log);
}

/// The same text with each word of 64 hexadecimal digits as `[seal]`, and each instant as `[now]`.
fn steady(text: &str) -> String {
    let is_seal = |word: &str| word.len() == 64 && word.bytes().all(|b| b.is_ascii_hexdigit());
    let is_now = |word: &str| word.len() == 20 && word.starts_with("20") && word.ends_with('Z');
    let ends = [' ', ';', '\n', '\r'];
    text.split_inclusive(ends)
        .map(|word| {
            let bare = word.trim_end_matches(ends);
            if is_seal(bare) {
                word.replace(bare, "[seal]")
            } else if is_now(bare) {
                word.replace(bare, "[now]")
            } else {
                word.to_owned()
            }
        })
        .collect()
}
