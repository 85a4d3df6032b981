//! What the deployment's template says of a table.

use saphyr::{LoadableYamlNode, Yaml};

/// The template of the deployment.
const TEMPLATE: &str = include_str!("../../../../infra/template.yaml");

/// A table of the template.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Described {
    pub(super) key: Vec<KeyPart>,
    pub(super) attributes: Vec<Attribute>,
    pub(super) indexes: Vec<Index>,
    /// What the stream tells of a change; none where there is no stream.
    pub(super) stream: Option<String>,
    /// The attribute by which items expire.
    pub(super) expires: Option<String>,
    /// Whether it refuses to be deleted.
    pub(super) protected: bool,
    /// Whether it can be restored as it was at any second.
    pub(super) restorable: bool,
    /// Whether a key of KMS encrypts it.
    pub(super) under_key: bool,
}

/// An attribute of a key, and its part in it: `HASH` or `RANGE`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct KeyPart {
    pub(super) attribute: String,
    pub(super) part: String,
}

/// An attribute that keys are made of, and its type: `S`, `N` or `B`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Attribute {
    pub(super) name: String,
    pub(super) kind: String,
}

/// A global secondary index.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Index {
    pub(super) name: String,
    pub(super) key: Vec<KeyPart>,
    /// `ALL`, `KEYS_ONLY` or `INCLUDE`.
    pub(super) projection: String,
}

/// The table whose name ends with this, as the template describes it; none where the template has
/// no such table, or says of it what is not understood.
pub(super) fn table(name: &str) -> Option<Described> {
    let documents = Yaml::load_from_str(TEMPLATE).ok()?;
    let resources = at(documents.first()?, "Resources")?.as_mapping()?;
    let mut tables = resources.values().filter(|resource| {
        text(resource, "Type").as_deref() == Some("AWS::DynamoDB::Table")
            && at(resource, "Properties")
                .and_then(|properties| text(properties, "TableName"))
                .is_some_and(|spelled| spelled.ends_with(&format!("-{name}")))
    });
    described(at(tables.next()?, "Properties")?)
}

fn described(properties: &Yaml<'_>) -> Option<Described> {
    let attributes = list(properties, "AttributeDefinitions")
        .iter()
        .map(|one| {
            Some(Attribute {
                name: text(one, "AttributeName")?,
                kind: text(one, "AttributeType")?,
            })
        })
        .collect::<Option<_>>()?;
    let indexes = list(properties, "GlobalSecondaryIndexes")
        .iter()
        .map(|one| {
            Some(Index {
                name: text(one, "IndexName")?,
                key: key(one)?,
                projection: text(at(one, "Projection")?, "ProjectionType")?,
            })
        })
        .collect::<Option<_>>()?;
    let stream = match at(properties, "StreamSpecification") {
        Some(stream) => Some(text(stream, "StreamViewType")?),
        None => None,
    };
    let expires = match at(properties, "TimeToLiveSpecification") {
        Some(expires) => Some(text(expires, "AttributeName")?),
        None => None,
    };
    Some(Described {
        key: key(properties)?,
        attributes,
        indexes,
        stream,
        expires,
        protected: is_on(properties, "DeletionProtectionEnabled"),
        restorable: at(properties, "PointInTimeRecoverySpecification")
            .is_some_and(|it| is_on(it, "PointInTimeRecoveryEnabled")),
        under_key: at(properties, "SSESpecification").is_some_and(|it| is_on(it, "SSEEnabled")),
    })
}

fn key(of: &Yaml<'_>) -> Option<Vec<KeyPart>> {
    list(of, "KeySchema")
        .iter()
        .map(|one| {
            Some(KeyPart {
                attribute: text(one, "AttributeName")?,
                part: text(one, "KeyType")?,
            })
        })
        .collect()
}

fn at<'a, 'input>(node: &'a Yaml<'input>, key: &str) -> Option<&'a Yaml<'input>> {
    node.as_mapping_get(key)
}

fn list<'a, 'input>(node: &'a Yaml<'input>, key: &str) -> &'a [Yaml<'input>] {
    at(node, key)
        .and_then(Yaml::as_vec)
        .map_or(&[], Vec::as_slice)
}

fn is_on(node: &Yaml<'_>, key: &str) -> bool {
    at(node, key).and_then(Yaml::as_bool) == Some(true)
}

/// A text, behind a tag of CloudFormation (`!Sub`) or not.
fn text(node: &Yaml<'_>, key: &str) -> Option<String> {
    let value = at(node, key)?;
    let plain = value.get_tagged_node().unwrap_or(value);
    plain.as_str().map(str::to_owned)
}
