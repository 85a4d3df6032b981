//! The Lambda function of the module `likes`.

use functions::{Function, StartError, run};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), StartError> {
    run(Function::LIKES).await
}
