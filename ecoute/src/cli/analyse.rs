//! The command line of `analyse`.

use std::path::PathBuf;

use clap::{ArgGroup, Args};

use crate::words::say;

/// The arguments of `analyse`.
#[derive(Debug, Args)]
#[command(group(ArgGroup::new("texts").required(true).args(["campaign", "input"])))]
pub struct AnalyseArguments {
    /// The campaign of which the published ideas are analysed.
    #[arg(long, value_name = "NOM", help = say("help.analyse-campaign", &[]))]
    pub campaign: Option<String>,
    /// The file of which the rows are analysed.
    #[arg(long, value_name = "FICHIER", requires = "id", requires = "text", help = say("help.analyse-input", &[]))]
    pub input: Option<PathBuf>,
    /// The column of identifiers.
    #[arg(long, value_name = "COLONNE", requires = "input", help = say("help.analyse-id", &[]))]
    pub id: Option<String>,
    /// The column of texts.
    #[arg(long, value_name = "COLONNE", requires = "input", help = say("help.analyse-text", &[]))]
    pub text: Option<String>,
    /// The column of titles.
    #[arg(long, value_name = "COLONNE", requires = "input", help = say("help.analyse-title", &[]))]
    pub title: Option<String>,
    /// The column of the number of likes.
    #[arg(long, value_name = "COLONNE", requires = "input", help = say("help.analyse-weight", &[]))]
    pub weight: Option<String>,
    /// The column that is the same for what one person wrote.
    #[arg(long, value_name = "COLONNE", requires = "input", help = say("help.analyse-author", &[]))]
    pub author: Option<String>,
    /// The column of the side that is taken.
    #[arg(long, value_name = "COLONNE", requires = "input", help = say("help.analyse-stance", &[]))]
    pub stance: Option<String>,
    /// The column of how it was felt.
    #[arg(long, value_name = "COLONNE", requires = "input", help = say("help.analyse-felt", &[]))]
    pub felt: Option<String>,
    /// How many themes.
    #[arg(long, value_name = "N", conflicts_with = "grain", value_parser = clap::value_parser!(u16).range(1..=200), help = say("help.analyse-themes", &[]))]
    pub themes: Option<u16>,
    /// How fine.
    #[arg(long, value_name = "GRAIN", value_parser = ["fine", "medium", "coarse"], hide_possible_values = true, help = say("help.analyse-grain", &[]))]
    pub grain: Option<String>,
    /// The model of sentences.
    #[arg(long, value_name = "FICHIER.whl", help = say("help.analyse-model", &[]))]
    pub model: Option<PathBuf>,
    /// Where the vectors of texts are kept.
    #[arg(long, value_name = "FICHIER", requires = "model", help = say("help.analyse-cache", &[]))]
    pub cache: Option<PathBuf>,
    /// Which side ideas take.
    #[arg(long, value_name = "FICHIER", requires = "campaign", help = say("help.analyse-stances", &[]))]
    pub stances: Option<PathBuf>,
    /// For the back office too.
    #[arg(long, requires = "campaign", help = say("help.analyse-keep", &[]))]
    pub keep: bool,
    /// The file to write.
    #[arg(long, value_name = "FICHIER.json", help = say("help.analyse-out", &[]))]
    pub out: PathBuf,
    /// Progress, line by line.
    #[arg(long, help = say("help.analyse-progress", &[]))]
    pub progress: bool,
    /// The folder of the database.
    #[arg(long, value_name = "DOSSIER", default_value = "data", hide_default_value = true, help = say("help.data-dir", &[]))]
    pub data_dir: PathBuf,
}
