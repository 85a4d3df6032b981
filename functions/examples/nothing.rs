//! A function that does nothing, beside which ours are measured (`tests/benches/cold_start.rs`).

use lambda_http::{Error, Request, run, service_fn};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    run(service_fn(|_: Request| async { Ok::<_, Error>("rien") })).await
}
