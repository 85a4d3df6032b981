#![no_main]
//! Files that are imported: every row is read or told, and what is read is told apart and fits.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::LazyLock;

use domain::{Contribution, Slug};
use ecoute::import::{Options, Publication, Run, read};
use ecoute::serve::Database;
use libfuzzer_sys::fuzz_target;
use tempfile::TempDir;

static FOLDER: LazyLock<TempDir> = LazyLock::new(|| TempDir::new().expect("a folder"));

fuzz_target!(|files: (&[u8], &[u8])| {
    let write = |name: &str, bytes: &[u8]| {
        let path = FOLDER.path().join(name);
        std::fs::write(&path, bytes).expect("a file");
        path
    };
    let map = |pairs: &str| pairs.split(',').map(str::to_owned).collect();
    let options = Options {
        data_dir: PathBuf::new(),
        content: PathBuf::new(),
        theme: PathBuf::new(),
        campaign: "accueil".to_owned(),
        file: write("ideas.csv", files.0),
        map: map("id=id,title=title,text=text"),
        comments: Some(write("comments.csv", files.1)),
        comments_map: map("idea=idea,text=text"),
        publication: Publication::Now,
        run: Run::Dry,
        database: Database::Embedded,
    };
    let campaign = Slug::parse("accueil").expect("a name");
    let Ok((ideas, comments)) = read(&options, &campaign) else {
        return;
    };
    let known: BTreeSet<_> = ideas.iter().map(|idea| idea.reference()).collect();
    assert_eq!(known.len(), ideas.len(), "two ideas are one");
    for comment in &comments {
        let Contribution::Comment(comment) = comment else {
            panic!("an idea among the comments");
        };
        let idea = |held: &Contribution| *held.reference().id() == comment.idea;
        assert!(ideas.iter().any(idea), "a comment of nothing");
        assert!(!functions::holds_number(comment.body.as_str()));
    }
});
