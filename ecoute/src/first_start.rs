//! What is made at the first start on a machine: the secret, and a moderator to try with.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use domain::{Contribution, Grant, Place, Slug, Status, SurveyAnswer};
use functions::store::Moderator;
use functions::{Secret, Store, hash_password};
use jiff::Timestamp;
use site_gen::{Contributions, PublishedIdea};

use crate::error::Stopped;
use crate::import;
use crate::serve::{self, DEMO_LOGIN};
use crate::words::say;

/// The secret of a data folder, made at first start, legible to its owner alone.
pub(crate) fn secret(path: &Path) -> Result<Secret, Stopped> {
    match fs::read_to_string(path) {
        Ok(raw) => Secret::parse(&raw).ok_or_else(|| Stopped::at("secret", path, &"")),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let secret = Secret::random();
            write_private(path, &secret.expose())
                .map_err(|error| Stopped::io("data-dir", path, &error))?;
            Ok(secret)
        }
        Err(error) => Err(Stopped::io("data-dir", path, &error)),
    }
}

/// The secret of a data folder, where it has one.
pub(crate) fn known_secret(data_dir: &Path) -> Result<Option<Secret>, Stopped> {
    let path = data_dir.join("secret");
    match fs::read_to_string(&path) {
        Ok(raw) => Secret::parse(&raw)
            .map(Some)
            .ok_or_else(|| Stopped::at("secret", &path, &"")),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Stopped::io("data-dir", &path, &error)),
    }
}

pub(crate) fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    use std::io::Write;
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options.open(path)?.write_all(text.as_bytes())
}

/// Makes the demo moderator where there is none, and answers the password.
pub(crate) async fn demo_moderator(
    store: &Store,
    now: Timestamp,
) -> Result<Option<String>, Stopped> {
    if store.moderator(DEMO_LOGIN).await?.is_some() {
        return Ok(None);
    }
    let password = readable_password();
    let hash = hash_password(&password)
        .map_err(|error| Stopped::because("engine", &[("error", error.to_string())]))?;
    let moderator = Moderator::new(DEMO_LOGIN, &say("demo.name", &[]), vec![Grant::national()]);
    store.add_moderator(&moderator, &hash, now).await?;
    Ok(Some(password))
}

/// Keeps the contributions of the demonstration, where the content has some: what its results
/// cite, what its closed campaigns received, and testimonials with their answers.
pub(crate) async fn demonstration(store: &Store, content: &Path) -> Result<(), Stopped> {
    let file = content.join("demonstration.jsonl");
    if !file.exists() {
        return Ok(());
    }
    let bytes = fs::read(&file).map_err(|error| Stopped::io("file", &file, &error))?;
    let sha256 = [import::sha256(&bytes)];
    let published =
        Contributions::read(&file).map_err(|problems| serve::problems_said(&problems))?;
    for (place, counts) in counts(&published) {
        import::note(store, &place, Status::Published, &counts, &sha256).await?;
    }
    for testimonial in published.testimonials.values() {
        store.import_testimonial(testimonial).await?;
    }
    for (id, published) in published.ideas {
        let PublishedIdea {
            idea,
            published_at,
            comments,
            response,
            outcome,
            ..
        } = published;
        store
            .import(&Contribution::Idea(idea), Some(published_at))
            .await?;
        for comment in comments {
            let received_at = comment.received_at;
            store
                .import(&Contribution::Comment(comment), Some(received_at))
                .await?;
        }
        store.import_statements(&id, response, outcome).await?;
    }
    survey_answers(store, content).await
}

/// Keeps the answers to surveys of the demonstration, a participant a line, where the content has
/// some.
async fn survey_answers(store: &Store, content: &Path) -> Result<(), Stopped> {
    let file = content.join("demonstration-surveys.jsonl");
    if !file.exists() {
        return Ok(());
    }
    let lines = fs::read_to_string(&file).map_err(|error| Stopped::io("file", &file, &error))?;
    for line in lines.lines() {
        let sent: SurveyAnswer = serde_json::from_str(line)
            .map_err(|error| Stopped::io("file", &file, &error.into()))?;
        store.add_survey_answer(&sent).await?;
    }
    Ok(())
}

/// How much goes to each place, in the words of the log.
fn counts(published: &Contributions) -> BTreeMap<Place, String> {
    let mut ideas: BTreeMap<&Slug, (usize, usize)> = BTreeMap::new();
    for published in published.ideas.values() {
        let (ideas, comments) = ideas.entry(&published.idea.campaign).or_default();
        *ideas += 1;
        *comments += published.comments.len();
    }
    let mut testimonials: BTreeMap<&Slug, usize> = BTreeMap::new();
    for published in published.testimonials.values() {
        *testimonials
            .entry(&published.testimonial.space)
            .or_default() += 1;
    }
    let ideas = ideas.into_iter().map(|(campaign, (ideas, comments))| {
        let counts = format!("ideas:{ideas} comments:{comments}");
        (Place::Campaign(campaign.clone()), counts)
    });
    let testimonials = testimonials.into_iter().map(|(space, testimonials)| {
        let counts = format!("testimonials:{testimonials}");
        (Place::Testimonials(space.clone()), counts)
    });
    ideas.chain(testimonials).collect()
}

/// 80 random bits, in groups that can be copied by hand.
pub(crate) fn readable_password() -> String {
    domain::ContributionId::from_bytes(functions::random())
        .reference()
        .to_lowercase()
}
