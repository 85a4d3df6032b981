//! What an operator does to a deployment: the commands that are told what the names of its tables
//! begin with. The engine of a site plays DynamoDB, and its functions are the deployment's.

mod addresses;
mod check;
mod machine;
mod moderators;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::app::{TestApp, repository};
use crate::binary::binary;

/// Who runs commands beside a deployment.
#[derive(Clone)]
pub struct Operator {
    engine: String,
    /// What the names of tables begin with; none on one machine.
    tables: Option<String>,
    data: PathBuf,
    variables: Vec<(&'static str, String)>,
}

impl Operator {
    /// Of this site, with nothing but the right to ask AWS.
    pub fn of(app: &TestApp) -> Self {
        Self {
            engine: app.store_endpoint(),
            tables: Some(app.tables().to_owned()),
            data: app.data.path().to_owned(),
            variables: Vec::new(),
        }
    }

    /// The same, who has this variable as well.
    pub fn with(mut self, name: &'static str, value: &str) -> Self {
        self.variables.push((name, value.to_owned()));
        self
    }

    /// The same, on the machine that the site is on.
    pub fn here(mut self) -> Self {
        self.tables = None;
        self
    }

    /// The same, who looks in another folder.
    pub fn at(mut self, data: &Path) -> Self {
        self.data = data.to_owned();
        self
    }

    /// The same, who looks at tables that are not there.
    pub fn beside(mut self) -> Self {
        self.tables = Some("ecoute-nulle-part".to_owned());
        self
    }

    /// Runs a command, with this on its standard input; its exit code, and what it says, whichever
    /// way.
    pub async fn run(&self, words: &[&str], typed: &str) -> (i32, String) {
        let mut command = Command::new(binary("ecoute"));
        command
            .args(words)
            .current_dir(repository("."))
            .env_clear()
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env("AWS_ENDPOINT_URL_DYNAMODB", &self.engine)
            .env("AWS_REGION", "eu-west-3")
            .env("AWS_ACCESS_KEY_ID", "operator")
            .env("AWS_SECRET_ACCESS_KEY", "local");
        match &self.tables {
            Some(tables) => command.args(["--tables", tables]),
            None => command.arg("--data-dir").arg(&self.data),
        };
        for (name, value) in &self.variables {
            match value.is_empty() {
                true => command.env_remove(name),
                false => command.env(name, value),
            };
        }
        let typed = typed.to_owned();
        let tables = self.tables.clone();
        let ran = tokio::task::spawn_blocking(move || {
            let mut process = command
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap();
            let mut stdin = process.stdin.take().unwrap();
            // A command that reads nothing may be gone already.
            let _ = stdin.write_all(typed.as_bytes());
            drop(stdin);
            let output = process.wait_with_output().unwrap();
            let said = [output.stdout, output.stderr].concat();
            let said = String::from_utf8(said).unwrap();
            let said = match &tables {
                None => said,
                Some(tables) => ["-", "/"].iter().fold(said, |said, end| {
                    said.replace(&format!("{tables}{end}"), &format!("TABLES{end}"))
                }),
            };
            (output.status.code().unwrap(), said)
        });
        ran.await.unwrap()
    }
}
