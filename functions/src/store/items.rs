//! Every item of the store as lines of text, and back: what a backup is made of.
//!
//! A line is an item in DynamoDB's own JSON, its attributes in alphabetical order, so that the
//! same item is always the same line.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::{AttributeValue, PutRequest, WriteRequest};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::{Store, StoreError, unavailable, unbuilt};
use crate::keys;

/// A table of the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Table {
    /// Contributions and all that goes with them.
    Contributions,
    /// E-mail addresses.
    Identities,
}

impl Table {
    /// Both tables.
    pub const ALL: [Self; 2] = [Self::Contributions, Self::Identities];

    /// Its name in backups.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Contributions => "contributions",
            Self::Identities => "identities",
        }
    }

    /// The table of that name.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|table| table.key() == key)
    }
}

/// An item of the store, whatever it is.
#[derive(Clone, PartialEq)]
pub struct Item(HashMap<String, AttributeValue>);

impl std::fmt::Debug for Item {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Item(…)")
    }
}

/// Where a page of items ends, and the next begins.
#[derive(Debug, Clone)]
pub struct Place(HashMap<String, AttributeValue>);

/// How many items are written at once: what DynamoDB takes.
pub const AT_ONCE: usize = 25;

impl Item {
    /// The item in DynamoDB's JSON; none where it has an attribute of a type that is not known.
    #[must_use]
    pub fn to_json(&self) -> Option<Value> {
        map_to_json(&self.0)
    }

    /// Reads what [`Item::to_json`] makes.
    #[must_use]
    pub fn from_json(value: &Value) -> Option<Self> {
        map_from_json(value.as_object()?).map(Self)
    }

    /// Whether it belongs to the moment, as a session or a quota does, and not to what is kept.
    #[must_use]
    pub fn is_of_the_moment(&self) -> bool {
        self.0
            .get(keys::PARTITION)
            .and_then(|partition| partition.as_s().ok())
            .is_some_and(|partition| {
                let mut kinds = keys::OF_THE_MOMENT.iter();
                kinds.any(|kind| partition.starts_with(kind))
            })
    }
}

impl Store {
    /// A page of a table's items, from the beginning or from where the last one ended, and
    /// where it ends itself.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn items(
        &self,
        table: Table,
        from: Option<Place>,
    ) -> Result<(Vec<Item>, Option<Place>), StoreError> {
        let page = self
            .client
            .scan()
            .table_name(self.name(table))
            .consistent_read(true)
            .set_exclusive_start_key(from.map(|place| place.0))
            .send()
            .await
            .map_err(unavailable("read all items"))?;
        let items = page.items.into_iter().flatten().map(Item).collect();
        Ok((items, page.last_evaluated_key.map(Place)))
    }

    /// Writes items as they are, [`AT_ONCE`] at the most.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn put_items(&self, table: Table, items: Vec<Item>) -> Result<(), StoreError> {
        const TRIES: u32 = 8;
        let puts: Result<Vec<WriteRequest>, StoreError> = items
            .into_iter()
            .map(|item| {
                let put = PutRequest::builder().set_item(Some(item.0)).build();
                Ok(WriteRequest::builder()
                    .put_request(put.map_err(unbuilt)?)
                    .build())
            })
            .collect();
        let mut left = HashMap::from([(self.name(table).to_owned(), puts?)]);
        for tries in 0..TRIES {
            let answer = self
                .client
                .batch_write_item()
                .set_request_items(Some(left))
                .send()
                .await
                .map_err(unavailable("write items"))?;
            left = answer.unprocessed_items.unwrap_or_default();
            if left.values().all(Vec::is_empty) {
                return Ok(());
            }
            tokio::time::sleep(std::time::Duration::from_millis(20 << tries)).await;
        }
        Err(StoreError::Unavailable {
            operation: "write items",
            message: "the engine put some of them off every time".to_owned(),
        })
    }

    /// The name of a table.
    #[must_use]
    pub fn name(&self, table: Table) -> &str {
        match table {
            Table::Contributions => &self.tables.main,
            Table::Identities => &self.tables.identities,
        }
    }
}

fn map_to_json(map: &HashMap<String, AttributeValue>) -> Option<Value> {
    // In alphabetical order, whatever order a JSON object keeps.
    let sorted: BTreeMap<&String, &AttributeValue> = map.iter().collect();
    let mut object = Map::new();
    for (name, value) in sorted {
        object.insert(name.clone(), to_json(value)?);
    }
    Some(Value::Object(object))
}

fn to_json(value: &AttributeValue) -> Option<Value> {
    Some(match value {
        AttributeValue::S(text) => json!({"S": text}),
        AttributeValue::N(number) => json!({"N": number}),
        AttributeValue::Bool(is) => json!({"BOOL": is}),
        AttributeValue::Null(_) => json!({"NULL": true}),
        AttributeValue::B(bytes) => json!({"B": STANDARD.encode(bytes)}),
        AttributeValue::Ss(texts) => json!({"SS": sorted(texts)}),
        AttributeValue::Ns(numbers) => json!({"NS": sorted(numbers)}),
        AttributeValue::L(values) => {
            let values: Option<Vec<Value>> = values.iter().map(to_json).collect();
            json!({"L": values?})
        }
        AttributeValue::M(map) => json!({"M": map_to_json(map)?}),
        _ => return None,
    })
}

fn sorted(texts: &[String]) -> Vec<&String> {
    let mut sorted: Vec<&String> = texts.iter().collect();
    sorted.sort();
    sorted
}

fn map_from_json(object: &Map<String, Value>) -> Option<HashMap<String, AttributeValue>> {
    object
        .iter()
        .map(|(name, value)| Some((name.clone(), from_json(value)?)))
        .collect()
}

fn from_json(value: &Value) -> Option<AttributeValue> {
    let object = value.as_object().filter(|object| object.len() == 1)?;
    let (kind, value) = object.iter().next()?;
    let text = || value.as_str().map(str::to_owned);
    let texts = || -> Option<Vec<String>> {
        let of = |text: &Value| text.as_str().map(str::to_owned);
        value.as_array()?.iter().map(of).collect()
    };
    Some(match kind.as_str() {
        "S" => AttributeValue::S(text()?),
        "N" => AttributeValue::N(text()?),
        "BOOL" => AttributeValue::Bool(value.as_bool()?),
        "NULL" => AttributeValue::Null(true),
        "B" => AttributeValue::B(Blob::new(STANDARD.decode(value.as_str()?).ok()?)),
        "SS" => AttributeValue::Ss(texts()?),
        "NS" => AttributeValue::Ns(texts()?),
        "L" => {
            let values: Option<Vec<AttributeValue>> =
                value.as_array()?.iter().map(from_json).collect();
            AttributeValue::L(values?)
        }
        "M" => AttributeValue::M(map_from_json(value.as_object()?)?),
        _ => return None,
    })
}
