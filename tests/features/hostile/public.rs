//! Strings that the public types, and what else a request carries.

use reqwest::StatusCode;
use reqwest::header::{ACCEPT_LANGUAGE, REFERER, USER_AGENT};

use super::journey::{DESK, IDEAS, Journey, office};
use super::{batches, carried, plain};
use crate::app::{Answer, Browser};

/// A text that holds personal data.
const PERSONAL: &str = "Appelez-moi au 06 12 34 56 78.";

impl Journey {
    /// Every string in every field of the public's forms, none of which takes them.
    pub(super) async fn mistype(&mut self) {
        const IDEA: [&str; 8] = [
            "kind", "category", "question", "title", "text", "email", "site_web", "ticket",
        ];
        let mut nobody = Browser::default();
        let reply = self.reply().await;
        let report = self.report_of(&self.idea.clone()).await;
        let receipt = self.app.send_idea(&idea("Un titre", "Un texte.", "")).await;
        let forms = [
            (IDEAS, &IDEA[..]),
            (&reply, &["name", "text", "email", "site_web", "ticket"]),
            (&report, &["why", "details", "email", "ticket"]),
            (&format!("{receipt}/adresse"), &["faire", "email"]),
            ("/moderation/connexion/code", &["login", "ticket", "code"]),
        ];
        for (path, names) in forms {
            self.wrong(&mut nobody, path, names).await;
        }
        for login in carried(&self.strings.all, 1) {
            let form = [("login", login.as_str()), ("password", "")];
            let refused = self.app.post("/moderation/connexion", &form).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
            self.seen.made_of("connexion/422", &refused.body);
            let form = [("faire", "changer"), ("email", login.as_str())];
            let refused = self.app.post(&format!("{receipt}/adresse"), &form).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
            self.seen.made_of("/suivi/adresse/422", &refused.body);
        }
        let like = format!("{}/soutien", reply.trim_end_matches("/commentaires"));
        let strings = carried(&self.strings.sorts, IDEA.len());
        for string in plain().into_iter().chain(strings) {
            for end in ["modifier", "retirer", "envoyer"] {
                for (path, names) in [(IDEAS, &IDEA[..]), (&reply, &IDEA[3..])] {
                    let path = format!("{path}/{end}");
                    self.wrong_with(&mut nobody, &path, names, &string).await;
                }
            }
            self.wrong_with(&mut nobody, &like, &["choice"], &string)
                .await;
        }
    }

    /// Every string as an idea that holds. Answers the receipts.
    pub(super) async fn propose(&mut self) -> Vec<String> {
        let mut receipts = Vec::new();
        let emails = self.emails();
        let mut emails = emails.iter().cycle();
        for (title, text) in self.short(150).iter().zip(self.long()) {
            let form = idea(title, &text, emails.next().unwrap());
            receipts.extend(self.send(IDEAS, &form).await);
        }
        // What is personal data, as some strings are, comes back with more on its review page.
        let personal = idea("Un titre", PERSONAL, "");
        receipts.extend(self.send(IDEAS, &personal).await);
        assert!(receipts.len() > 20, "{} receipts", receipts.len());
        receipts
    }

    /// Every string as a comment that holds, of one idea each. Answers the receipts.
    pub(super) async fn comment(&mut self) -> Vec<String> {
        let mut receipts = Vec::new();
        let ideas = self.published().await;
        let names = self.short(40);
        let names = names.iter().filter(|name| !name.contains('@'));
        let reply = self.reply().await;
        for blank in [["Un texte.", "a@b"], ["", "Lina"]] {
            let form = [("text", blank[0]), ("name", blank[1]), ("email", "")];
            assert_eq!(self.send(&reply, &form).await, None);
        }
        for ((name, text), idea) in names.zip(self.long()).zip(ideas.iter().cycle()) {
            let reply = format!("{}commentaires", idea.replace("campagnes", "participer"));
            let form = [("text", text.as_str()), ("name", name), ("email", "")];
            receipts.extend(self.send(&reply, &form).await);
        }
        assert!(receipts.len() > 20, "{} receipts", receipts.len());
        let personal = [("text", PERSONAL), ("name", ""), ("email", "")];
        receipts.extend(self.send(&reply, &personal).await);
        receipts
    }

    async fn send(&mut self, action: &str, form: &[(&str, &str)]) -> Option<String> {
        let review = self.app.post(action, form).await;
        let status = review.status.as_u16();
        self.seen
            .made_of(&format!("{action}review/{status}"), &review.body);
        if review.status != StatusCode::OK {
            return None;
        }
        Some(self.app.confirm(&review).await.location())
    }

    /// Addresses of what strings have that an address may have.
    fn emails(&self) -> Vec<String> {
        let local = |string: &String| -> String {
            let allowed = |c: &char| c.is_ascii_graphic() && !"<>()[]\\,;:\"@.".contains(*c);
            string.chars().filter(allowed).take(60).collect()
        };
        let emails = self.strings.sorts.iter().map(local);
        let emails = emails.filter(|local| !local.is_empty());
        emails.map(|local| format!("{local}@example.org")).collect()
    }

    /// Every string as what is told of something published, and as what is answered to that.
    pub(super) async fn signal(&mut self) {
        let ideas = self.published().await;
        let texts = self.short(1_000);
        let mut receipts = Vec::new();
        for (place, text) in texts.iter().enumerate() {
            let idea = &ideas[place];
            let address = self.report_of(idea).await;
            let blank = self.public(&address).await;
            let (_, fields) = blank.page().form_with("ticket");
            let ticket = fields.iter().find(|(name, _)| name == "ticket").unwrap();
            let form = [
                ("why", "other"),
                ("details", text.as_str()),
                ("email", "rim@example.org"),
                ("ticket", &ticket.1),
            ];
            let sent = self.app.post(&address, &form).await.location();
            let item = office(idea).replace("contributions", "signalements");
            let read = self.desk(&item).await;
            if place == 0 {
                let names = ["reason", "message", "hidden", "kept"];
                for end in ["retirer", "laisser"] {
                    let path = format!("{item}/{end}");
                    let mut moderator = self.moderator.clone();
                    self.wrong(&mut moderator, &path, &names).await;
                }
            }
            if place % 2 == 0 {
                self.decide(&read, "/laisser", &[("kept", text)]).await;
            } else {
                let typed = [("reason", "illegal"), ("message", text), ("hidden", text)];
                self.decide(&read, "/retirer", &typed).await;
            }
            receipts.push(sent);
        }
        for receipt in receipts {
            self.public(&receipt).await;
        }
    }

    /// Every string in what is asked for: addresses, filters, the search, what was just done.
    pub(super) async fn ask(&mut self) {
        for string in carried(&self.strings.all, 4) {
            let string = encoded(&string);
            for path in [
                "/recherche/?q=",
                "/api/compteurs?campagne=",
                "/",
                "/campagnes/accueil/idees/",
                "/suivi/",
                "/participer/accueil/signaler/",
                "/suivi/x?fait=",
            ] {
                let answer = self.app.get(&format!("{path}{string}")).await;
                match answer.headers.get("content-type") {
                    Some(kind) if kind == "application/json" => {
                        let json = serde_json::from_str(&answer.body).unwrap();
                        self.seen.json(path, &json);
                    }
                    _ => self.seen.page(&format!("{path}[token]"), &answer.body),
                }
            }
        }
        let names = [
            "file", "espace", "campagne", "genre", "age", "repere", "fait", "de", "n", "deja",
            "plage",
        ];
        for string in carried(&self.strings.sorts, 2 * names.len()) {
            let string = encoded(&string);
            let pairs = names.map(|name| format!("{name}={string}"));
            let item = office(&self.idea);
            for path in [
                DESK.to_owned(),
                item.clone(),
                item.replace("contributions", "soutiens"),
                "/moderation/signalements/".to_owned(),
                "/moderation/compte".to_owned(),
            ] {
                self.desk(&format!("{path}?{}", pairs.join("&"))).await;
            }
        }
    }

    /// Strings in what browsers say of themselves: cookies and other headers.
    pub(super) async fn present(&mut self) {
        const HEADERS_BYTES: usize = 2_000;
        for string in batches(&self.strings.sorts, HEADERS_BYTES) {
            let plain = |c: &char| c.is_ascii_graphic() || *c == ' ';
            let string: String = string.chars().filter(plain).collect();
            let names = ["session", "__Host-session", "soutien-accueil"];
            let cookies = names.map(|name| (name.to_owned(), string.clone()));
            for path in [DESK, &self.idea.clone(), "/nulle-part/"] {
                let mut browser = Browser {
                    cookies: cookies.to_vec(),
                };
                let url = self.app.url(path);
                let answer = self
                    .app
                    .send(&mut browser, |client| {
                        let mut request = client.get(url);
                        for name in [USER_AGENT, REFERER, ACCEPT_LANGUAGE] {
                            request = request.header(name, &string);
                        }
                        request.header("x-forwarded-for", &string)
                    })
                    .await;
                let status = answer.status.as_u16();
                assert!([200, 303, 404].contains(&status), "{status} of {path}");
                self.seen.page(&format!("{path}/as/{status}"), &answer.body);
            }
        }
    }

    /// Where a comment of the idea is sent.
    async fn reply(&self) -> String {
        self.app.page(&self.idea).await.form_with("text").0
    }

    /// Where a report of an idea is sent.
    async fn report_of(&self, idea: &str) -> String {
        // Published a moment ago, it may not be on the site yet.
        let is_there = |answer: &Answer| answer.status == StatusCode::OK;
        let page = self.app.eventually(idea, is_there).await.page();
        let links = page.links("article.idea");
        let mut reports = links.into_iter().filter(|link| link.contains("/signaler/"));
        reports.next().unwrap()
    }
}

fn idea<'a>(title: &'a str, text: &'a str, email: &'a str) -> [(&'a str, &'a str); 5] {
    [
        ("kind", "idea"),
        ("category", "Attente"),
        ("title", title),
        ("text", text),
        ("email", email),
    ]
}

/// A string where it stands in an address.
fn encoded(string: &str) -> String {
    let encoded = |byte: u8| {
        if byte.is_ascii_alphanumeric() {
            char::from(byte).to_string()
        } else {
            format!("%{byte:02X}")
        }
    };
    string.bytes().map(encoded).collect()
}
