#![no_main]
//! Content as editors write it, TOML before Markdown: it is read, or each problem has its file.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use tempfile::TempDir;

/// A copy of the fixture, of which one file is what comes.
static CONTENT: LazyLock<TempDir> = LazyLock::new(|| {
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/content");
    let folder = TempDir::new().expect("a folder");
    let mut left = vec![PathBuf::new()];
    while let Some(path) = left.pop() {
        for entry in fixture.join(&path).read_dir().expect("the fixture") {
            let entry = entry.expect("a file of the fixture");
            let path = path.join(entry.file_name());
            if entry.path().is_dir() {
                std::fs::create_dir(folder.path().join(&path)).expect("a folder");
                left.push(path);
            } else {
                std::fs::copy(entry.path(), folder.path().join(&path)).expect("a copy");
            }
        }
    }
    folder
});

const FILES: [&str; 4] = [
    "campaigns/accueil.md",
    "spaces/gard.md",
    "pages/charte.md",
    "site.toml",
];

fuzz_target!(|input: (u8, &str)| {
    let (which, text) = input;
    let path = CONTENT.path().join(FILES[usize::from(which) % FILES.len()]);
    let before = std::fs::read(&path).expect("the fixture");
    std::fs::write(&path, text).expect("a file");
    let read = site_gen::load_content(CONTENT.path());
    std::fs::write(&path, before).expect("the fixture again");
    if let Err(problems) = read {
        assert!(!problems.is_empty());
        for problem in problems {
            let said = problem.to_string();
            assert!(said.contains(&*CONTENT.path().to_string_lossy()), "{said}");
        }
    }
});
