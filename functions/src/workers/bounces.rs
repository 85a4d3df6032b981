//! What mail servers and readers answer, as SES tells it by SNS: an address that a message came
//! back from for good, or at which it was not wanted, is left alone.
//!
//! The notifications are those of
//! <https://docs.aws.amazon.com/ses/latest/dg/notification-contents.html>, or of event publishing
//! (`eventType`). None of what they hold is logged: they are full of addresses.

use domain::Email;
use lambda_http::Error;
use serde_json::Value;

use crate::App;
use crate::store::Suppression;

/// Suppresses the addresses that an event tells of.
pub(super) async fn suppress(app: &App, event: &Value) -> Result<Value, Error> {
    let mut told = Vec::new();
    let records = event["Records"].as_array();
    for record in records.ok_or("the event is not of SNS")? {
        told.extend(read(record).ok_or("a notification can't be read")?);
    }
    for (email, why) in &told {
        app.suppress(email, *why).await?;
    }
    tracing::info!(count = told.len(), "addresses are written to no more");
    Ok(Value::Null)
}

/// The addresses that a notification is about, where they are to be suppressed; none where it
/// can't be read.
fn read(record: &Value) -> Option<Vec<(Email, Suppression)>> {
    let message: Value = serde_json::from_str(record["Sns"]["Message"].as_str()?).ok()?;
    let kind = message["notificationType"].as_str();
    let kind = kind.or_else(|| message["eventType"].as_str())?;
    let (recipients, why) = match kind {
        "Bounce" => {
            let bounce = &message["bounce"];
            if bounce["bounceType"].as_str()? != "Permanent" {
                return Some(Vec::new());
            }
            (&bounce["bouncedRecipients"], Suppression::Bounce)
        }
        "Complaint" => {
            let complaint = &message["complaint"];
            (&complaint["complainedRecipients"], Suppression::Complaint)
        }
        _ => return Some(Vec::new()),
    };
    let read = |recipient: &Value| Some((address(recipient["emailAddress"].as_str()?)?, why));
    recipients.as_array()?.iter().map(read).collect()
}

/// The address of a recipient, which a server may have said with a name before it.
fn address(said: &str) -> Option<Email> {
    let bare = said.rsplit_once('<').map_or(said, |(_, rest)| rest);
    Email::parse(bare.trim_end_matches('>').trim()).ok()
}
