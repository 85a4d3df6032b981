//! Somebody who takes part over HTTP, and who sends a form again when there was no answer.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use reqwest::header::{COOKIE, LOCATION, ORIGIN, SET_COOKIE};
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder, StatusCode};

/// A form's fields.
pub type Form = Vec<(String, String)>;

/// A browser: where it comes from, and the cookie that it was given last.
#[derive(Debug, Clone)]
pub struct Citizen {
    client: Client,
    url: String,
    address: String,
    pub cookie: Option<String>,
}

/// An answer, read whole.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub location: Option<String>,
    pub body: String,
}

/// An idea or a comment that was reviewed, and is to be sent.
#[derive(Debug, Clone)]
pub struct Reviewed {
    pub action: String,
    pub form: Form,
}

impl Citizen {
    /// Somebody new, at an address that nothing was sent from. Quotas are proven elsewhere.
    pub fn new(url: &str) -> Self {
        let client = Client::builder().redirect(Policy::none()).build().unwrap();
        Self::with(&client, url)
    }

    /// Somebody new, through the connections of others.
    pub fn with(client: &Client, url: &str) -> Self {
        Self {
            client: client.clone(),
            url: url.to_owned(),
            address: somewhere(),
            cookie: None,
        }
    }

    /// Goes on from another address.
    pub fn moves(&mut self) {
        self.address = somewhere();
    }

    async fn send(&mut self, request: RequestBuilder) -> Result<Answer, reqwest::Error> {
        let mut request = request.header("x-forwarded-for", &self.address);
        if let Some(cookie) = &self.cookie {
            request = request.header(COOKIE, cookie);
        }
        let answer = request.send().await?;
        let status = answer.status();
        let text = |name| {
            let value = answer.headers().get(name);
            value.map(|value| value.to_str().unwrap().to_owned())
        };
        let location = text(LOCATION);
        let cookie = text(SET_COOKIE);
        let body = answer.text().await?;
        if let Some(cookie) = cookie {
            self.cookie = cookie.split(';').next().map(str::to_owned);
        }
        Ok(Answer {
            status,
            location,
            body,
        })
    }

    /// Asks for a page, once.
    pub async fn try_get(&mut self, path: &str) -> Result<Answer, reqwest::Error> {
        let request = self.client.get(format!("{}{path}", self.url));
        self.send(request).await
    }

    /// Sends a form, once.
    pub async fn try_post(&mut self, path: &str, form: &Form) -> Result<Answer, reqwest::Error> {
        let request = self.client.post(format!("{}{path}", self.url));
        let request = request.header(ORIGIN, &self.url).form(form);
        self.send(request).await
    }

    /// Asks for a page until there is an answer that is no apology.
    pub async fn get(&mut self, path: &str) -> Answer {
        for _ in 0..TRIES {
            if let Some(answer) = told(self.try_get(path).await) {
                return answer;
            }
            tokio::time::sleep(PAUSE).await;
        }
        panic!("{path} was never answered");
    }

    /// Sends a form until there is an answer that is no apology, as somebody does who reloads.
    pub async fn post(&mut self, path: &str, form: &Form) -> Answer {
        for _ in 0..TRIES {
            if let Some(answer) = told(self.try_post(path, form).await) {
                return answer;
            }
            tokio::time::sleep(PAUSE).await;
        }
        panic!("{path} was never answered");
    }

    /// Fills in the form of an idea, as far as its review page.
    pub async fn review_idea(&mut self, title: &str, email: &str) -> Reviewed {
        let form = idea_form(title, email);
        let answer = self.post(IDEAS, &form).await;
        reviewed(&answer, IDEAS, form)
    }

    /// Fills in the form of a comment, as far as its review page.
    pub async fn review_comment(&mut self, idea: &str, text: &str) -> Reviewed {
        let form = fields(&[("text", text)]);
        let action = comments(idea);
        let answer = self.post(&action, &form).await;
        reviewed(&answer, &action, form)
    }

    /// The same, once.
    pub async fn try_review_idea(
        &mut self,
        title: &str,
        email: &str,
    ) -> Result<Reviewed, reqwest::Error> {
        let form = idea_form(title, email);
        let answer = self.try_post(IDEAS, &form).await?;
        Ok(reviewed(&answer, IDEAS, form))
    }

    /// Fills in the form of a comment, once.
    pub async fn try_review_comment(
        &mut self,
        idea: &str,
        text: &str,
    ) -> Result<Reviewed, reqwest::Error> {
        let form = fields(&[("text", text)]);
        let action = comments(idea);
        let answer = self.try_post(&action, &form).await?;
        Ok(reviewed(&answer, &action, form))
    }

    /// Sends what was reviewed; answers the address of its receipt.
    pub async fn confirm(&mut self, reviewed: &Reviewed) -> String {
        self.post(&reviewed.action, &reviewed.form).await.receipt()
    }

    /// Likes an idea, or takes it back.
    pub async fn choose(&mut self, idea: &str, likes: bool) {
        let answer = self.post(&like_action(idea), &choice(likes)).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    }
}

/// Where ideas are sent.
const IDEAS: &str = "/participer/accueil/idees";
/// How often a form is sent before one gives up, and how long one waits in between.
const TRIES: usize = 3_000;
const PAUSE: Duration = Duration::from_millis(20);

/// The answer, unless it says that the site is not well.
fn told(sent: Result<Answer, reqwest::Error>) -> Option<Answer> {
    let answer = sent.ok()?;
    let sorry = answer.status.is_server_error() || answer.status == StatusCode::REQUEST_TIMEOUT;
    (!sorry).then_some(answer)
}

impl Answer {
    /// The address of the receipt that a form leads to: it is acknowledged.
    pub fn receipt(&self) -> String {
        assert_eq!(self.status, StatusCode::SEE_OTHER, "{}", self.body);
        let location = self.location.clone().unwrap();
        assert!(location.starts_with("/suivi/"), "{location}");
        location
    }
}

/// The fields of a form.
pub fn fields(pairs: &[(&str, &str)]) -> Form {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    pairs.iter().map(owned).collect()
}

/// The form of an idea.
fn idea_form(title: &str, email: &str) -> Form {
    fields(&[
        ("kind", "idea"),
        ("category", "Horaires"),
        ("title", title),
        (
            "text",
            "Ouvrir le soir aiderait les parents qui travaillent.",
        ),
        ("email", email),
    ])
}

/// Where a like of an idea is sent.
pub fn like_action(idea: &str) -> String {
    format!("/participer/accueil/idees/{idea}/soutien")
}

/// The form of a like.
pub fn choice(likes: bool) -> Form {
    fields(&[("choice", if likes { "like" } else { "unlike" })])
}

/// What the review page carries of a form that was sent there.
fn reviewed(answer: &Answer, action: &str, mut form: Form) -> Reviewed {
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let (_, ticket) = answer.body.split_once("name=\"ticket\" value=\"").unwrap();
    let ticket = ticket.split_once('"').unwrap().0.to_owned();
    form.push(("ticket".to_owned(), ticket));
    Reviewed {
        action: format!("{action}/envoyer"),
        form,
    }
}

/// Where comments of an idea are sent.
fn comments(idea: &str) -> String {
    format!("{IDEAS}/{idea}/commentaires")
}

fn somewhere() -> String {
    static SENT: AtomicU64 = AtomicU64::new(0);
    let [.., a, b, c] = SENT.fetch_add(1, Ordering::Relaxed).to_be_bytes();
    format!("10.{a}.{b}.{c}")
}
