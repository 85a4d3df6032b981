//! The deployment's template against the code: each binary has its function and its routes, no
//! policy allows more than is called, and what stands before the functions answers as one machine
//! does. Each check is seen to fail on a template with one thing changed.

mod template;

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::process::{Command, Stdio};

use functions::Function;
use serde_json::{Value, json};
use site_gen::address;

use crate::app::{TestApp, repository};
use template::Template;

#[test]
fn each_binary_has_its_function_and_each_function_its_binary() {
    assert_eq!(functions(&Template::load()), binaries());
    let renamed = Template::with("../target/lambda/ideas/", "../target/lambda/idees/");
    assert_ne!(functions(&renamed), binaries());
}

fn functions(template: &Template) -> BTreeSet<String> {
    template.functions().into_keys().collect()
}

fn binaries() -> BTreeSet<String> {
    let files = fs::read_dir(repository("functions/src/bin")).unwrap();
    files
        .map(|file| file.unwrap().path())
        .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
        .collect()
}

/// As many at once as each is given, so that a crowd at one leaves the others theirs.
#[test]
fn each_function_has_a_share_of_its_own_and_a_log() {
    let template = Template::load();
    for (name, function) in template.functions() {
        let share = function["ReservedConcurrentExecutions"].as_u64();
        assert!(share.is_some_and(|share| share > 0), "{name}");
        let log = function["LoggingConfig"]["LogGroup"]["Ref"].as_str();
        let log = template.resource(log.unwrap());
        assert_eq!(
            log["RetentionInDays"],
            json!({ "Ref": "LogDays" }),
            "{name}"
        );
    }
}

#[test]
fn each_path_leads_to_the_function_whose_router_answers_it() {
    let none: [String; 0] = [];
    assert_eq!(lost(&Template::load()), none);
    let route = "            /suivi/{token}/utile: ";
    let lost_one = lost(&Template::with(
        route,
        "            /suivi/{token}/inutile: ",
    ));
    assert_eq!(
        lost_one,
        [
            "/suivi/{token}/utile leads nowhere, not to receipts",
            "/suivi/{token}/inutile is answered by nobody"
        ]
    );
    let from = "/suivi/{token}/utile: {x-amazon-apigateway-any-method: \
         {x-amazon-apigateway-integration: {$ref: \"#/components/x-amazon-apigateway-integrations/receipts\"";
    let wrong = lost(&Template::with(from, &from.replace("receipts", "likes")));
    assert_eq!(
        wrong,
        ["/suivi/{token}/utile leads to likes, not to receipts"]
    );
}

/// The paths of routers that the API does not lead where they are answered, and its routes that
/// lead to no path.
fn lost(template: &Template) -> Vec<String> {
    let routes = template.routes();
    let mut problems = Vec::new();
    let mut used = BTreeSet::new();
    for function in Function::ALL {
        for path in function.paths() {
            let found = routes
                .iter()
                .find(|(route, _)| same_route(route, &path))
                .or_else(|| {
                    // The API takes the longest.
                    let greedy = routes.iter().filter(|(route, _)| holds(route, &path));
                    greedy.max_by_key(|(route, _)| route.len())
                });
            let name = function.name();
            match found {
                Some((route, leads_to)) => {
                    used.insert(route);
                    if leads_to != name {
                        problems.push(format!("{path} leads to {leads_to}, not to {name}"));
                    }
                }
                None => problems.push(format!("{path} leads nowhere, not to {name}")),
            }
        }
    }
    let unused = routes.iter().filter(|(route, _)| !used.contains(route));
    problems.extend(unused.map(|(route, _)| format!("{route} is answered by nobody")));
    problems
}

/// Whether a route of the API is a path of a router, whatever either calls its parameters.
fn same_route(route: &str, path: &str) -> bool {
    let spelled = |path: &str| -> Vec<String> {
        let nameless = |segment: &str| {
            let is_parameter = segment.starts_with('{') && segment.ends_with('}');
            if is_parameter { "{}" } else { segment }.to_owned()
        };
        path.split('/').map(nameless).collect()
    };
    spelled(route) == spelled(path)
}

/// Whether a greedy route of the API holds a path.
fn holds(route: &str, path: &str) -> bool {
    route
        .strip_suffix("{proxy+}")
        .is_some_and(|before| path.starts_with(before))
}

/// CloudFront leads by the first segment, as the server of one machine does.
#[test]
fn cloudfront_leads_to_functions_what_is_theirs() {
    let led = |template: &Template| -> BTreeSet<String> {
        let distribution = &template.resource("Distribution")["DistributionConfig"];
        let behaviours = distribution["CacheBehaviors"].as_array().unwrap();
        behaviours
            .iter()
            .map(|one| one["PathPattern"].as_str().unwrap().to_owned())
            .collect()
    };
    let mut theirs: BTreeSet<String> = address::OF_FUNCTIONS
        .iter()
        .map(|first| format!("/{first}/*"))
        .collect();
    // These are apart: one has no second segment, the other is cached.
    theirs.extend(["/moderation".to_owned(), "/api/compteurs".to_owned()]);
    assert_eq!(led(&Template::load()), theirs);
    let without = Template::with("PathPattern: /accord/*", "PathPattern: /accords/*");
    assert_ne!(led(&without), theirs);
}

#[test]
fn no_policy_allows_more_than_it_names() {
    let none: [String; 0] = [];
    assert_eq!(Template::load().wide(), none);
    let all = Template::with("Action: [dynamodb:PutItem]", "Action: [\"dynamodb:*\"]");
    assert_eq!(all.wide().len(), 1, "{:?}", all.wide());
    let everywhere = Template::with(
        "Resource: !Sub \"${Contributions.Arn}/index/queue\"",
        "Resource: !Sub \"${Contributions.Arn}/index/*\"",
    );
    assert_eq!(everywhere.wide().len(), 1, "{:?}", everywhere.wide());
}

/// Who publishes writes what functions work with, and nothing that anybody sent or decided.
#[test]
fn who_publishes_writes_the_content_alone() {
    let writes = |template: &Template| -> Vec<Option<Value>> {
        let statements = template.of_publishing().into_iter();
        let of_table = statements.filter(|one| one.resource == "Contributions.Arn");
        let is_read = |action: &String| {
            ["GetItem", "Query", "Scan"]
                .iter()
                .any(|read| action.ends_with(read))
        };
        of_table
            .filter(|one| !one.actions.iter().all(is_read))
            .map(|one| one.condition)
            .collect()
    };
    let bundle = json!({ "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": ["BUNDLE"] } });
    assert_eq!(writes(&Template::load()), [Some(bundle.clone())]);
    let condition = "\n            Condition: {\"ForAllValues:StringEquals\": \
         {dynamodb:LeadingKeys: [BUNDLE]}}";
    assert_ne!(writes(&Template::with(condition, "")), [Some(bundle)]);
}

/// `infra/calls.txt` says what each function calls, and who publishes, a line each.
#[test]
fn what_functions_call_is_what_their_policies_allow() {
    let text = fs::read_to_string(repository("infra/calls.txt")).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines.is_sorted(), "infra/calls.txt is not sorted");
    let called: BTreeSet<String> = lines.into_iter().map(str::to_owned).collect();
    let differences = |template: &Template| -> Vec<String> {
        let allowed = template.allowed();
        let refused = called.difference(&allowed);
        let idle = allowed.difference(&called);
        refused
            .map(|call| format!("not allowed: {call}"))
            .chain(idle.map(|call| format!("allowed, and never called: {call}")))
            .collect()
    };
    let none: [String; 0] = [];
    assert_eq!(differences(&Template::load()), none);
    let actions = "Action: [dynamodb:GetItem, dynamodb:Query]\n                Resource: !GetAtt Contributions.Arn";
    let less = Template::with(actions, &actions.replace(", dynamodb:Query", ""));
    assert_eq!(
        differences(&less),
        ["not allowed: counts dynamodb:Query contributions"]
    );
    let invalidation = "Action: [cloudfront:CreateInvalidation]";
    let other = Template::with(invalidation, "Action: [cloudfront:GetInvalidation]");
    assert_eq!(
        differences(&other),
        [
            "not allowed: publish cloudfront:CreateInvalidation distribution",
            "allowed, and never called: publish cloudfront:GetInvalidation distribution"
        ]
    );
    let more = Template::with(actions, &actions.replace("Query", "Query, dynamodb:Scan"));
    assert_eq!(
        differences(&more),
        ["allowed, and never called: counts dynamodb:Scan contributions"]
    );
}

/// Who asks for the table of identities is named by its key, and nobody else.
#[test]
fn the_key_of_identities_is_for_the_functions_that_ask_for_them() {
    let named = |template: &Template| -> BTreeSet<String> {
        let policy = &template.resource("IdentitiesKey")["KeyPolicy"];
        let statements = policy["Statement"].as_array().unwrap();
        let users = statements.iter().find(|one| one["Sid"] == "UseTheTable");
        let roles = users.unwrap()["Principal"]["AWS"].as_array().unwrap();
        roles
            .iter()
            .map(|role| role["Fn::GetAtt"].as_str().unwrap())
            .map(|role| role.strip_suffix("Role.Arn").unwrap().to_lowercase())
            .collect()
    };
    let template = Template::load();
    let asking: BTreeSet<String> = template
        .allowed()
        .iter()
        .filter(|call| call.ends_with(" identities"))
        .map(|call| call.split(' ').next().unwrap().to_owned())
        .collect();
    assert_eq!(named(&template), asking);
    let more = Template::with("- !GetAtt IdeasRole.Arn", "- !GetAtt CountsRole.Arn");
    assert_ne!(named(&more), asking);
}

/// Beside who writes letters and who holds a receipt, functions read salts of the day alone.
#[test]
fn few_functions_can_read_an_address() {
    let readers = |template: &Template| -> BTreeSet<String> {
        let only = |kinds: &[&str]| {
            Some(json!({ "ForAllValues:StringLike": { "dynamodb:LeadingKeys": kinds } }))
        };
        let of_nobody = [only(&["SALT#*"]), only(&["SALT#*", "SUPPRESSED#*"])];
        let statements = template.statements();
        let reads = |name: &String| {
            statements[name].iter().any(|one| {
                one.resource.ends_with("-identities")
                    && !of_nobody.contains(&one.condition)
                    && one
                        .actions
                        .iter()
                        .any(|action| !action.ends_with(":PutItem"))
            })
        };
        statements
            .keys()
            .filter(|name| reads(name))
            .cloned()
            .collect()
    };
    let may = BTreeSet::from(
        ["analyses", "clock", "moderation", "receipts", "reports"].map(str::to_owned),
    );
    assert_eq!(readers(&Template::load()), may);
    let condition = "\n                Condition: {\"ForAllValues:StringLike\": \
         {dynamodb:LeadingKeys: [\"SALT#*\"]}}";
    assert_ne!(readers(&Template::with(condition, "")), may);
}

#[test]
fn pages_have_the_headers_that_one_machine_gives_them() {
    let template = Template::load();
    let headers = &template.resource("Headers")["ResponseHeadersPolicyConfig"];
    let headers = &headers["SecurityHeadersConfig"];
    let policy = &headers["ContentSecurityPolicy"]["ContentSecurityPolicy"];
    assert_eq!(policy, functions::CONTENT_SECURITY_POLICY);
    assert_eq!(headers["ReferrerPolicy"]["ReferrerPolicy"], "same-origin");
}

/// What is not delivered to the publisher must be nothing that pages are made of.
#[test]
fn the_stream_brings_the_publisher_all_that_pages_are_made_of() {
    let template = Template::load();
    let filters = &template.resource("Changes")["FilterCriteria"]["Filters"];
    let pattern = filters[0]["Pattern"].as_str().unwrap();
    let pattern: Value = serde_json::from_str(pattern).unwrap();
    let prefixes: Vec<Value> = functions::STREAMED
        .into_iter()
        .map(|prefix| json!({ "prefix": prefix }))
        .collect();
    assert_eq!(
        pattern,
        json!({ "dynamodb": { "Keys": { "pk": { "S": prefixes } } } })
    );
}

/// The tables of one machine and of tests are those of the template, of which nothing is said twice.
#[tokio::test]
async fn the_engine_s_tables_are_the_template_s() {
    let app = TestApp::start().await;
    let template = Template::load();
    for (table, name) in [
        ("contributions", "Contributions"),
        ("identities", "Identities"),
    ] {
        let said = template.resource(name);
        let made = app.engine("DescribeTable", table, json!({})).await;
        let made = &made["Table"];
        assert_eq!(made["KeySchema"], said["KeySchema"]);
        assert_eq!(made["AttributeDefinitions"], said["AttributeDefinitions"]);
        let indexes = |table: &Value| -> Vec<[Value; 3]> {
            let indexes = table["GlobalSecondaryIndexes"].as_array();
            let of = |index: &Value| {
                ["IndexName", "KeySchema", "Projection"].map(|part| index[part].clone())
            };
            indexes.into_iter().flatten().map(of).collect()
        };
        assert_eq!(indexes(made), indexes(said));
        let view = &made["StreamSpecification"]["StreamViewType"];
        assert_eq!(view, &said["StreamSpecification"]["StreamViewType"]);
        let expires = app.engine("DescribeTimeToLive", table, json!({})).await;
        let expires = &expires["TimeToLiveDescription"];
        assert_eq!(expires["TimeToLiveStatus"], "ENABLED");
        let attribute = &said["TimeToLiveSpecification"]["AttributeName"];
        assert_eq!(&expires["AttributeName"], attribute);
    }
}

/// Two keys and their passwords, with which others test the same calculation.
#[test]
fn the_password_of_ses_is_made_as_aws_says() {
    let known = [
        (
            "some+secret+key",
            "BMXhUYlu5Z3gSXVQORxlVa7XPaz91aGWdfHxvkOZdWZ2",
        ),
        (
            "another+secret+key",
            "BBbphbrQmrKMx42d1N6+C7VINYEBGI5v9VsZeTxwskfh",
        ),
    ];
    for (secret, password) in known {
        let mut script = Command::new(repository("infra/smtp-password"))
            .arg("eu-central-1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut input = script.stdin.take().unwrap();
        writeln!(input, "AKIAEXAMPLE\t{secret}").unwrap();
        drop(input);
        let said = script.wait_with_output().unwrap();
        assert_eq!(String::from_utf8(said.stdout).unwrap(), password);
        assert_eq!(said.stderr, b"SmtpUser=AKIAEXAMPLE\n");
    }
}

/// `infra/pages.json` says of paths what is answered; `infra/pages.test.mjs` asks CloudFront's
/// function the same.
#[tokio::test]
async fn one_machine_leads_to_pages_as_cloudfront_does() {
    let template = Template::load();
    let code = template.resource("Pages")["FunctionCode"].as_str().unwrap();
    let file = fs::read_to_string(repository("infra/pages.js")).unwrap();
    assert_eq!(code, file, "infra/pages.js is not what the template has");
    let app = TestApp::start().await;
    let cases = fs::read_to_string(repository("infra/pages.json")).unwrap();
    let cases: Vec<Value> = serde_json::from_str(&cases).unwrap();
    for case in cases {
        let path = case["path"].as_str().unwrap();
        let answer = app.get(path).await;
        if case["missing"] == true {
            assert_eq!(answer.status, 404, "{path}");
        } else if let Some(to) = case["to"].as_str() {
            assert_eq!(answer.status, 307, "{path}");
            assert_eq!(answer.headers["location"], to, "{path}");
        } else {
            let file = case["file"].as_str().unwrap();
            let file = fs::read_to_string(app.site_dir().join(&file[1..])).unwrap();
            assert_eq!((answer.status.as_u16(), answer.body), (200, file), "{path}");
        }
    }
}
