//! What is wrong with a survey as an editor wrote it, at its place and all at once.

use crate::assert_page;
use crate::site::Site;

const CAMPAIGN: &str = "content/campaigns/accueil.md";

/// What is said of the survey of the fixture, changed.
#[track_caller]
fn of(changes: &[(&str, &str)]) -> String {
    let site = Site::of("tests/fixtures/survey");
    for (from, to) in changes {
        site.edit(CAMPAIGN, from, to);
    }
    site.problems(&["check"])
}

#[test]
fn a_survey_holds_together() {
    let site = Site::of("tests/fixtures/survey");
    site.run(&["check"]);
}

#[test]
fn a_survey_that_is_not_announced_or_not_there_is_told() {
    let unannounced = of(&[(
        "modalities = [\"survey\", \"ideas\"]",
        "modalities = [\"ideas\"]",
    )]);
    let site = Site::of("tests/fixtures/content");
    site.edit(CAMPAIGN, "[\"ideas\"]", "[\"ideas\", \"survey\"]");
    assert_page!(format!("{unannounced}\n{}", site.problems(&["check"])));
}

#[test]
fn conditions_that_cannot_hold_are_told() {
    assert_page!(of(&[
        // A question of a later page.
        (
            "question = \"venue\", is = \"Oui\"",
            "question = \"age\", is = \"60 ans ou plus\""
        ),
        // A choice that is none; then a question that is not there.
        (
            "question = \"venue\", is = [\"Oui\"]",
            "question = \"venue\", is = [\"Oui\", \"Jamais\"]"
        ),
        (
            "label = \"En un mot, l’accueil, c’est…\"",
            "label = \"En un mot\"\nwhen = { question = \"visite\", is = \"Oui\" }",
        ),
        // On the same page; then without choices.
        (
            "label = \"Quel est votre code postal ?\"",
            "label = \"Votre code postal ?\"\nwhen = { question = \"age\", is = \"60 ans ou plus\" }",
        ),
        (
            "label = \"Quel âge avez-vous ?\"",
            "label = \"Votre âge ?\"\nwhen = { question = \"attente\", is = 3 }",
        ),
    ]));
}

#[test]
fn questions_that_cannot_be_answered_are_told() {
    assert_page!(of(&[
        ("id = \"sujets\"", "id = \"venue\""),
        ("choices = [\"Oui\", \"Non\"]", "choices = [\"Oui\"]"),
        ("min = 1\nmax = 2", "min = 3\nmax = 2"),
        ("min = 0\nmax = 600", "min = 601\nmax = 600"),
        ("from = 1\nto = 5", "from = 5\nto = 1"),
        (
            "rows = [\"L’écoute\", \"Le délai\"]",
            "rows = [\"L’écoute\", \"L’Écoute\", \"!\"]"
        ),
        ("ranks = 2", "ranks = 4"),
        ("limit = 20", "limit = 900"),
        ("kind = \"list\"", "kind = \"choix\""),
        (
            "kind = \"postcode\"",
            "kind = \"postcode\"\nchoices = [\"30000\"]"
        ),
    ]));
}

#[test]
fn orders_and_crosses_that_cannot_be_are_told() {
    assert_page!(of(&[
        ("other = true", "other = true\nshuffled = true"),
        ("by = \"age\"", "by = \"sujets\""),
        (
            "question = \"sujets\"\nby = \"age\"",
            "question = \"note\"\nby = \"note\""
        ),
    ]));
}

#[test]
fn a_page_without_a_question_and_a_survey_without_a_page_are_told() {
    let site = Site::of("tests/fixtures/content");
    site.edit(
        CAMPAIGN,
        "modalities = [\"ideas\"]",
        "modalities = [\"ideas\", \"survey\"]",
    );
    site.edit(
        CAMPAIGN,
        "gagner du temps ?\"]\n",
        "gagner du temps ?\"]\n\n[survey]\nlead = \"Bonjour.\"\n",
    );
    let none = site.problems(&["check"]);
    site.edit(
        CAMPAIGN,
        "lead = \"Bonjour.\"\n",
        "lead = \"Bonjour.\"\n\n[[survey.sections]]\ntitle = \"Vide\"\noptional = 3\n",
    );
    assert_page!(format!("{none}\n{}", site.problems(&["check"])));
}
