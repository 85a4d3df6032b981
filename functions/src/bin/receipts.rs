//! The Lambda function of the module `receipts`.

use functions::{Function, StartError, run};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), StartError> {
    run(Function::RECEIPTS).await
}
