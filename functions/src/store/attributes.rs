//! Items as DynamoDB keeps them: attributes by name.

use std::collections::HashMap;

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use domain::TextProblem;
use jiff::Timestamp;

use super::StoreError;
use crate::keys::{Key, PARTITION, SORT};

/// An item's attributes.
#[derive(Debug, Clone, Default)]
pub(super) struct Attributes(HashMap<String, AttributeValue>);

impl Attributes {
    pub(super) fn at(key: &Key) -> Self {
        Self::default()
            .text(PARTITION, &key.partition)
            .text(SORT, &key.sort)
    }

    pub(super) fn of(item: HashMap<String, AttributeValue>) -> Self {
        Self(item)
    }

    pub(super) fn into_item(self) -> HashMap<String, AttributeValue> {
        self.0
    }

    /// The same attributes under another key.
    pub(super) fn moved(self, key: &Key) -> Self {
        self.text(PARTITION, &key.partition).text(SORT, &key.sort)
    }

    pub(super) fn text(mut self, name: &str, value: &str) -> Self {
        self.0.insert(name.to_owned(), text(value));
        self
    }

    pub(super) fn optional(self, name: &str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.text(name, value),
            None => self,
        }
    }

    pub(super) fn number(mut self, name: &str, value: u64) -> Self {
        self.0.insert(name.to_owned(), number(value));
        self
    }

    pub(super) fn flag(mut self, name: &str, value: bool) -> Self {
        self.0.insert(name.to_owned(), flag(value));
        self
    }

    pub(super) fn bytes(mut self, name: &str, value: &[u8]) -> Self {
        let value = AttributeValue::B(Blob::new(value));
        self.0.insert(name.to_owned(), value);
        self
    }

    pub(super) fn time(mut self, name: &str, value: Timestamp) -> Self {
        self.0.insert(name.to_owned(), time(value));
        self
    }

    pub(super) fn get(&self, name: &'static str) -> Result<&str, StoreError> {
        self.get_optional(name).ok_or(StoreError::Illegible(name))
    }

    pub(super) fn get_optional(&self, name: &str) -> Option<&str> {
        self.0
            .get(name)
            .and_then(|value| value.as_s().ok())
            .map(String::as_str)
    }

    pub(super) fn get_bytes(&self, name: &'static str) -> Result<&[u8], StoreError> {
        self.0
            .get(name)
            .and_then(|value| value.as_b().ok())
            .map(Blob::as_ref)
            .ok_or(StoreError::Illegible(name))
    }

    pub(super) fn get_number(&self, name: &'static str) -> Result<u64, StoreError> {
        self.0
            .get(name)
            .and_then(|value| value.as_n().ok())
            .and_then(|digits| digits.parse().ok())
            .ok_or(StoreError::Illegible(name))
    }

    pub(super) fn get_time(&self, name: &'static str) -> Result<Timestamp, StoreError> {
        self.0
            .get(name)
            .and_then(|value| value.as_n().ok())
            .and_then(|digits| digits.parse().ok())
            .and_then(|milliseconds| Timestamp::from_millisecond(milliseconds).ok())
            .ok_or(StoreError::Illegible(name))
    }

    /// A number that may be missing, and is then 0.
    pub(super) fn get_number_or_zero(&self, name: &'static str) -> Result<u64, StoreError> {
        if self.has(name) {
            self.get_number(name)
        } else {
            Ok(0)
        }
    }

    /// A time that may be missing.
    pub(super) fn get_time_optional(
        &self,
        name: &'static str,
    ) -> Result<Option<Timestamp>, StoreError> {
        self.has(name).then(|| self.get_time(name)).transpose()
    }

    pub(super) fn is_set(&self, name: &str) -> bool {
        self.0
            .get(name)
            .and_then(|value| value.as_bool().ok())
            .is_some_and(|set| *set)
    }

    /// The texts whose names begin with `prefix`, by the rest of their names.
    pub(super) fn texts_named<'a>(
        &'a self,
        prefix: &'a str,
    ) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.0.iter().filter_map(move |(name, value)| {
            let rest = name.strip_prefix(prefix)?;
            Some((rest, value.as_s().ok()?.as_str()))
        })
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// How many texts a set has that may be missing.
    pub(super) fn set_size(&self, name: &str) -> u64 {
        let set = self.0.get(name).and_then(|set| set.as_ss().ok());
        set.map_or(0, Vec::len) as u64
    }

    /// Reads an attribute as one of the domain's types.
    pub(super) fn parse<T>(
        &self,
        name: &'static str,
        parse: impl FnOnce(&str) -> Result<T, TextProblem>,
    ) -> Result<T, StoreError> {
        parse(self.get(name)?).map_err(|_| StoreError::Illegible(name))
    }

    /// The same, for an attribute that may be missing.
    pub(super) fn parse_optional<T>(
        &self,
        name: &'static str,
        parse: impl FnOnce(&str) -> Result<T, TextProblem>,
    ) -> Result<Option<T>, StoreError> {
        self.get_optional(name)
            .map(parse)
            .transpose()
            .map_err(|_| StoreError::Illegible(name))
    }
}

/// The key of an item, as a request names it.
pub(super) fn key(key: &Key) -> HashMap<String, AttributeValue> {
    Attributes::at(key).into_item()
}

pub(super) fn text(value: &str) -> AttributeValue {
    AttributeValue::S(value.to_owned())
}

pub(super) fn flag(value: bool) -> AttributeValue {
    AttributeValue::Bool(value)
}

pub(super) fn number(value: u64) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

pub(super) fn time(value: Timestamp) -> AttributeValue {
    AttributeValue::N(value.as_millisecond().to_string())
}
