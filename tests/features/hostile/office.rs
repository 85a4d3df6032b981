//! Strings that moderators type.

use domain::{ContributionRef, Grant, Idea};
use ecoute::serve::DEMO_LOGIN;
use functions::store::Moderator;

use super::carried;
use super::files::PLAIN;
use super::journey::{DESK, IDEAS, Journey, office};
use crate::app::Browser;

impl Journey {
    /// Every string in every field of the forms of a contribution, none of which takes them.
    pub(super) async fn misjudge(&mut self) {
        let office = office(&self.idea);
        let mut moderator = self.moderator.clone();
        let forms = [
            ("/refuser", &["reason", "message", "liste", "suivante"][..]),
            ("/masquer", &["reason", "message", "liste", "suivante"]),
            ("/reponse", &["team", "response", "faire", "liste"]),
            ("/suite", &["decision", "outcome", "version"]),
            ("/regrouper", &["into", "version"]),
            ("/regrouper", &["near", "version"]),
        ];
        for (end, names) in forms {
            let path = format!("{office}{end}");
            self.wrong(&mut moderator, &path, names).await;
        }
        for string in carried(&self.strings.all, 1) {
            let path = format!("{office}/alerte");
            let form = [("faire", "prevenu"), ("who", string.as_str())];
            let answer = self.app.post_as(&mut moderator, &path, &form).await;
            let status = answer.status.as_u16();
            assert!([400, 422].contains(&status), "{status} of {path}");
            self.seen.made_of(&format!("{path}/{status}"), &answer.body);
        }
        let forms = [
            ("lot", &["choix", "faire", "reason", "liste"][..]),
            ("soutiens/x/annuler", &["plage", "partout"]),
            ("compte/mot-de-passe", &["new", "again"]),
            ("compte/code/activer", &["ticket", "code"]),
            ("courrier/x/renvoyer", &["x"]),
        ];
        for string in carried(&self.strings.sorts, 4) {
            for (path, names) in forms {
                let path = format!("{DESK}{path}");
                let form: Vec<(&str, &str)> =
                    names.iter().map(|&name| (name, string.as_str())).collect();
                let answer = self.app.post_as(&mut moderator, &path, &form).await;
                let kind = format!("{path}/{}", answer.status.as_u16());
                self.seen.made_of(&kind, &answer.body);
            }
        }
    }

    /// Publishes all that waits, by the list.
    pub(super) async fn publish(&mut self) {
        loop {
            let desk = self.desk(DESK).await;
            let page = desk.page();
            let boxes = page.select("input[name=choix]");
            let mut typed: Vec<(&str, &str)> = boxes
                .iter()
                .map(|choice| ("choix", choice.attr("value").unwrap()))
                .collect();
            if typed.is_empty() {
                break;
            }
            typed.push(("faire", "publier"));
            self.decide(&desk, "/lot", &typed).await;
            // What was published first is first in what is to be answered, whatever is drawn.
            self.app.advance(1);
        }
    }

    /// Every string as a message to an author, whose idea is refused.
    pub(super) async fn refuse(&mut self) {
        for message in self.short(1_000) {
            let (receipt, item) = self.waiting().await;
            let typed = [("reason", "illegal"), ("message", message.as_str())];
            let page = self.desk(&item).await;
            self.decide(&page, "/refuser", &typed).await;
            self.desk(&item).await;
            self.public(&receipt).await;
        }
    }

    /// Every string as who was told of an author in danger.
    pub(super) async fn alert(&mut self) {
        let (receipt, item) = self.waiting().await;
        let page = self.desk(&item).await;
        let typed = [("reason", "alert"), ("message", "Appelez le 3114.")];
        self.decide(&page, "/refuser", &typed).await;
        for who in self.short(150) {
            let told = [("faire", "prevenu"), ("who", who.as_str())];
            self.say(&item, "/alerte", &told).await;
        }
        self.desk(&item).await;
        self.desk(&format!("{DESK}?file=alertes")).await;
        self.public(&receipt).await;
    }

    /// Every string as a response, the team it is from, and what is decided.
    pub(super) async fn answer(&mut self) {
        let ideas = self.published().await;
        let teams = self.short(80);
        let texts = teams.iter().zip(self.long()).enumerate();
        for (place, (team, text)) in texts {
            let item = office(&ideas[place % ideas.len()]);
            let faire = match place % 8 {
                0 => "publier",
                _ => "brouillon",
            };
            let response = [
                ("team", team.as_str()),
                ("response", &text),
                ("faire", faire),
            ];
            self.say(&item, "/reponse", &response).await;
            let outcome = [("decision", "kept"), ("outcome", text.as_str())];
            self.say(&item, "/suite", &outcome).await;
            self.desk(&item).await;
        }
    }

    /// Says something of an idea on the version that it has.
    async fn say(&mut self, item: &str, end: &str, typed: &[(&str, &str)]) {
        let version = self.version(item).await.to_string();
        let form = [&[("version", version.as_str())], typed].concat();
        let path = format!("{item}{end}");
        let said = self.app.post_as(&mut self.moderator, &path, &form).await;
        match said.status.as_u16() {
            303 => assert!(!said.location().contains("conflict"), "{}", said.location()),
            422 => self.seen.made_of(&format!("{path}/422"), &said.body),
            other => panic!("{other} of {path}"),
        }
    }

    /// Groups ideas of hostile titles with others.
    pub(super) async fn group(&mut self) {
        const SOME: usize = 20;
        let ideas = self.published().await;
        for pair in ideas.chunks_exact(2).take(SOME) {
            let item = self.desk(&office(&pair[0])).await;
            let typed = [("into", pair[1].as_str())];
            let asked = self
                .app
                .submit(&mut self.moderator, &item, "/regrouper", &typed)
                .await;
            assert_eq!(asked.status.as_u16(), 200);
            self.seen.page("/moderation/regrouper", &asked.body);
            self.decide(&asked, "/regrouper", &[("faire", "confirmer")])
                .await;
            self.desk(&office(&pair[0])).await;
        }
    }

    /// Every string in the name of a moderator, which their own pages show.
    pub(super) async fn be_named(&mut self) {
        let store = self.app.served.store();
        let (_, proofs) = store.moderator(DEMO_LOGIN).await.unwrap().unwrap();
        let name = self.strings.all.concat();
        let moderator = Moderator::new("hostile", &name, vec![Grant::national()]);
        let now = self.app.now();
        let added = store.add_moderator(&moderator, &proofs.password, now).await;
        assert!(added.unwrap());
        let mut browser = Browser::default();
        let password = self.app.password().to_owned();
        let entered = self.app.log_in(&mut browser, "hostile", &password).await;
        assert_eq!(entered.location(), DESK);
        for path in ["", "compte", "tableau", "journal"] {
            let path = format!("{DESK}{path}");
            let page = self.app.get_as(&mut browser, &path).await;
            assert!(page.body.len() > name.len(), "{path} names who is there");
            self.seen.made_of(&path, &page.body);
        }
    }

    /// An idea that waits: its receipt, and its page in the back office.
    pub(super) async fn waiting(&mut self) -> (String, String) {
        let form = [
            ("kind", "idea"),
            ("category", "Attente"),
            ("title", "Un titre"),
            ("text", "Un texte."),
            ("email", "lina@example.org"),
        ];
        let review = self.app.post(IDEAS, &form).await;
        let receipt = self.app.confirm(&review).await.location();
        let waiting = self.app.served.store().queue(1).await.unwrap().oldest;
        let item = format!(
            "{DESK}contributions/{}",
            waiting[0].contribution.reference()
        );
        (receipt, item)
    }

    /// The version at which a contribution stands.
    async fn version(&self, item: &str) -> u64 {
        let reference = item.rsplit('/').next().unwrap();
        let reference = ContributionRef::parse(reference).unwrap();
        let held = self.app.served.store().contribution(&reference).await;
        held.unwrap().unwrap().version
    }

    /// The pages of the published ideas, those of strings first.
    pub(super) async fn published(&self) -> Vec<String> {
        let published = self.app.served.store().published().await.unwrap();
        let mut ideas: Vec<&Idea> = published.ideas.values().map(|it| &it.idea).collect();
        ideas.sort_by_key(|idea| idea.title.as_str().starts_with(PLAIN));
        let page = |idea: &&Idea| format!("/campagnes/accueil/idees/{}/", idea.id);
        ideas.iter().map(page).collect()
    }
}
