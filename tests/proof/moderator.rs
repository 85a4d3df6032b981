//! A moderator at the desk.

use reqwest::StatusCode;

use crate::citizen::{Answer, Citizen, fields};

/// What a moderator did.
#[derive(Debug, PartialEq, Eq)]
pub enum Published {
    /// This was published, and said to be.
    This(String),
    /// Nothing was decided: somebody had been faster, or the answer to the same had been lost.
    Already,
    /// Nothing waits.
    Nothing,
}

/// Somebody who has logged in.
pub async fn logged_in(url: &str, password: &str) -> Citizen {
    let mut moderator = Citizen::new(url);
    let form = fields(&[("login", "demo"), ("password", password)]);
    let answer = moderator.post("/moderation/connexion", &form).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    moderator
}

/// Publishes what waits first; tries again until the site answers.
pub async fn publish_next(moderator: &mut Citizen) -> Published {
    let desk = moderator.get("/moderation/").await;
    let Some((action, form)) = first(&desk) else {
        return Published::Nothing;
    };
    outcome(&action, &moderator.post(&action, &form).await)
}

/// The same, once: an error where the site does not answer.
pub async fn try_publish_next(moderator: &mut Citizen) -> Result<Published, reqwest::Error> {
    let desk = moderator.try_get("/moderation/").await?;
    let Some((action, form)) = first(&desk) else {
        return Ok(Published::Nothing);
    };
    let sent = moderator.try_post(&action, &form).await?;
    Ok(outcome(&action, &sent))
}

/// The form that publishes what the desk shows.
fn first(desk: &Answer) -> Option<(String, Vec<(String, String)>)> {
    assert_eq!(desk.status, StatusCode::OK, "{}", desk.body);
    let (_, form) = desk.body.split_once("id=\"publish-form\"")?;
    let form = form.split_once("</form>")?.0;
    let value = |mark: &str| Some(form.split_once(mark)?.1.split_once('"')?.0.to_owned());
    let action = value("action=\"")?;
    let version = value("name=\"version\" value=\"")?;
    Some((action, fields(&[("version", &version)])))
}

fn outcome(action: &str, answer: &Answer) -> Published {
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    let location = answer.location.clone().unwrap();
    if !location.contains("fait=publish&") {
        return Published::Already;
    }
    let reference = action.trim_end_matches("/publier").rsplit('/').next();
    Published::This(reference.unwrap().to_owned())
}
