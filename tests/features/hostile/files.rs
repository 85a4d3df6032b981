//! Strings that come by a file, and those that leave by one.

use domain::{Body, Decided, Name, OfficialResponse, Outcome, Title};
use ecoute::import::{Options, Publication, Run, import};
use functions::exports::{Format, Readers};
use tempfile::TempDir;

use super::batches;
use super::journey::Journey;
use crate::app::repository;
use crate::exports::{exported, no_cell_is_a_formula};

/// What the titles of ideas begin with of which nothing is to be said.
pub(super) const PLAIN: &str = "Une idée";

impl Journey {
    /// Every string as a text of a file that is imported, and each sort as a title, a name, and
    /// a category, which has lists of its own.
    pub(super) async fn import_strings(&self) {
        const PLAIN_COMMENTS: usize = 60;
        let titles = self.short(Title::MAX);
        let mut texts = batches(&self.strings.all, Body::MAX).into_iter();
        let ideas = titles.iter().enumerate().map(|(row, title)| {
            let text = texts.next().unwrap_or_else(|| title.clone());
            [row.to_string(), title.clone(), text, title.clone()]
        });
        let plain = (0..PLAIN_COMMENTS).map(|_| (0, String::new()));
        let names = self.short(Name::MAX).into_iter().enumerate();
        let names = names.map(|(row, name)| (row % titles.len(), name));
        let comments = plain.chain(names).enumerate().map(|(row, (idea, name))| {
            let text = format!("{name}\nEn deux lignes.");
            let is_name = Name::parse(&name).is_ok();
            let name = if is_name { name } else { String::new() };
            [row.to_string(), idea.to_string(), text, name]
        });
        let (ideas, comments) = (ideas.collect(), comments.collect());
        self.import(ideas, comments, Publication::Now).await;
    }

    /// So many ideas that nothing is to be said of.
    pub(super) async fn import_plain(&self, count: usize, publication: Publication) {
        let idea = |row: usize| {
            let row = format!("{count}.{row}");
            [
                row.clone(),
                format!("{PLAIN} {row}"),
                format!("Texte de l’idée {row}."),
                "Attente".to_owned(),
            ]
        };
        let ideas = (0..count).map(idea).collect();
        self.import(ideas, Vec::new(), publication).await;
    }

    async fn import(
        &self,
        ideas: Vec<[String; 4]>,
        comments: Vec<[String; 4]>,
        publication: Publication,
    ) {
        let folder = TempDir::new().unwrap();
        let write = |name: &str, header: [&str; 4], rows: Vec<[String; 4]>| {
            let path = folder.path().join(name);
            let mut writer = csv::Writer::from_path(&path).unwrap();
            writer.write_record(header).unwrap();
            for row in rows {
                writer.write_record(row).unwrap();
            }
            writer.flush().unwrap();
            path
        };
        let pairs = |map: &str| map.split(',').map(str::to_owned).collect();
        let options = Options {
            data_dir: self.app.data.path().to_owned(),
            content: repository("tests/fixtures/content"),
            theme: repository("themes/default"),
            campaign: "accueil".to_owned(),
            file: write("ideas.csv", ["id", "title", "text", "category"], ideas),
            map: pairs("id=id,title=title,text=text,category=category"),
            comments: Some(write(
                "comments.csv",
                ["id", "idea", "text", "name"],
                comments,
            )),
            comments_map: pairs("id=id,idea=idea,text=text,name=name"),
            publication,
            run: Run::Real,
            database: self.app.database(),
        };
        import(options).await.unwrap();
    }

    /// Every string as a response, the team that it is from, and why something was decided, of
    /// all that is published.
    pub(super) async fn import_statements(&self) {
        let store = self.app.served.store();
        let now = self.app.now();
        let published = store.published().await.unwrap();
        for published in published.ideas.values() {
            let text = Body::parse(published.idea.title.as_str(), Body::MAX).unwrap();
            let response = OfficialResponse {
                team: published.idea.title.as_str().to_owned(),
                text: text.clone(),
                published_at: now,
                corrected_at: None,
            };
            let outcome = Outcome {
                decision: Decided::Kept,
                text,
                decided_at: now,
            };
            let kept = store.import_statements(&published.idea.id, Some(response), Some(outcome));
            kept.await.unwrap();
        }
    }

    /// What is exported, for all and for analysts.
    pub(super) async fn read_exports(&mut self) {
        for readers in [Readers::Public, Readers::Analysts] {
            let (_, files) = exported(&self.app, Format::Csv, readers).await;
            let csv = &files["accueil.csv"];
            no_cell_is_a_formula(csv);
            self.seen
                .text("accueil.csv", csv.trim_start_matches('\u{feff}'));
            let (_, files) = exported(&self.app, Format::Json, readers).await;
            self.seen.file("accueil.json", &files["accueil.json"]);
        }
        let store = self.app.served.store();
        let lines = store.published().await.unwrap().to_lines();
        for line in lines.lines() {
            let line = serde_json::from_str(line).unwrap();
            self.seen.json("contributions", &line);
        }
        let log = store.audit_log().await.unwrap();
        self.seen.text("audit", &format!("{log:?}"));
    }
}
