//! Surveys, as editors write them in the front matter of a campaign.

mod conditions;

use domain::survey::{Asks, Choice, Choices, Order, Question, Section, Survey};
use domain::{Modality, Slug};

use self::conditions::{Noted, condition, cross};
use crate::front_matter::Keys;

/// The most pages of a survey: a draft of it is one item of the store.
const MOST_SECTIONS: usize = 20;
/// The most choices of a question: as many as there are departments, and some.
const MOST_CHOICES: usize = 150;
/// The most degrees of a scale.
const MOST_DEGREES: i64 = 11;

/// The sorts of questions, by their names in front matter.
#[derive(Clone, Copy)]
enum Kind {
    Text,
    Short,
    Long,
    One,
    List,
    Several,
    Scale,
    Matrix,
    Ranking,
    Number,
    Postcode,
}

/// The survey of a campaign, which its modalities announce.
pub(super) fn survey(keys: &mut Keys<'_, '_>, modalities: &[Modality]) -> Option<Survey> {
    let is_announced = modalities.contains(&Modality::Survey);
    let mut is_there = false;
    let survey = keys.table("survey", |keys| {
        is_there = true;
        read(keys)
    });
    if is_there != is_announced {
        let (key, place) = match is_there {
            true => ("survey.unannounced", keys.span_of("survey")),
            false => ("survey.missing", keys.span_of("modalities")),
        };
        keys.problem(&place, key, &[]);
    }
    survey
}

fn read(keys: &mut Keys<'_, '_>) -> Option<Survey> {
    let lead = keys.text("lead");
    let mut noted = Noted::default();
    let mut number = 0;
    let sections = keys.tables("sections", |keys| {
        number += 1;
        section(keys, number - 1, &mut noted)
    });
    let place = keys.span_of("sections");
    if number == 0 {
        keys.problem(&place, "survey.no-section", &[]);
    } else if number > MOST_SECTIONS {
        let args = [("count", number.to_string())];
        keys.problem(&place, "survey.many-sections", &args);
    }
    let survey = Survey {
        lead: lead.unwrap_or_default(),
        sections,
        crosses: Vec::new(),
    };
    noted.check(keys, &survey);
    let crosses = keys.tables("crosses", |keys| cross(keys, &survey));
    Some(Survey { crosses, ..survey })
}

fn section(keys: &mut Keys<'_, '_>, number: usize, noted: &mut Noted) -> Option<Section> {
    let title = keys.text("title");
    let text = keys.optional_markdown("text");
    let when = condition(keys, number, noted);
    let mut has_some = false;
    let questions = keys.tables("questions", |keys| {
        has_some = true;
        question(keys, number, noted)
    });
    if !has_some {
        let place = keys.span_of("questions");
        keys.problem(&place, "survey.no-question", &[]);
    }
    // A section that lacks its title is kept, so that conditions on its questions are not wrong too.
    Some(Section {
        title: title.unwrap_or_default(),
        text,
        when,
        questions,
    })
}

fn question(keys: &mut Keys<'_, '_>, section: usize, noted: &mut Noted) -> Option<Question> {
    let id = keys.parsed("id", "front-matter.slug", Slug::parse);
    if let Some(id) = &id {
        if noted.ids.contains(id) {
            let place = keys.span_of("id");
            keys.problem(&place, "survey.id-twice", &[("name", id.to_string())]);
        }
        noted.ids.push(id.clone());
    }
    let kinds = [
        ("text", Kind::Text),
        ("short", Kind::Short),
        ("long", Kind::Long),
        ("one", Kind::One),
        ("list", Kind::List),
        ("several", Kind::Several),
        ("scale", Kind::Scale),
        ("matrix", Kind::Matrix),
        ("ranking", Kind::Ranking),
        ("number", Kind::Number),
        ("postcode", Kind::Postcode),
    ];
    // A kind that is missing is told as any text that is.
    let _ = keys.text("kind");
    let kind = keys.choice("kind", &kinds);
    let label = keys.text("label");
    let when = condition(keys, section, noted);
    let Some(kind) = kind else {
        keys.leave();
        return None;
    };
    let (hint, optional) = match kind {
        Kind::Text => (None, false),
        _ => (keys.optional_text("hint"), keys.flag("optional")),
    };
    let asks = asks(keys, kind, section)?;
    Some(Question {
        id: id?,
        label: label?,
        hint,
        optional,
        when,
        asks,
    })
}

fn asks(keys: &mut Keys<'_, '_>, kind: Kind, section: usize) -> Option<Asks> {
    match kind {
        Kind::Text => keys.markdown("text").map(Asks::Nothing),
        Kind::Short => Some(Asks::Short(limit(keys, Question::SHORT, 500))),
        Kind::Long => Some(Asks::Long(limit(keys, Question::LONG, 4_000))),
        Kind::One => offered(keys, section).map(Asks::One),
        Kind::List => offered(keys, section).map(Asks::List),
        Kind::Several => {
            let choices = offered(keys, section);
            let (min, max) = (keys.optional_count("min"), keys.optional_count("max"));
            let choices = choices?;
            let all = choices.all.len() + usize::from(choices.other);
            let whole = |count: u64| usize::try_from(count).unwrap_or(usize::MAX);
            let (min, max) = (min.map_or(1, whole).max(1), max.map_or(all, whole));
            if max == 0 || max > all {
                let place = keys.span_of("max");
                keys.problem(&place, "survey.several-max", &[("count", all.to_string())]);
            } else if min > max {
                let place = keys.span_of("min");
                keys.problem(&place, "survey.several-min", &[]);
            }
            Some(Asks::Several { choices, min, max })
        }
        Kind::Scale => {
            let from = keys.optional_number("from").unwrap_or(1);
            let to = keys.optional_number("to").unwrap_or(5);
            let (low, high) = (keys.text("low"), keys.text("high"));
            if from < 0 || to <= from || to - from >= MOST_DEGREES {
                let place = keys.span_of("to");
                keys.problem(&place, "survey.scale", &[]);
            }
            Some(Asks::Scale {
                from,
                to,
                low: low?,
                high: high?,
            })
        }
        Kind::Matrix => {
            let rows = choices(keys, "rows", 1);
            let columns = choices(keys, "columns", 2);
            let order = order(keys, section);
            Some(Asks::Matrix {
                rows: rows?,
                columns: columns?,
                order,
            })
        }
        Kind::Ranking => {
            let choices = choices(keys, "choices", 2);
            let ranks = keys.optional_count("ranks");
            let order = order(keys, section);
            let choices = choices?;
            let ranks = ranks.map_or(choices.len(), |it| usize::try_from(it).unwrap_or(0));
            if !(1..=choices.len()).contains(&ranks) {
                let place = keys.span_of("ranks");
                let args = [("count", choices.len().to_string())];
                keys.problem(&place, "survey.ranks", &args);
            }
            Some(Asks::Ranking {
                choices,
                ranks,
                order,
            })
        }
        Kind::Number => {
            let (min, max) = (keys.optional_number("min"), keys.optional_number("max"));
            let unit = keys.optional_text("unit");
            if let (Some(low), Some(high)) = (min, max)
                && low > high
            {
                let place = keys.span_of("min");
                keys.problem(&place, "survey.number", &[]);
            }
            Some(Asks::Number { min, max, unit })
        }
        Kind::Postcode => Some(Asks::Postcode),
    }
}

fn limit(keys: &mut Keys<'_, '_>, usual: usize, most: usize) -> usize {
    let Some(limit) = keys.optional_count("limit") else {
        return usual;
    };
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    if !(1..=most).contains(&limit) {
        let place = keys.span_of("limit");
        keys.problem(&place, "survey.limit", &[("most", most.to_string())]);
    }
    limit
}

/// The choices of a question that may have others.
fn offered(keys: &mut Keys<'_, '_>, section: usize) -> Option<Choices> {
    let other = keys.flag("other");
    let all = choices(keys, "choices", 2);
    let order = order(keys, section);
    let all = all?;
    let taken = all.iter().find(|choice| choice.id == Choices::other());
    if let Some(taken) = taken.filter(|_| other) {
        let place = keys.span_of("other");
        let args = [("other", taken.label.clone())];
        keys.problem(&place, "survey.choice-twice", &args);
    }
    Some(Choices { all, other, order })
}

fn choices(keys: &mut Keys<'_, '_>, key: &'static str, least: usize) -> Option<Vec<Choice>> {
    let texts = keys.texts(key);
    let place = keys.span_of(key);
    let count = texts.len();
    if count < least {
        let problem = match least {
            1 => "survey.rows-none",
            _ => "survey.choices-few",
        };
        keys.problem(&place, problem, &[("key", key.to_owned())]);
    } else if count > MOST_CHOICES {
        let args = [("key", key.to_owned()), ("count", count.to_string())];
        keys.problem(&place, "survey.choices-many", &args);
    }
    let mut all: Vec<Choice> = Vec::new();
    for (label, at) in texts {
        let Some(id) = Slug::from_words(&label) else {
            keys.problem(&at, "survey.choice-blank", &[]);
            continue;
        };
        if let Some(other) = all.iter().find(|choice| choice.id == id) {
            let args = [("other", other.label.clone())];
            keys.problem(&at, "survey.choice-twice", &args);
        }
        all.push(Choice { id, label });
    }
    (all.len() >= least).then_some(all)
}

/// The first page is a static one, which is the same for everybody.
fn order(keys: &mut Keys<'_, '_>, section: usize) -> Order {
    if !keys.flag("shuffled") {
        return Order::Written;
    }
    if section == 0 {
        let place = keys.span_of("shuffled");
        keys.problem(&place, "survey.shuffled-first", &[]);
    }
    Order::Drawn
}
