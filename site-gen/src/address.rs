//! Where things are: the only place that spells an address of the site.

use domain::{ContributionId, ContributionRef, Place, Sentiment, Slug, StatisticsOf};

use crate::plan::{
    IdeaList, PhaseGroup, StatisticsForm, SurveyFile, TestimonialIndex, TestimonialList,
};

/// The home page.
pub const HOME: &str = "/";
/// All campaigns.
pub const CAMPAIGNS: &str = "/campagnes/";
/// All results.
pub const RESULTS: &str = "/resultats/";
/// What is new.
pub const NEWS: &str = "/actualites/";
/// The search.
pub const SEARCH: &str = "/recherche/";
/// The index that the search reads, of all but ideas.
pub const SEARCH_INDEX: &str = "/recherche/index.json";
/// What robots may read.
pub const ROBOTS: &str = "/robots.txt";
/// The list of the sitemaps.
pub const SITEMAP: &str = "/sitemap.xml";
/// The sitemap of all but ideas and news.
pub const SITEMAP_PAGES: &str = "/sitemap-pages.xml";
/// The feed of campaigns.
pub const CAMPAIGNS_FEED: &str = "/campagnes/flux.xml";
/// The feed of results.
pub const RESULTS_FEED: &str = "/resultats/flux.xml";
/// The feed of news.
pub const NEWS_FEED: &str = "/actualites/flux.xml";
/// What functions answer, by the first segment of an address: no page of the plan is there, and
/// everything else is a file.
pub const OF_FUNCTIONS: [&str; 6] = [
    "participer",
    "temoigner",
    "accord",
    "suivi",
    "moderation",
    "api",
];
/// All testimonials.
pub const TESTIMONIALS: &str = "/temoignages/";
/// How one tells an experience, and to which space.
pub const TELL: &str = "/temoignages/raconter/";
/// The feed of testimonials.
pub const TESTIMONIALS_FEED: &str = "/temoignages/flux.xml";
/// What became of all testimonials, in figures.
pub const STATISTICS: &str = "/statistiques/";
/// What became of each testimonial, as open data.
pub const TESTIMONIAL_FACTS: &str = "/statistiques/temoignages.csv";
/// All spaces.
pub const SPACES: &str = "/espaces/";
/// The map of the site.
pub const SITE_MAP: &str = "/plan-du-site/";
/// Under which receipts are, each at its secret address.
pub const RECEIPTS: &str = "/suivi/";
/// The moderators' queue.
pub const MODERATION: &str = "/moderation/";
/// The mail, in the back office.
pub const OUTBOX: &str = "/moderation/courrier";
/// What moderators do when a campaign is attacked.
pub const PROTECTION: &str = "/moderation/protection";
/// The analyses of campaigns, for those who may.
pub const ANALYSES: &str = "/moderation/analyses";
/// Exports, for those who analyse.
pub const EXPORTS: &str = "/moderation/exports/";
/// What was signalled, for moderators.
pub const REPORTS: &str = "/moderation/signalements/";
/// The moderators' login.
pub const LOGIN: &str = "/moderation/connexion";
/// Where a moderator's session is ended.
pub const LOGOUT: &str = "/moderation/deconnexion";
/// Where the login asks for a code.
pub const LOGIN_CODE: &str = "/moderation/connexion/code";
/// Where somebody leaves for the provider that says who they are.
pub const LOGIN_PROVIDER: &str = "/moderation/connexion/fournisseur";
/// Where they come back from it.
pub const LOGIN_RETURN: &str = "/moderation/connexion/retour";
/// A moderator's own account.
pub const ACCOUNT: &str = "/moderation/compte";
/// Where a moderator's own password is changed.
pub const ACCOUNT_PASSWORD: &str = "/moderation/compte/mot-de-passe";
/// Where a moderator is given the key of their codes.
pub const ACCOUNT_CODE: &str = "/moderation/compte/code";
/// Where codes are turned on, by the first of them.
pub const ACCOUNT_CODE_ON: &str = "/moderation/compte/code/activer";
/// Where codes are turned off.
pub const ACCOUNT_CODE_OFF: &str = "/moderation/compte/code/desactiver";
/// Where a moderator ends all their sessions.
pub const ACCOUNT_SESSIONS: &str = "/moderation/compte/sessions/fermer";

/// A campaign.
#[must_use]
pub fn campaign(campaign: &Slug) -> String {
    format!("/campagnes/{campaign}/")
}

/// The form of an idea.
#[must_use]
pub fn propose(campaign: &Slug) -> String {
    format!("/campagnes/{campaign}/proposer/")
}

/// The first page of a campaign's survey.
#[must_use]
pub fn survey(campaign: &Slug) -> String {
    format!("/campagnes/{campaign}/sondage/")
}

/// What was answered to a campaign's survey.
#[must_use]
pub fn survey_results(campaign: &Slug) -> String {
    format!("/campagnes/{campaign}/sondage/resultats/")
}

/// What was answered to a campaign's survey, some questions by others.
#[must_use]
pub fn survey_crosses(campaign: &Slug) -> String {
    format!("{}croisements/", survey_results(campaign))
}

/// What was answered to a campaign's survey, as a file.
#[must_use]
pub fn survey_file(campaign: &Slug, file: SurveyFile) -> String {
    let file = match file {
        SurveyFile::Csv => "donnees.csv",
        SurveyFile::Json => "donnees.json",
        SurveyFile::Codebook => "questions.csv",
    };
    format!("{}{file}", survey_results(campaign))
}

/// What functions answer of a campaign's survey: a page (from 1), or one of the steps after them.
#[must_use]
pub fn answer_survey(campaign: &Slug, step: impl std::fmt::Display) -> String {
    format!("/participer/{campaign}/sondage/{step}")
}

/// The receipt of answers to a survey.
#[must_use]
pub fn survey_receipt(campaign: &Slug, token: &str) -> String {
    format!("/suivi/sondage/{campaign}/{token}")
}

/// The campaigns of a phase.
#[must_use]
pub fn campaigns_in(group: PhaseGroup) -> String {
    format!("{CAMPAIGNS}{}/", group.slug())
}

/// The campaigns of a space.
#[must_use]
pub fn campaigns_of(space: &Slug) -> String {
    format!("{CAMPAIGNS}espace/{space}/")
}

/// A list of a campaign's ideas; `number` as [`crate::plan::Series`] numbers its pages.
#[must_use]
pub fn ideas(campaign: &Slug, list: &IdeaList, number: usize) -> String {
    let list = match list {
        IdeaList::Recent => String::new(),
        IdeaList::Liked => "soutenues/".to_owned(),
        IdeaList::Category(category) => format!("categorie/{category}/"),
    };
    numbered(format!("/campagnes/{campaign}/idees/{list}"), number)
}

/// The results of a campaign.
#[must_use]
pub fn results(campaign: &Slug) -> String {
    format!("/campagnes/{campaign}/resultats/")
}

/// The contributions that a finding (from 1) of a campaign's results rests on.
#[must_use]
pub fn finding(campaign: &Slug, number: usize) -> String {
    format!("/campagnes/{campaign}/resultats/enseignement-{number}/")
}

/// The figures of a chart, as a file.
#[must_use]
pub fn chart_table(campaign: &Slug, chart: &Slug) -> String {
    format!("/campagnes/{campaign}/resultats/{chart}.csv")
}

/// What became of a campaign.
#[must_use]
pub fn outcome_news(campaign: &Slug) -> String {
    format!("/campagnes/{campaign}/suites/")
}

/// A list of what is new; `number` as [`crate::plan::Series`] numbers its pages.
#[must_use]
pub fn all_news(number: usize) -> String {
    numbered(NEWS.to_owned(), number)
}

/// Something new.
#[must_use]
pub fn news(news: &Slug) -> String {
    format!("{NEWS}{news}/")
}

/// The feed of a space.
#[must_use]
pub fn space_feed(space: &Slug) -> String {
    format!("/espaces/{space}/flux.xml")
}

/// The part of a campaign's ideas that the search reads for words of this initial.
#[must_use]
pub fn search_ideas(campaign: &Slug, initial: char) -> String {
    format!("/campagnes/{campaign}/recherche/{initial}.json")
}

/// A sitemap (from 1) of a campaign's ideas.
#[must_use]
pub fn sitemap_ideas(campaign: &Slug, number: usize) -> String {
    format!("/campagnes/{campaign}/sitemap-{number}.xml")
}

/// A sitemap (from 1) of what is new.
#[must_use]
pub fn sitemap_news(number: usize) -> String {
    format!("/actualites/sitemap-{number}.xml")
}

/// A sitemap (from 1) of testimonials.
#[must_use]
pub fn sitemap_testimonials(number: usize) -> String {
    format!("{TESTIMONIALS}sitemap-{number}.xml")
}

fn numbered(list: String, number: usize) -> String {
    match number {
        0 => list,
        _ => format!("{list}page/{number}/"),
    }
}

/// An idea, with a page (from 1) of its comments.
#[must_use]
pub fn idea(campaign: &Slug, idea: &ContributionId, comments_page: usize) -> String {
    match comments_page {
        1 => format!("/campagnes/{campaign}/idees/{idea}/"),
        _ => format!("/campagnes/{campaign}/idees/{idea}/commentaires/{comments_page}/"),
    }
}

/// A space's page.
#[must_use]
pub fn space(space: &Slug) -> String {
    format!("/espaces/{space}/")
}

/// A static page.
#[must_use]
pub fn page(page: &Slug) -> String {
    format!("/{page}/")
}

/// Where the form of an idea is sent.
#[must_use]
pub fn send_idea(campaign: &Slug) -> String {
    format!("/participer/{campaign}/idees")
}

/// Where the form of a comment is sent.
#[must_use]
pub fn send_comment(campaign: &Slug, idea: &ContributionId) -> String {
    format!("/participer/{campaign}/idees/{idea}/commentaires")
}

/// Where a like is sent, and what one thinks of the idea is shown.
#[must_use]
pub fn like(campaign: &Slug, idea: &ContributionId) -> String {
    format!("/participer/{campaign}/idees/{idea}/soutien")
}

/// A list of testimonials; `number` as [`crate::plan::Series`] numbers its pages.
#[must_use]
pub fn testimonials(list: &TestimonialList, number: usize) -> String {
    let list = match list {
        TestimonialList::All => String::new(),
        TestimonialList::Answered => "avec-reponse/".to_owned(),
        TestimonialList::Unanswered => "sans-reponse/".to_owned(),
        TestimonialList::Felt(sentiment) => format!("ressenti/{}/", felt(*sentiment)),
        TestimonialList::Space(space) => format!("espace/{space}/"),
        TestimonialList::Structure(structure) => format!("structure/{structure}/"),
        TestimonialList::Department(code) => {
            format!("departement/{}/", code.to_ascii_lowercase())
        }
    };
    numbered(format!("{TESTIMONIALS}{list}"), number)
}

/// A sentiment in addresses.
fn felt(sentiment: Sentiment) -> &'static str {
    match sentiment {
        Sentiment::Negative => "negatif",
        Sentiment::Neutral => "neutre",
        Sentiment::Positive => "positif",
    }
}

/// The lists of testimonials of each space, or of each department.
#[must_use]
pub fn testimonials_by(index: TestimonialIndex) -> String {
    let index = match index {
        TestimonialIndex::Spaces => "par-espace",
        TestimonialIndex::Departments => "par-departement",
    };
    format!("{TESTIMONIALS}{index}/")
}

/// A testimonial.
#[must_use]
pub fn testimonial(id: &ContributionId) -> String {
    format!("{TESTIMONIALS}{id}/")
}

/// The form of a testimonial to a space.
#[must_use]
pub fn tell(space: &Slug) -> String {
    format!("{TELL}{space}/")
}

/// Where the form of a testimonial is sent.
#[must_use]
pub fn send_testimonial(space: &Slug) -> String {
    format!("/temoigner/{space}")
}

/// Where one says that one had the same experience.
#[must_use]
pub fn same_experience(space: &Slug, id: &ContributionId) -> String {
    format!("/temoigner/{space}/{id}/moi-aussi")
}

/// A structure, with its testimonials.
#[must_use]
pub fn structure(structure: &Slug) -> String {
    testimonials(&TestimonialList::Structure(structure.clone()), 0)
}

/// The figures of testimonials, as a page or as a file beside it.
#[must_use]
pub fn statistics(of: &StatisticsOf, form: StatisticsForm) -> String {
    let file = match form {
        StatisticsForm::Page => String::new(),
        StatisticsForm::Months => "mois/".to_owned(),
        StatisticsForm::Compared(1) => "comparer/".to_owned(),
        StatisticsForm::Compared(number) => format!("comparer/page/{number}/"),
        StatisticsForm::Csv => "donnees.csv".to_owned(),
        StatisticsForm::Json => "donnees.json".to_owned(),
    };
    match of {
        StatisticsOf::All => format!("{STATISTICS}{file}"),
        StatisticsOf::Space(space) => format!("{STATISTICS}espace/{space}/{file}"),
        StatisticsOf::Structure(structure) => format!("{STATISTICS}structure/{structure}/{file}"),
    }
}

/// What somebody contributes to, as its readers see it.
#[must_use]
pub fn place(place: &Place) -> String {
    match place {
        Place::Campaign(slug) => campaign(slug),
        Place::Testimonials(space) => testimonials(&TestimonialList::Space(space.clone()), 0),
    }
}

/// Where a published contribution is read. A comment may stand on another page of its idea's
/// comments; its idea is the nearest place that is sure.
#[must_use]
pub fn contribution(place: &Place, reference: &ContributionRef) -> String {
    match (place, reference) {
        (_, ContributionRef::Testimonial(id)) => testimonial(id),
        (Place::Campaign(campaign), ContributionRef::Idea(id)) => idea(campaign, id, 1),
        (Place::Campaign(campaign), ContributionRef::Comment { idea: on, id }) => {
            format!("{}#{id}", idea(campaign, on, 1))
        }
        // Ideas and comments are sent to campaigns alone.
        (Place::Testimonials(_), _) => self::place(place),
    }
}

/// Where something published is signalled.
#[must_use]
pub fn report(place: &Place, about: &ContributionRef) -> String {
    match place {
        Place::Campaign(campaign) => format!("/participer/{campaign}/signaler/{about}"),
        Place::Testimonials(space) => format!("/temoigner/{space}/signaler/{about}"),
    }
}

/// The receipt of a report.
#[must_use]
pub fn report_receipt(token: &str) -> String {
    format!("/suivi/signalement/{token}")
}

/// The live counts of a campaign.
#[must_use]
pub fn counts(campaign: &Slug) -> String {
    format!("/api/compteurs?campagne={campaign}")
}

/// A receipt.
#[must_use]
pub fn receipt(token: &str) -> String {
    format!("/suivi/{token}")
}

/// Where the author of a testimonial answers a proposal.
#[must_use]
pub fn consent(token: &str) -> String {
    format!("/accord/{token}")
}

/// Where the author of a contribution confirms an address.
#[must_use]
pub fn confirm(token: &str, code: &str) -> String {
    format!("{}/confirmer/{code}", receipt(token))
}

/// A contribution in the moderators' queue.
#[must_use]
pub fn moderate(contribution: &str) -> String {
    format!("{MODERATION}contributions/{contribution}")
}

/// The reports of a contribution, for moderators.
#[must_use]
pub fn moderate_reports(contribution: &str) -> String {
    format!("{REPORTS}{contribution}")
}
