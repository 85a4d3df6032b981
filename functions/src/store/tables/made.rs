//! The tables as they are made on one machine and in tests.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection,
    ProjectionType, ScalarAttributeType, StreamSpecification, StreamViewType,
    TimeToLiveSpecification,
};

use super::template::{self, Attribute, Described, Index, KeyPart};
use crate::store::{Store, StoreError, Table, unavailable, unbuilt};

impl Store {
    /// Makes the tables that are missing, as the deployment's template describes them.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn create_tables(&self) -> Result<(), StoreError> {
        let mut pages = self.client.list_tables().into_paginator().send();
        let mut existing = BTreeSet::new();
        while let Some(page) = pages.next().await {
            let page = page.map_err(unavailable("list tables"))?;
            existing.extend(page.table_names.unwrap_or_default());
        }
        for table in Table::ALL {
            let name = self.name(table);
            if !existing.contains(name) {
                let described = template::table(table.key()).ok_or(StoreError::Unavailable {
                    operation: "read the template",
                    message: format!("it says too little of the table {}", table.key()),
                })?;
                self.create(name, &described).await?;
            }
        }
        Ok(())
    }

    async fn create(&self, name: &str, described: &Described) -> Result<(), StoreError> {
        let mut request = self
            .client
            .create_table()
            .table_name(name)
            .billing_mode(BillingMode::PayPerRequest)
            .set_key_schema(Some(keys(&described.key)?));
        for attribute in &described.attributes {
            request = request.attribute_definitions(defined(attribute)?);
        }
        for one in &described.indexes {
            request = request.global_secondary_indexes(index(one)?);
        }
        if let Some(view) = &described.stream {
            let stream = StreamSpecification::builder()
                .stream_enabled(true)
                .stream_view_type(StreamViewType::from(view.as_str()))
                .build()
                .map_err(unbuilt)?;
            request = request.stream_specification(stream);
        }
        request
            .send()
            .await
            .map_err(unavailable("create a table"))?;
        match &described.expires {
            Some(attribute) => self.expire(name, attribute).await,
            None => Ok(()),
        }
    }

    async fn expire(&self, name: &str, attribute: &str) -> Result<(), StoreError> {
        let by = TimeToLiveSpecification::builder()
            .attribute_name(attribute)
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

fn keys(parts: &[KeyPart]) -> Result<Vec<KeySchemaElement>, StoreError> {
    parts
        .iter()
        .map(|KeyPart { attribute, part }| {
            KeySchemaElement::builder()
                .attribute_name(attribute)
                .key_type(KeyType::from(part.as_str()))
                .build()
                .map_err(unbuilt)
        })
        .collect()
}

fn defined(Attribute { name, kind }: &Attribute) -> Result<AttributeDefinition, StoreError> {
    AttributeDefinition::builder()
        .attribute_name(name)
        .attribute_type(ScalarAttributeType::from(kind.as_str()))
        .build()
        .map_err(unbuilt)
}

fn index(index: &Index) -> Result<GlobalSecondaryIndex, StoreError> {
    let projection = Projection::builder()
        .projection_type(ProjectionType::from(index.projection.as_str()))
        .build();
    GlobalSecondaryIndex::builder()
        .index_name(&index.name)
        .set_key_schema(Some(keys(&index.key)?))
        .projection(projection)
        .build()
        .map_err(unbuilt)
}
