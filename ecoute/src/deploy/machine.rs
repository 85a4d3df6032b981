//! What a deployment is made from, on this machine: the template, and what it packs.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use functions::store::bundle_hash;
use functions::{Function, Worker};
use site_gen::Bundle;

use super::content::{Made, megabytes};
use super::report::Report;

/// What functions are built for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Architecture {
    /// `arm64`.
    Arm64,
    /// `x86_64`.
    X86,
}

/// What an unpacked function may have in all, its layer included, in bytes: 250 MB
/// (<https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>).
const LARGEST: u64 = 250 * 1024 * 1024;

impl Architecture {
    /// How the template, and `--architecture`, call it.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Arm64 => "arm64",
            Self::X86 => "x86_64",
        }
    }

    /// What makes cargo-lambda build for it.
    fn option(self) -> &'static str {
        match self {
            Self::Arm64 => "--arm64",
            Self::X86 => "--x86-64",
        }
    }

    /// `e_machine` in the head of an ELF file.
    fn machine(self) -> u16 {
        match self {
            Self::Arm64 => 183,
            Self::X86 => 62,
        }
    }
}

pub(super) fn check(
    report: &mut Report,
    root: &Path,
    architecture: Architecture,
    made: Option<&Made>,
) {
    let args = [("path", root.display().to_string())];
    report.section("machine", &args);
    match root.join("infra/template.yaml").is_file() {
        true => report.well("machine.template", &[]),
        false => report.wrong("machine.no-template", &[]),
    }
    let packed = root.join("target/lambda");
    let largest = binaries(report, &packed, architecture);
    bundle(report, &packed.join("content/bundle.json"), largest, made);
}

/// Looks at each binary; answers the size of the largest.
fn binaries(report: &mut Report, packed: &Path, architecture: Architecture) -> u64 {
    let functions = Function::ALL.iter().map(|function| function.name());
    let workers = Worker::ALL.iter().map(|worker| worker.name());
    let (mut missing, mut others, mut largest) = (Vec::new(), Vec::new(), 0);
    for name in functions.chain(workers) {
        let binary = packed.join(name).join("bootstrap");
        let Ok((size, machine)) = look(&binary) else {
            missing.push(name);
            continue;
        };
        largest = largest.max(size);
        if machine != Some(architecture.machine()) {
            others.push(name);
        }
    }
    let args = |names: &[&str]| {
        [
            ("names", names.join(", ")),
            ("architecture", architecture.key().to_owned()),
            ("option", architecture.option().to_owned()),
        ]
    };
    if !missing.is_empty() {
        report.wrong("machine.no-binaries", &args(&missing));
    }
    if !others.is_empty() {
        report.wrong("machine.other-binaries", &args(&others));
    }
    if missing.is_empty() && others.is_empty() {
        report.well("machine.binaries", &args(&[]));
    }
    largest
}

/// How large a binary is, and what it runs on, where it is an ELF file of 64 bits, little-endian.
fn look(binary: &Path) -> io::Result<(u64, Option<u16>)> {
    let mut file = File::open(binary)?;
    let size = file.metadata()?.len();
    let mut head = [0; 20];
    let is_elf = file.read_exact(&mut head).is_ok() && head.starts_with(b"\x7fELF\x02\x01");
    let machine = is_elf.then(|| u16::from_le_bytes([head[18], head[19]]));
    Ok((size, machine))
}

fn bundle(report: &mut Report, path: &Path, largest: u64, made: Option<&Made>) {
    let Ok(bytes) = fs::read(path) else {
        return report.wrong("machine.no-bundle", &[]);
    };
    let Ok(bundle) = serde_json::from_slice::<Bundle>(&bytes) else {
        return report.wrong("machine.bundle-illegible", &[]);
    };
    if !bundle.site_url.starts_with("https://") {
        let args = [("url", bundle.site_url.clone())];
        report.wrong("machine.bundle-url", &args);
    }
    let size = bytes.len() as u64;
    if size + largest > LARGEST {
        let args = [("size", megabytes(size)), ("largest", megabytes(LARGEST))];
        report.wrong("machine.bundle-large", &args);
    }
    let Some(made) = made else { return };
    // Without an address to build for, the one that it was built for is taken.
    let mut now = made.bundle.clone();
    if now.site_url.is_empty() {
        now.site_url.clone_from(&bundle.site_url);
    }
    let now = serde_json::to_vec(&now).expect("a bundle has only string keys");
    match bundle_hash(&now) == bundle_hash(&bytes) {
        true => report.well("machine.bundle", &[("url", bundle.site_url)]),
        false => report.wrong("machine.bundle-old", &[]),
    }
}
