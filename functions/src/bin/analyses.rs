//! The Lambda function of the module `moderation::analyses`.

use functions::{Function, StartError, run};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), StartError> {
    run(Function::ANALYSES).await
}
