//! How long a function takes from when its process is started to its first answer, and then for
//! each; how much memory it has; beside a function that does nothing, in the same run.
//!
//! ```text
//! infra/build --x86-64 && infra/build --x86-64 --example nothing
//! cargo bench -p tests --bench cold_start -- [--runs 20] [--binaries target/lambda]
//! ```
//!
//! Each process is started as Lambda does, on the Runtime API, with the demonstration's bundle and
//! an engine that holds nothing. What Lambda adds, an environment to run in and the network to
//! DynamoDB, is not in it.

#![expect(clippy::unwrap_used, reason = "a measure that can't go on stops")]
#![expect(
    unreachable_pub,
    reason = "the module is shared with the tests of features"
)]

#[path = "../features/cloud/runtime_api.rs"]
mod runtime_api;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ecoute::Engine;
use ecoute::serve::Expired;
use flate2::Compression;
use flate2::write::GzEncoder;
use functions::Store;
use serde_json::{Value, json};
use tempfile::TempDir;

use runtime_api::RuntimeApi;

const ORIGIN_SECRET: &str = "le-secret-de-la-distribution-des-mesures";
/// How many answers of a process that runs are measured.
const WARM: usize = 300;

/// A function, and what it is asked: something that it answers from one read of the store, or
/// none, as its name says.
struct Asked {
    binary: &'static str,
    what: &'static str,
    method: &'static str,
    path: &'static str,
    body: &'static str,
}

const ASKED: [Asked; 7] = [
    Asked {
        binary: "nothing",
        what: "nothing",
        method: "GET",
        path: "/",
        body: "",
    },
    Asked {
        binary: "receipts",
        what: "one read: no such receipt, 404",
        method: "GET",
        path: "/suivi/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA/",
        body: "",
    },
    Asked {
        binary: "counts",
        what: "one query: counts of a campaign",
        method: "GET",
        path: "/api/compteurs",
        body: "",
    },
    Asked {
        binary: "ideas",
        what: "no read: a form with errors, 422",
        method: "POST",
        path: "/participer/colonies-de-vacances/idees",
        body: "title=Une%20id%C3%A9e",
    },
    Asked {
        binary: "surveys",
        what: "no read: no such survey, 404",
        method: "GET",
        path: "/participer/rien/sondage/",
        body: "",
    },
    Asked {
        binary: "login",
        what: "no read: the login, 200",
        method: "GET",
        path: "/moderation/connexion",
        body: "",
    },
    Asked {
        binary: "moderation",
        what: "no read: somebody without a session, 303",
        method: "GET",
        path: "/moderation/",
        body: "",
    },
];

#[tokio::main]
async fn main() {
    let given: Vec<String> = std::env::args().collect();
    let option = |name: &str| {
        let place = given.iter().position(|argument| argument == name);
        place.map(|place| given[place + 1].clone())
    };
    let runs: usize = option("--runs").map_or(20, |runs| runs.parse().unwrap());
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let binaries = option("--binaries").map_or_else(|| root.join("target/lambda"), PathBuf::from);
    if !binaries.join("nothing").exists() {
        println!(
            "{} has no functions: `infra/build --x86-64` builds them, and with `--example nothing` \
             the one that they are measured beside",
            binaries.display()
        );
        return;
    }

    let data = TempDir::new().unwrap();
    let engine = Engine::start(data.path(), Expired::Kept).unwrap();
    let store = Store::local(engine.endpoint(), "ecoute");
    store.create_tables().await.unwrap();
    let (bundle, _) = site_gen::load(
        &root.join("content"),
        &root.join("themes/default"),
        "https://ecoute.example.org",
    )
    .unwrap();
    let bundle = serde_json::to_vec(&bundle).unwrap();
    store.keep_bundle(&bundle).await.unwrap();
    let bundle_file = data.path().join("bundle.json");
    std::fs::write(&bundle_file, &bundle).unwrap();
    println!(
        "bundle: {} KB, {} KB zipped; {runs} starts each, {WARM} answers of one that runs",
        bundle.len() / 1024,
        zipped(&bundle) / 1024
    );
    println!(
        "| function | what | MB | zipped MB | start to answer ms: median | min | ÷ nothing | warm \
         ms: median | ÷ nothing | resident MB |"
    );
    println!("| --- | --- | --: | --: | --: | --: | --: | --: | --: | --: |");
    let mut nothing: Option<(f64, f64)> = None;
    for asked in &ASKED {
        let binary = binaries.join(asked.binary).join("bootstrap");
        let size = std::fs::read(&binary).unwrap();
        let start = |api: &RuntimeApi| start(&binary, api, engine.endpoint(), &bundle_file);
        let mut firsts = Vec::new();
        let mut resident = 0.0_f64;
        let mut status = Value::Null;
        for _ in 0..runs {
            let mut api = RuntimeApi::start().await;
            let began = Instant::now();
            let mut process = start(&api);
            let answer = api.invoke(event(asked)).await.unwrap().unwrap();
            firsts.push(milliseconds(began.elapsed()));
            resident = resident.max(resident_megabytes(&process));
            status = answer["statusCode"].clone();
            process.kill().unwrap();
            process.wait().unwrap();
        }
        let mut api = RuntimeApi::start().await;
        let mut process = start(&api);
        let mut warm = Vec::new();
        for _ in 0..WARM {
            let began = Instant::now();
            api.invoke(event(asked)).await.unwrap().unwrap();
            warm.push(milliseconds(began.elapsed()));
        }
        process.kill().unwrap();
        process.wait().unwrap();
        let (first, warm) = (median(&mut firsts), median(&mut warm));
        let (first_of_nothing, warm_of_nothing) = *nothing.get_or_insert((first, warm));
        println!(
            "| {} | {} ({status}) | {:.1} | {:.1} | {first:.1} | {:.1} | {:.1} | {warm:.2} | {:.1} | {resident:.1} |",
            asked.binary,
            asked.what,
            megabytes(size.len()),
            megabytes(zipped(&size)),
            firsts[0],
            first / first_of_nothing,
            warm / warm_of_nothing,
        );
    }
    tokio::task::spawn_blocking(move || engine.stop())
        .await
        .unwrap();
}

fn start(binary: &Path, api: &RuntimeApi, endpoint: &str, bundle: &Path) -> Child {
    Command::new(binary)
        .env_clear()
        .env("AWS_LAMBDA_RUNTIME_API", &api.address)
        .env("AWS_LAMBDA_FUNCTION_NAME", "measured")
        .env("AWS_LAMBDA_FUNCTION_VERSION", "1")
        .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128")
        .env("AWS_LAMBDA_LOG_GROUP_NAME", "log")
        .env("AWS_LAMBDA_LOG_STREAM_NAME", "log")
        .env("AWS_REGION", "eu-west-3")
        .env("AWS_ACCESS_KEY_ID", "measured")
        .env("AWS_SECRET_ACCESS_KEY", "local")
        .env("AWS_ENDPOINT_URL_DYNAMODB", endpoint)
        .env("ECOUTE_BUNDLE", bundle)
        .env("ECOUTE_SECRET", "0".repeat(64))
        .env("ECOUTE_ORIGIN_SECRET", ORIGIN_SECRET)
        .env("ECOUTE_TABLES", "ecoute")
        .stdout(Stdio::null())
        .spawn()
        .unwrap()
}

/// The HTTP API's event, version 2.0.
fn event(asked: &Asked) -> Value {
    json!({
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": asked.path,
        "rawQueryString": if asked.path.starts_with("/api") { "campagne=colonies-de-vacances" } else { "" },
        "headers": {
            "content-type": "application/x-www-form-urlencoded",
            "host": "a1b2c3.execute-api.eu-west-3.amazonaws.com",
            "sec-fetch-site": "same-origin",
            "x-ecoute-origin": ORIGIN_SECRET,
        },
        "requestContext": {
            "accountId": "1", "apiId": "a1b2c3", "domainName": "a1b2c3",
            "domainPrefix": "a1b2c3", "requestId": "r", "routeKey": "$default",
            "stage": "$default", "time": "23/Nov/2026:10:00:00 +0000",
            "timeEpoch": 1_795_428_000_000_i64,
            "http": {
                "method": asked.method, "path": asked.path, "protocol": "HTTP/1.1",
                "sourceIp": "192.0.2.1", "userAgent": "bench",
            },
        },
        "body": STANDARD.encode(asked.body),
        "isBase64Encoded": true,
    })
}

/// What a process holds of memory, as the system counts it (`VmHWM`).
fn resident_megabytes(process: &Child) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", process.id())).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM"));
    let kilobytes = line.unwrap().split_whitespace().nth(1).unwrap();
    kilobytes.parse::<f64>().unwrap() / 1024.0
}

/// How many bytes are left when these are deflated, as in a zip file.
fn zipped(bytes: &[u8]) -> usize {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap().len()
}

fn median(of: &mut [f64]) -> f64 {
    of.sort_by(f64::total_cmp);
    of[of.len() / 2]
}

fn milliseconds(of: Duration) -> f64 {
    of.as_secs_f64() * 1000.0
}

fn megabytes(bytes: usize) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "it is shown with one decimal")]
    let bytes = bytes as f64;
    bytes / 1e6
}
