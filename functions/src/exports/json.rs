//! An export as one JSON object: what it is, what its columns mean, then ideas and comments.

use serde::{Serialize, Serializer};
use serde_json::Value;
use site_gen::dates;

use super::columns::{self, Column, Entry};
use super::{Making, Readers};

/// The version of the object's form: it changes when a program that reads it must.
const VERSION: u32 = 1;
const LICENCE_ADDRESS: &str = "https://www.etalab.gouv.fr/licence-ouverte-open-licence/";

/// The object. Its names are French, as those of the columns: they are read by whom it is for.
#[derive(Serialize)]
struct Object<'a> {
    version: u32,
    source: &'a str,
    campagne: About<'a>,
    licence: Option<Licence>,
    diffusion: String,
    exporte_le: String,
    nombres: Counts,
    colonnes: Vec<Meaning>,
    idees: Vec<Record<'a>>,
    commentaires: Vec<Record<'a>>,
}

#[derive(Serialize)]
struct About<'a> {
    nom: &'a str,
    titre: &'a str,
    espace: Option<&'a str>,
    premier_jour: String,
    dernier_jour: String,
    adresse: Value,
}

#[derive(Serialize)]
struct Licence {
    nom: String,
    identifiant: &'static str,
    adresse: &'static str,
}

#[derive(Serialize)]
struct Counts {
    idees: usize,
    commentaires: usize,
}

#[derive(Serialize)]
struct Meaning {
    nom: &'static str,
    r#type: String,
    sens: String,
}

/// A contribution: its columns in their order.
struct Record<'a> {
    columns: &'a [&'static Column],
    entry: &'a Entry,
    making: &'a Making<'a>,
}

impl Serialize for Record<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let own = self.columns.iter().filter(|it| it.concerns(self.entry));
        serializer.collect_map(own.map(|it| (it.name, it.of(self.entry, self.making))))
    }
}

pub(super) fn written(making: &Making<'_>, entries: &[Entry], counts: (usize, usize)) -> String {
    let campaign = making.campaign;
    let columns = columns::of(making.readers);
    let records = |ideas: bool| {
        entries
            .iter()
            .filter(|entry| entry.is_idea() == ideas)
            .map(|entry| Record {
                columns: &columns,
                entry,
                making,
            })
            .collect()
    };
    let (licence, diffusion) = match making.readers {
        Readers::Public => {
            let licence = Licence {
                nom: making.says("export.licence"),
                identifiant: "etalab-2.0",
                adresse: LICENCE_ADDRESS,
            };
            (Some(licence), "export.for-public")
        }
        Readers::Analysts => (None, "export.for-analysts"),
    };
    let meaning = |column: &&'static Column| Meaning {
        nom: column.name,
        r#type: column.type_in(making.messages),
        sens: column.meaning_in(making.messages),
    };
    let object = Object {
        version: VERSION,
        source: &making.catalogue.site.name,
        campagne: About {
            nom: campaign.slug.as_str(),
            titre: &campaign.title,
            espace: making.space().map(|space| space.name.as_str()),
            premier_jour: campaign.opens.to_string(),
            dernier_jour: campaign.closes.to_string(),
            adresse: making.campaign_address(),
        },
        licence,
        diffusion: making.says(diffusion),
        exporte_le: dates::iso(making.now),
        nombres: Counts {
            idees: counts.0,
            commentaires: counts.1,
        },
        colonnes: columns.iter().map(meaning).collect(),
        idees: records(true),
        commentaires: records(false),
    };
    let mut text = serde_json::to_string_pretty(&object).expect("an export has only string keys");
    text.push('\n');
    text
}
