//! What the tables of a deployment have otherwise than its template says.

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::types::{
    KeySchemaElement, PointInTimeRecoveryStatus, SseType, TableDescription, TableStatus,
    TimeToLiveStatus,
};

use super::template::{self, Described, KeyPart};
use crate::store::{Store, StoreError, Table, unavailable};

/// What is wrong with a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Flaw {
    /// There is no such table.
    Missing,
    /// It is being made, changed or deleted.
    Busy(String),
    /// Its keys are others.
    Keys,
    /// An index is missing, or is another.
    Index(String),
    /// Its stream is off, or tells less of a change.
    Stream,
    /// What has expired stays.
    Expires,
    /// It can be deleted by mistake.
    Unprotected,
    /// It can't be restored as it was at any second.
    Unrestorable,
    /// No key of KMS encrypts it.
    UnderNoKey,
    /// This could not be asked.
    Unasked {
        /// The action of a policy.
        action: &'static str,
        /// What was answered.
        error: String,
    },
}

impl Store {
    /// What is wrong with a table: nothing, where it is as the deployment's template says.
    ///
    /// # Errors
    /// [`StoreError`] where nothing can be asked.
    pub async fn flaws(&self, table: Table) -> Result<Vec<Flaw>, StoreError> {
        let described = template::table(table.key()).ok_or(StoreError::Unavailable {
            operation: "read the template",
            message: format!("it says too little of the table {}", table.key()),
        })?;
        let name = self.name(table);
        let asked = self.client.describe_table().table_name(name).send().await;
        let found = match asked {
            Ok(answer) => answer
                .table
                .unwrap_or_else(|| TableDescription::builder().build()),
            Err(error) => {
                let error = unavailable("describe a table")(error);
                return match error.is_of_no_table() {
                    true => Ok(vec![Flaw::Missing]),
                    false => Err(error),
                };
            }
        };
        let mut flaws = of_description(&described, &found);
        flaws.extend(self.of_expiry(name, &described).await);
        flaws.extend(self.of_restoring(name, &described).await);
        Ok(flaws)
    }

    async fn of_expiry(&self, name: &str, described: &Described) -> Option<Flaw> {
        const ACTION: &str = "dynamodb:DescribeTimeToLive";
        let asked = self.client.describe_time_to_live();
        let found = match asked.table_name(name).send().await {
            Ok(answer) => answer.time_to_live_description,
            Err(error) => return Some(unasked(ACTION, &error)),
        };
        let on = found.filter(|found| {
            matches!(
                found.time_to_live_status,
                Some(TimeToLiveStatus::Enabled | TimeToLiveStatus::Enabling)
            )
        });
        let attribute = on.and_then(|found| found.attribute_name);
        (attribute != described.expires).then_some(Flaw::Expires)
    }

    async fn of_restoring(&self, name: &str, described: &Described) -> Option<Flaw> {
        const ACTION: &str = "dynamodb:DescribeContinuousBackups";
        if !described.restorable {
            return None;
        }
        let asked = self.client.describe_continuous_backups();
        let found = match asked.table_name(name).send().await {
            Ok(answer) => answer.continuous_backups_description,
            Err(error) => return Some(unasked(ACTION, &error)),
        };
        let status = found
            .and_then(|found| found.point_in_time_recovery_description)
            .and_then(|found| found.point_in_time_recovery_status);
        (status != Some(PointInTimeRecoveryStatus::Enabled)).then_some(Flaw::Unrestorable)
    }
}

fn of_description(described: &Described, found: &TableDescription) -> Vec<Flaw> {
    let mut flaws = Vec::new();
    match &found.table_status {
        Some(TableStatus::Active) | None => {}
        Some(status) => flaws.push(Flaw::Busy(status.to_string())),
    }
    if !are_keys(&described.key, found.key_schema()) {
        flaws.push(Flaw::Keys);
    }
    for index in &described.indexes {
        let stands = found.global_secondary_indexes().iter().any(|it| {
            let projection = it
                .projection
                .as_ref()
                .and_then(|it| it.projection_type.as_ref());
            it.index_name() == Some(&index.name)
                && are_keys(&index.key, it.key_schema())
                && projection.is_some_and(|kind| kind.as_str() == index.projection)
        });
        if !stands {
            flaws.push(Flaw::Index(index.name.clone()));
        }
    }
    let stream = found.stream_specification.as_ref();
    let stream = stream.filter(|it| it.stream_enabled);
    let view = stream.and_then(|it| it.stream_view_type.as_ref());
    if view.map(|view| view.as_str()) != described.stream.as_deref() {
        flaws.push(Flaw::Stream);
    }
    if described.protected && found.deletion_protection_enabled != Some(true) {
        flaws.push(Flaw::Unprotected);
    }
    let encrypted = found.sse_description.as_ref();
    let kind = encrypted.and_then(|it| it.sse_type.as_ref());
    if described.under_key && kind != Some(&SseType::Kms) {
        flaws.push(Flaw::UnderNoKey);
    }
    flaws
}

fn are_keys(described: &[KeyPart], found: &[KeySchemaElement]) -> bool {
    described.len() == found.len()
        && described.iter().all(|KeyPart { attribute, part }| {
            found
                .iter()
                .any(|it| it.attribute_name == *attribute && it.key_type.as_str() == part)
        })
}

fn unasked<E, R>(action: &'static str, error: &SdkError<E, R>) -> Flaw
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
    R: std::fmt::Debug,
{
    let code = error.as_service_error().and_then(|it| it.code());
    Flaw::Unasked {
        action,
        error: code.map_or_else(|| error.to_string(), str::to_owned),
    }
}
