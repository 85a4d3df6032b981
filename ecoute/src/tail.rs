//! The stream of the store's table on one machine: what Lambda does for the publisher there.

use std::collections::HashMap;

use aws_sdk_dynamodbstreams::Client;
use aws_sdk_dynamodbstreams::config::{Credentials, Region};
use aws_sdk_dynamodbstreams::types::{AttributeValue, ShardIteratorType};
use functions::{Image, Record};

/// Why the stream can't be read.
#[derive(Debug, thiserror::Error)]
#[error("the stream can't be read: {0}")]
pub(crate) struct TailError(String);

/// A reader of the stream, from the moment it was opened.
pub(crate) struct Tail {
    client: Client,
    stream: String,
    /// The next iterator of each shard.
    iterators: HashMap<String, String>,
    /// Shards that were read to their end.
    ended: Vec<String>,
}

impl Tail {
    /// Opens the stream of a table at its end: what comes later is read.
    ///
    /// # Errors
    /// Where the engine does not answer, or the table has no stream.
    pub(crate) async fn open(endpoint: &str, table: &str) -> Result<Self, TailError> {
        let config = aws_sdk_dynamodbstreams::Config::builder()
            .behavior_version_latest()
            .endpoint_url(endpoint)
            .region(Region::from_static("eu-west-3"))
            .credentials_provider(Credentials::new("local", "local", None, None, "embedded"))
            .http_client(
                aws_smithy_http_client::Builder::new()
                    .tls_provider(aws_smithy_http_client::tls::Provider::Rustls(
                        aws_smithy_http_client::tls::rustls_provider::CryptoMode::Ring,
                    ))
                    .build_https(),
            )
            .build();
        let client = Client::from_conf(config);
        let streams = client
            .list_streams()
            .table_name(table)
            .send()
            .await
            .map_err(failed)?;
        let stream = streams
            .streams()
            .first()
            .and_then(|stream| stream.stream_arn())
            .ok_or_else(|| TailError(format!("{table} has no stream")))?
            .to_owned();
        let mut tail = Self {
            client,
            stream,
            iterators: HashMap::new(),
            ended: Vec::new(),
        };
        tail.find_shards(ShardIteratorType::Latest).await?;
        Ok(tail)
    }

    /// What has come since the last call; empty where nothing has.
    ///
    /// # Errors
    /// Where the engine does not answer; the same records come with the next call.
    pub(crate) async fn next(&mut self) -> Result<Vec<Record>, TailError> {
        let mut records = Vec::new();
        let mut read = HashMap::new();
        for (shard, iterator) in &self.iterators {
            let page = self
                .client
                .get_records()
                .shard_iterator(iterator)
                .send()
                .await
                .map_err(failed)?;
            records.extend(page.records().iter().filter_map(record));
            read.insert(shard.clone(), page.next_shard_iterator);
        }
        let mut some_ended = false;
        for (shard, next) in read {
            match next {
                Some(next) => {
                    self.iterators.insert(shard, next);
                }
                None => {
                    some_ended = true;
                    self.iterators.remove(&shard);
                    self.ended.push(shard);
                }
            }
        }
        if some_ended || self.iterators.is_empty() {
            self.find_shards(ShardIteratorType::TrimHorizon).await?;
        }
        Ok(records)
    }

    async fn find_shards(&mut self, from: ShardIteratorType) -> Result<(), TailError> {
        let described = self
            .client
            .describe_stream()
            .stream_arn(&self.stream)
            .send()
            .await
            .map_err(failed)?;
        let shards = described
            .stream_description()
            .map(|description| description.shards().to_vec())
            .unwrap_or_default();
        for shard in shards.iter().filter_map(|shard| shard.shard_id()) {
            if self.iterators.contains_key(shard) || self.ended.iter().any(|ended| ended == shard) {
                continue;
            }
            let answer = self
                .client
                .get_shard_iterator()
                .stream_arn(&self.stream)
                .shard_id(shard)
                .shard_iterator_type(from.clone())
                .send()
                .await
                .map_err(failed)?;
            if let Some(iterator) = answer.shard_iterator {
                self.iterators.insert(shard.to_owned(), iterator);
            }
        }
        Ok(())
    }
}

fn record(record: &aws_sdk_dynamodbstreams::types::Record) -> Option<Record> {
    let change = record.dynamodb()?;
    Record::read(|image, name| {
        let attributes = match image {
            Image::Keys => change.keys(),
            Image::Old => change.old_image(),
            Image::New => change.new_image(),
        };
        match attributes?.get(name)? {
            AttributeValue::S(text) => Some(text.clone()),
            _ => None,
        }
    })
}

fn failed<E: std::error::Error>(error: E) -> TailError {
    let mut said = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        said = format!("{said}: {cause}");
        source = cause.source();
    }
    TailError(said)
}
