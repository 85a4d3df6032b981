//! The departments: their INSEE codes, their names, and where they stand on a map of tiles.

use domain::Slug;

/// Code, name, column and row on the map, from the north-west.
pub(crate) type Department = (&'static str, &'static str, usize, usize);

/// The departments of metropolitan France and Corsica, and the overseas departments and
/// collectivities where a Caf pays benefits, in the order of their codes.
pub(crate) const ALL: [Department; 104] = [
    ("01", "Ain", 9, 5),
    ("02", "Aisne", 8, 1),
    ("03", "Allier", 7, 5),
    ("04", "Alpes-de-Haute-Provence", 10, 8),
    ("05", "Hautes-Alpes", 11, 7),
    ("06", "Alpes-Maritimes", 11, 8),
    ("07", "Ardèche", 8, 8),
    ("08", "Ardennes", 9, 1),
    ("09", "Ariège", 5, 10),
    ("10", "Aube", 8, 3),
    ("11", "Aude", 6, 10),
    ("12", "Aveyron", 6, 8),
    ("13", "Bouches-du-Rhône", 9, 9),
    ("14", "Calvados", 3, 2),
    ("15", "Cantal", 7, 7),
    ("16", "Charente", 4, 6),
    ("17", "Charente-Maritime", 3, 6),
    ("18", "Cher", 6, 5),
    ("19", "Corrèze", 6, 7),
    ("2A", "Corse-du-Sud", 12, 10),
    ("2B", "Haute-Corse", 12, 9),
    ("21", "Côte-d’Or", 9, 4),
    ("22", "Côtes-d’Armor", 1, 3),
    ("23", "Creuse", 6, 6),
    ("24", "Dordogne", 4, 7),
    ("25", "Doubs", 11, 5),
    ("26", "Drôme", 9, 7),
    ("27", "Eure", 4, 1),
    ("28", "Eure-et-Loir", 5, 3),
    ("29", "Finistère", 0, 3),
    ("30", "Gard", 8, 9),
    ("31", "Haute-Garonne", 5, 9),
    ("32", "Gers", 4, 9),
    ("33", "Gironde", 3, 7),
    ("34", "Hérault", 7, 9),
    ("35", "Ille-et-Vilaine", 2, 3),
    ("36", "Indre", 5, 5),
    ("37", "Indre-et-Loire", 4, 4),
    ("38", "Isère", 10, 7),
    ("39", "Jura", 10, 5),
    ("40", "Landes", 3, 8),
    ("41", "Loir-et-Cher", 5, 4),
    ("42", "Loire", 8, 6),
    ("43", "Haute-Loire", 8, 7),
    ("44", "Loire-Atlantique", 2, 4),
    ("45", "Loiret", 6, 4),
    ("46", "Lot", 5, 7),
    ("47", "Lot-et-Garonne", 4, 8),
    ("48", "Lozère", 7, 8),
    ("49", "Maine-et-Loire", 3, 4),
    ("50", "Manche", 2, 2),
    ("51", "Marne", 8, 2),
    ("52", "Haute-Marne", 9, 3),
    ("53", "Mayenne", 3, 3),
    ("54", "Meurthe-et-Moselle", 10, 2),
    ("55", "Meuse", 9, 2),
    ("56", "Morbihan", 1, 4),
    ("57", "Moselle", 10, 1),
    ("58", "Nièvre", 7, 4),
    ("59", "Nord", 8, 0),
    ("60", "Oise", 7, 0),
    ("61", "Orne", 4, 2),
    ("62", "Pas-de-Calais", 6, 0),
    ("63", "Puy-de-Dôme", 7, 6),
    ("64", "Pyrénées-Atlantiques", 3, 9),
    ("65", "Hautes-Pyrénées", 4, 10),
    ("66", "Pyrénées-Orientales", 7, 10),
    ("67", "Bas-Rhin", 11, 2),
    ("68", "Haut-Rhin", 11, 3),
    ("69", "Rhône", 9, 6),
    ("70", "Haute-Saône", 10, 4),
    ("71", "Saône-et-Loire", 8, 5),
    ("72", "Sarthe", 4, 3),
    ("73", "Savoie", 10, 6),
    ("74", "Haute-Savoie", 11, 6),
    ("75", "Paris", 6, 2),
    ("76", "Seine-Maritime", 4, 0),
    ("77", "Seine-et-Marne", 7, 3),
    ("78", "Yvelines", 5, 2),
    ("79", "Deux-Sèvres", 3, 5),
    ("80", "Somme", 5, 0),
    ("81", "Tarn", 6, 9),
    ("82", "Tarn-et-Garonne", 5, 8),
    ("83", "Var", 10, 9),
    ("84", "Vaucluse", 9, 8),
    ("85", "Vendée", 2, 5),
    ("86", "Vienne", 4, 5),
    ("87", "Haute-Vienne", 5, 6),
    ("88", "Vosges", 10, 3),
    ("89", "Yonne", 8, 4),
    ("90", "Territoire de Belfort", 11, 4),
    ("91", "Essonne", 6, 3),
    ("92", "Hauts-de-Seine", 5, 1),
    ("93", "Seine-Saint-Denis", 7, 1),
    ("94", "Val-de-Marne", 7, 2),
    ("95", "Val-d’Oise", 6, 1),
    ("971", "Guadeloupe", 0, 12),
    ("972", "Martinique", 1, 12),
    ("973", "Guyane", 2, 12),
    ("974", "La Réunion", 3, 12),
    ("975", "Saint-Pierre-et-Miquelon", 4, 12),
    ("976", "Mayotte", 5, 12),
    ("977", "Saint-Barthélemy", 6, 12),
    ("978", "Saint-Martin", 7, 12),
];

/// The department of a code.
pub(crate) fn named(code: &str) -> Option<&'static Department> {
    ALL.iter().find(|department| department.0 == code)
}

/// The name of a department by its code.
#[must_use]
pub fn name(code: &str) -> Option<&'static str> {
    let found = ALL.iter().find(|(known, ..)| *known == code);
    found.map(|(_, name, ..)| *name)
}

/// The code of a department by its name, whatever its case, accents, hyphens and apostrophes.
#[must_use]
pub fn code(name: &str) -> Option<&'static str> {
    let words = Slug::from_words(name)?;
    let is_it = |known: &&Department| Slug::from_words(known.1).as_ref() == Some(&words);
    ALL.iter().find(is_it).map(|(code, ..)| *code)
}
