//! The Lambda function `clock`, which no request starts.

use functions::{StartError, Worker, run_worker};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), StartError> {
    run_worker(Worker::CLOCK).await
}
