//! The Lambda function of the module `counts`.

use functions::{Function, StartError, run};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), StartError> {
    run(Function::COUNTS).await
}
