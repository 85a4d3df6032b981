//! What goes wrong is one sentence that says what to do.

use std::process::Command;

use super::*;
use crate::assert_page;
use crate::binary::binary;

#[tokio::test]
async fn a_bucket_that_can_t_be_used_is_one_sentence() {
    let site = Fixture::start().await;
    let mut said = Vec::new();
    let mut attempt = async |bucket: Bucket| {
        let to = Destination::Bucket(bucket, None);
        let stopped = publish(site.options(to, Run::Real)).await.unwrap_err();
        said.push(stopped.to_string());
    };
    attempt(site.objects.bucket("no-such-bucket")).await;
    let place = || functions::BucketPlace::parse(BUCKET).unwrap();
    let address = &site.objects.address;
    attempt(Bucket::at(address, place(), "a-key", "another-secret")).await;
    attempt(Bucket::at("http://127.0.0.1:1", place(), "a-key", "x")).await;
    std::fs::write(site.objects.files().join("photo.jpg"), "").unwrap();
    attempt(site.bucket()).await;
    assert_eq!(site.objects.written().len(), 0);
    assert_page!(said.join("\n"));
}

#[test]
fn a_destination_that_is_none_is_one_sentence() {
    let data = TempDir::new().unwrap();
    let mut said = Vec::new();
    for arguments in [
        &["--to", "s3://Majuscules"][..],
        &["--to", "https://example.org"],
        &["--to", "s3://ecoute-test"],
        &["--to", "public", "--distribution", "E2EXAMPLE"],
    ] {
        let output = Command::new(binary("ecoute"))
            .args(["publish", "--site-url", "https://ecoute.example.org"])
            .args(arguments)
            .current_dir(data.path())
            .env_clear()
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(1));
        said.push(String::from_utf8(output.stderr).unwrap());
    }
    assert_page!(said.concat());
}

#[test]
fn a_site_without_functions_is_published_to_a_folder_by_command() {
    let data = TempDir::new().unwrap();
    let mut said = Vec::new();
    std::fs::write(data.path().join("none.jsonl"), "").unwrap();
    for more in [&["--dry-run"][..], &[], &[]] {
        let output = Command::new(binary("ecoute"))
            .args(["publish", "--site-url", "https://ecoute.example.org"])
            .args(["--to", "public", "--contributions", "none.jsonl"])
            .arg("--content")
            .arg(repository("tests/fixtures/content"))
            .arg("--theme")
            .arg(repository("themes/default"))
            .args(more)
            .current_dir(data.path())
            .output()
            .unwrap();
        said.push(String::from_utf8(output.stdout).unwrap());
        said.push(String::from_utf8(output.stderr).unwrap());
    }
    assert!(data.path().join("public/index.html").is_file());
    assert_page!(said.concat());
}
