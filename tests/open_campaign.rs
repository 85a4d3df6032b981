//! Content whose campaign is open at the system's own time.

use std::path::Path;

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};

/// Puts the fixture's campaign, open since the day before yesterday and until the day after
/// tomorrow, in a folder.
pub fn put_open_campaign(folder: &Path) {
    let today = Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/content");
    for entry in [
        "spaces/national.md",
        "spaces/gard.md",
        "site.toml",
        CAMPAIGN,
    ] {
        let text = std::fs::read_to_string(fixture.join(entry)).unwrap();
        let text = match entry {
            CAMPAIGN => dated(
                &text,
                today.saturating_sub(2.days()),
                today.saturating_add(2.days()),
            ),
            _ => text,
        };
        let target = folder.join(entry);
        std::fs::create_dir_all(target.parent().unwrap()).unwrap();
        std::fs::write(target, text).unwrap();
    }
}

const CAMPAIGN: &str = "campaigns/accueil.md";

/// A campaign with other dates. Each line is replaced by its key, whatever its date: a day may be
/// that of another line.
fn dated(campaign: &str, opens: Date, closes: Date) -> String {
    let mut text = campaign.to_owned();
    for (key, date) in [("opens", opens), ("closes", closes)] {
        let start = format!("\n{key} = ");
        let (before, rest) = text.split_once(&start).unwrap();
        let (_, after) = rest.split_once('\n').unwrap();
        text = format!("{before}{start}{date}\n{after}");
    }
    text
}
