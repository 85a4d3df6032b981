//! The Lambda function of the modules `login` and `account`.

use functions::{Function, StartError, run};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), StartError> {
    run(Function::LOGIN).await
}
