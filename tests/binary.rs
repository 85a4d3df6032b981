//! The binaries of the workspace, as they were built with the test that asks for them.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// Where a binary is, built anew where something of it changed.
pub fn binary(name: &str) -> PathBuf {
    static BUILT: OnceLock<()> = OnceLock::new();
    BUILT.get_or_init(|| {
        let mut build = Command::new(env!("CARGO"));
        // Every target, so that dependencies have the features they have for this test; and
        // without what Cargo tells this test, on which build scripts depend: none is built twice.
        build.args(["build", "--quiet", "--workspace", "--all-targets"]);
        for (name, _) in std::env::vars() {
            if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") {
                build.env_remove(name);
            }
        }
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let built = build.current_dir(root).status().unwrap();
        assert!(built.success(), "the workspace is built");
    });
    let tests = std::env::current_exe().unwrap();
    tests.parent().unwrap().parent().unwrap().join(name)
}
