//! The tables, as they must be: for the embedded engine and the tests. In production the
//! deployment's template makes them.

use aws_sdk_dynamodb::operation::create_table::builders::CreateTableFluentBuilder;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection,
    ProjectionType, ScalarAttributeType, StreamSpecification, StreamViewType,
    TimeToLiveSpecification,
};

use super::{Store, StoreError, unavailable, unbuilt};
use crate::keys::{PARTITION, QUEUE, QUEUE_INDEX, QUEUED_AT, SORT};

/// The attribute by which items expire, in seconds since 1970.
pub(super) const EXPIRES: &str = "expires";

impl Store {
    /// Makes the tables that are missing.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn create_tables(&self) -> Result<(), StoreError> {
        let existing = self
            .client
            .list_tables()
            .send()
            .await
            .map_err(unavailable("list tables"))?;
        let exists = |name: &str| existing.table_names().iter().any(|known| known == name);
        if !exists(&self.tables.main) {
            self.create_main().await?;
            self.expire(&self.tables.main).await?;
        }
        if !exists(&self.tables.identities) {
            self.create_identities().await?;
            self.expire(&self.tables.identities).await?;
        }
        Ok(())
    }

    async fn create_main(&self) -> Result<(), StoreError> {
        let queue = GlobalSecondaryIndex::builder()
            .index_name(QUEUE_INDEX)
            .key_schema(key(QUEUE, KeyType::Hash)?)
            .key_schema(key(QUEUED_AT, KeyType::Range)?)
            .projection(
                Projection::builder()
                    .projection_type(ProjectionType::All)
                    .build(),
            )
            .build()
            .map_err(unbuilt)?;
        let stream = StreamSpecification::builder()
            .stream_enabled(true)
            .stream_view_type(StreamViewType::NewAndOldImages)
            .build()
            .map_err(unbuilt)?;
        self.create(&self.tables.main)?
            .key_schema(key(SORT, KeyType::Range)?)
            .attribute_definitions(attribute(SORT)?)
            .attribute_definitions(attribute(QUEUE)?)
            .attribute_definitions(attribute(QUEUED_AT)?)
            .global_secondary_indexes(queue)
            .stream_specification(stream)
            .send()
            .await
            .map(|_| ())
            .map_err(unavailable("create a table"))
    }

    async fn create_identities(&self) -> Result<(), StoreError> {
        self.create(&self.tables.identities)?
            .send()
            .await
            .map(|_| ())
            .map_err(unavailable("create a table"))
    }

    fn create(&self, name: &str) -> Result<CreateTableFluentBuilder, StoreError> {
        Ok(self
            .client
            .create_table()
            .table_name(name)
            .billing_mode(BillingMode::PayPerRequest)
            .key_schema(key(PARTITION, KeyType::Hash)?)
            .attribute_definitions(attribute(PARTITION)?))
    }

    async fn expire(&self, name: &str) -> Result<(), StoreError> {
        let by = TimeToLiveSpecification::builder()
            .attribute_name(EXPIRES)
            .enabled(true)
            .build()
            .map_err(unbuilt)?;
        self.client
            .update_time_to_live()
            .table_name(name)
            .time_to_live_specification(by)
            .send()
            .await
            .map(|_| ())
            .map_err(unavailable("set a time to live"))
    }
}

fn key(name: &str, kind: KeyType) -> Result<KeySchemaElement, StoreError> {
    KeySchemaElement::builder()
        .attribute_name(name)
        .key_type(kind)
        .build()
        .map_err(unbuilt)
}

fn attribute(name: &str) -> Result<AttributeDefinition, StoreError> {
    AttributeDefinition::builder()
        .attribute_name(name)
        .attribute_type(ScalarAttributeType::S)
        .build()
        .map_err(unbuilt)
}
