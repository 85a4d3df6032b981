//! The deployment's template, as tests ask it: what stands in it, and what its policies allow.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use saphyr::{LoadableYamlNode, Scalar, Yaml};
use serde_json::{Map, Value, json};

use crate::app::repository;

/// What a statement may say of all of something, since nothing narrower is possible: objects of a
/// bucket, which have no names before they are put; the stream of a table, whose name is the
/// moment at which it was made.
const WIDE: [&str; 3] = [
    "${Site.Arn}/*",
    "${Parked.Arn}/*",
    "${Contributions.Arn}/stream/*",
];

/// What the event source mapping asks in the name of the publisher, and no code of ours.
const OF_THE_STREAM: [&str; 3] = [
    "${Contributions.Arn}/stream/*",
    "${Parked.Arn}/*",
    "Parked.Arn",
];

pub struct Template(Value);

/// A statement of a role: its actions, the resource that it names, and its condition.
#[derive(Debug)]
pub struct Statement {
    pub actions: Vec<String>,
    pub resource: String,
    pub condition: Option<Value>,
}

impl Template {
    pub fn text() -> String {
        fs::read_to_string(repository("infra/template.yaml")).unwrap()
    }

    pub fn load() -> Self {
        Self::parse(&Self::text())
    }

    /// The template where a text that stands in it is another.
    pub fn with(from: &str, to: &str) -> Self {
        let text = Self::text();
        assert!(text.contains(from), "the template has no {from:?}");
        Self::parse(&text.replacen(from, to, 1))
    }

    fn parse(text: &str) -> Self {
        let documents = Yaml::load_from_str(text).unwrap();
        Self(plain(&documents[0]))
    }

    pub fn resource(&self, name: &str) -> &Value {
        let resource = &self.0["Resources"][name];
        assert!(resource.is_object(), "the template has no {name}");
        &resource["Properties"]
    }

    pub fn of_type(&self, kind: &str) -> BTreeMap<&str, &Value> {
        self.0["Resources"]
            .as_object()
            .unwrap()
            .iter()
            .filter(|(_, resource)| resource["Type"] == kind)
            .map(|(name, resource)| (name.as_str(), &resource["Properties"]))
            .collect()
    }

    /// The functions, by the folder of their binary.
    pub fn functions(&self) -> BTreeMap<String, &Value> {
        self.of_type("AWS::Serverless::Function")
            .into_values()
            .map(|function| (binary(function), function))
            .collect()
    }

    /// Which function is asked for which path, as routes spell them.
    pub fn routes(&self) -> Vec<(String, String)> {
        let api = &self.resource("HttpApi")["DefinitionBody"];
        api["paths"]
            .as_object()
            .unwrap()
            .iter()
            .map(|(path, methods)| {
                let method = &methods["x-amazon-apigateway-any-method"];
                let integration = &method["x-amazon-apigateway-integration"]["$ref"];
                let name = integration.as_str().unwrap().rsplit('/').next().unwrap();
                let integrations = &api["components"]["x-amazon-apigateway-integrations"];
                let uri = integrations[name]["uri"]["Fn::Sub"].as_str().unwrap();
                let (_, function) = uri.split_once("/functions/${").unwrap();
                let (function, _) = function.split_once(".Arn}").unwrap();
                (path.clone(), binary(self.resource(function)))
            })
            .collect()
    }

    /// What the role of each function allows.
    pub fn statements(&self) -> BTreeMap<String, Vec<Statement>> {
        let of = |function: &Value| {
            let role = function["Role"]["Fn::GetAtt"].as_str().unwrap();
            let role = self.resource(role.strip_suffix(".Arn").unwrap());
            assert!(role.get("ManagedPolicyArns").is_none());
            let policies = role["Policies"].as_array().unwrap();
            policies.iter().flat_map(statements).collect()
        };
        self.functions()
            .into_iter()
            .map(|(name, function)| (name, of(function)))
            .collect()
    }

    /// What who publishes is allowed.
    pub fn of_publishing(&self) -> Vec<Statement> {
        statements(self.resource("Publishing"))
    }

    /// What functions, and who publishes, may ask, as `infra/calls.txt` spells it: function,
    /// action, resource. The function's own log, and what AWS asks in its name, are left out.
    pub fn allowed(&self) -> BTreeSet<String> {
        let mut allowed = BTreeSet::new();
        let publishing = ("publish".to_owned(), self.of_publishing());
        for (function, statements) in self.statements().into_iter().chain([publishing]) {
            let is_of_aws = |resource: &str| {
                resource.ends_with("Logs.Arn")
                    || (function == "publisher" && OF_THE_STREAM.contains(&resource))
            };
            for statement in statements {
                let resource = match statement.resource.as_str() {
                    "Contributions.Arn" => "contributions",
                    "${Contributions.Arn}/index/queue" => "contributions/index/queue",
                    "Site.Arn" | "${Site.Arn}/*" => "site",
                    resource if resource.ends_with(":table/ecoute-${Environment}-identities") => {
                        "identities"
                    }
                    resource if resource.ends_with(":distribution/${Distribution}") => {
                        "distribution"
                    }
                    resource if is_of_aws(resource) => continue,
                    resource => panic!("{function} is allowed something of {resource}"),
                };
                for action in statement.actions {
                    allowed.insert(format!("{function} {action} {resource}"));
                }
            }
        }
        allowed
    }

    /// The statements of all policies that allow more than they name. What denies may be wide, and
    /// a key's policy says `*` for the key itself.
    pub fn wide(&self) -> Vec<String> {
        let kinds = ["AWS::IAM::Role", "AWS::IAM::User"];
        let of_roles = kinds
            .into_iter()
            .flat_map(|kind| self.of_type(kind))
            .flat_map(|(name, role)| {
                let policies = role["Policies"].as_array().map_or(&[][..], Vec::as_slice);
                policies
                    .iter()
                    .flat_map(statements)
                    .map(move |one| (name, one))
            });
        let kinds = [
            ("AWS::IAM::ManagedPolicy", "PolicyDocument"),
            ("AWS::S3::BucketPolicy", "PolicyDocument"),
            ("AWS::SNS::TopicPolicy", "PolicyDocument"),
            ("AWS::KMS::Key", "KeyPolicy"),
        ];
        let of_resources = kinds.into_iter().flat_map(|(kind, document)| {
            self.of_type(kind)
                .into_iter()
                .flat_map(move |(name, resource)| {
                    let policy = json!({ "PolicyDocument": resource[document] });
                    let mut statements = statements(&policy);
                    if kind == "AWS::KMS::Key" {
                        for statement in &mut statements {
                            assert_eq!(statement.resource, "*");
                            statement.resource.clear();
                        }
                    }
                    statements.into_iter().map(move |one| (name, one))
                })
        });
        of_roles
            .chain(of_resources)
            .filter(|(_, one)| {
                one.actions.iter().any(|action| action.contains('*'))
                    || (one.resource.contains('*') && !WIDE.contains(&one.resource.as_str()))
            })
            .map(|(name, one)| format!("{name}: {:?} of {}", one.actions, one.resource))
            .collect()
    }
}

fn binary(function: &Value) -> String {
    let folder = function["CodeUri"].as_str().unwrap();
    let name = folder.strip_prefix("../target/lambda/").unwrap();
    name.strip_suffix('/').unwrap().to_owned()
}

fn statements(policy: &Value) -> Vec<Statement> {
    let texts = |value: &Value| -> Vec<String> {
        let spelled = |one: &Value| {
            let said = one.get("Fn::GetAtt").or_else(|| one.get("Fn::Sub"));
            let said = said.or_else(|| one.get("Ref")).unwrap_or(one);
            // `!Sub` with values of its own: the text alone.
            let text = said.as_array().map_or(said, |with_values| &with_values[0]);
            text.as_str().unwrap().to_owned()
        };
        match value {
            Value::Array(many) => many.iter().map(spelled).collect(),
            one => vec![spelled(one)],
        }
    };
    policy["PolicyDocument"]["Statement"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|statement| statement["Effect"] == "Allow")
        .flat_map(|statement| {
            let actions = texts(&statement["Action"]);
            let condition = statement.get("Condition").cloned();
            texts(&statement["Resource"])
                .into_iter()
                .map(move |resource| Statement {
                    actions: actions.clone(),
                    resource,
                    condition: condition.clone(),
                })
        })
        .collect()
}

/// A node as CloudFormation's JSON spells it: `!Ref x` is `{"Ref": "x"}`, any other tag
/// `{"Fn::…": …}`.
fn plain(node: &Yaml<'_>) -> Value {
    match node {
        Yaml::Mapping(entries) => Value::Object(
            entries
                .iter()
                .map(|(key, value)| {
                    let key = match plain(key) {
                        Value::String(key) => key,
                        key => key.to_string(),
                    };
                    (key, plain(value))
                })
                .collect(),
        ),
        Yaml::Sequence(nodes) => nodes.iter().map(plain).collect(),
        Yaml::Tagged(tag, node) => {
            let name = match tag.suffix.as_str() {
                name @ ("Ref" | "Condition") => name.to_owned(),
                name => format!("Fn::{name}"),
            };
            Value::Object(Map::from_iter([(name, plain(node))]))
        }
        Yaml::Value(Scalar::String(text)) => json!(text),
        Yaml::Value(Scalar::Integer(number)) => json!(number),
        Yaml::Value(Scalar::FloatingPoint(number)) => json!(number.into_inner()),
        Yaml::Value(Scalar::Boolean(is)) => json!(is),
        Yaml::Value(Scalar::Null) => Value::Null,
        node => panic!("the template has a node that is not read: {node:?}"),
    }
}
