//! Pictures for shared links (Open Graph): a page's title on the theme's `share/share.svg`, in
//! the theme's `share/font.ttf`. No font of the system is used: everywhere the same picture.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use rayon::prelude::*;
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::fontdb::Database;
use resvg::usvg::{Node, Options, Text, Tree};
use serde::Serialize;

use crate::catalogue::Catalogue;
use crate::problem::{Problem, said, sorted, system_said};
use crate::theme::{Asset, Theme, ThemeSource, hashed_name};
use crate::{address, colour};

/// What a shared link shows, in px: 1.91:1, which no reader of Open Graph crops.
const WIDTH: u32 = 1200;
const HEIGHT: u32 = 630;
const TEMPLATE: &str = "share.svg";

/// The pictures that were drawn.
#[derive(Default)]
pub(crate) struct Pictures {
    /// The address of a page → the address of its picture.
    pub(crate) addresses: BTreeMap<String, String>,
    /// The pictures.
    pub(crate) assets: Vec<Asset>,
}

/// Draws the picture of each campaign and of its results. A theme without the folder `share` has
/// none, and a page whose words have a character that is not in the font has none of its own.
///
/// # Errors
/// What is wrong with the template or with the font.
pub(crate) fn draw(
    theme: &Path,
    source: &ThemeSource,
    catalogue: &Catalogue,
) -> Result<Pictures, Vec<Problem>> {
    let folder = theme.join("share");
    if !folder.exists() {
        return Ok(Pictures::default());
    }
    let studio = Studio::open(&folder, source, &catalogue.site.name)?;
    let drawn: Vec<_> = subjects(catalogue, source)
        .into_par_iter()
        .map(|subject| {
            let bytes = studio.draw(&subject)?;
            Ok((subject, bytes))
        })
        .collect();
    let mut pictures = Pictures::default();
    let mut problems = Vec::new();
    for one in drawn {
        match one {
            Ok((subject, Some(bytes))) => {
                let path = format!("assets/{}", hashed_name(&subject.file, &bytes));
                let address = format!("/{path}");
                pictures.addresses.insert(subject.address, address);
                pictures.assets.push(Asset { path, bytes });
            }
            Ok((_, None)) => {}
            Err(problem) => problems.push(problem),
        }
    }
    match problems.is_empty() {
        true => Ok(pictures),
        false => Err(sorted(problems)),
    }
}

/// A page that gets a picture.
struct Subject<'c> {
    address: String,
    file: String,
    kicker: String,
    title: &'c str,
    accent: Option<&'c domain::Accent>,
}

fn subjects<'c>(catalogue: &'c Catalogue, theme: &ThemeSource) -> Vec<Subject<'c>> {
    let of_results = theme.messages.text("nav.results", &[]);
    let mut subjects = Vec::new();
    for (slug, campaign) in &catalogue.campaigns {
        let Some(space) = catalogue.spaces.get(&campaign.space) else {
            continue;
        };
        let accent = space.accent.as_ref();
        subjects.push(Subject {
            address: address::campaign(slug),
            file: format!("partage-{slug}.png"),
            kicker: space.name.clone(),
            title: &campaign.title,
            accent,
        });
        if let Some(results) = catalogue.results.get(slug) {
            subjects.push(Subject {
                address: address::results(slug),
                file: format!("partage-{slug}-resultats.png"),
                kicker: of_results.clone(),
                title: &results.title,
                accent,
            });
        }
    }
    subjects
}

/// What the template is given.
#[derive(Serialize)]
struct View<'v> {
    kicker: &'v str,
    title: Title,
    site: &'v str,
    accent: Option<&'v str>,
    tint: Option<String>,
}

/// The template and the font, ready to draw.
struct Studio<'s> {
    folder: &'s Path,
    site: &'s str,
    template: Theme,
    options: Options<'static>,
}

impl<'s> Studio<'s> {
    fn open(folder: &'s Path, theme: &ThemeSource, site: &'s str) -> Result<Self, Vec<Problem>> {
        match (template(folder, theme), font(folder)) {
            (Ok(template), Ok(options)) => Ok(Self {
                folder,
                site,
                template,
                options,
            }),
            (template, options) => Err(template.err().into_iter().chain(options.err()).collect()),
        }
    }

    /// A picture as PNG; none where the font does not have every character.
    fn draw(&self, subject: &Subject<'_>) -> Result<Option<Vec<u8>>, Problem> {
        let written = [subject.kicker.as_str(), self.site];
        if written.iter().any(|text| self.width(text).is_none()) {
            return Ok(None);
        }
        let Some(title) = Title::set(subject.title, |text| self.width(text)) else {
            return Ok(None);
        };
        let view = View {
            kicker: &subject.kicker,
            title,
            site: self.site,
            accent: subject.accent.map(|accent| accent.light.as_str()),
            tint: subject.accent.and_then(colour::tint),
        };
        let svg = self.template.render(TEMPLATE, &view);
        let svg = svg.map_err(|error| error.problem(self.folder))?;
        let failed = |error: String| {
            let what = said("theme.share-svg", &[("error", error)]);
            Problem::of(&self.folder.join(TEMPLATE), what)
        };
        let tree =
            Tree::from_str(&svg, &self.options).map_err(|error| failed(error.to_string()))?;
        let mut pixmap = Pixmap::new(WIDTH, HEIGHT).expect("neither side is zero");
        resvg::render(&tree, Transform::identity(), &mut pixmap.as_mut());
        let png = pixmap.encode_png();
        png.map(Some).map_err(|error| failed(error.to_string()))
    }

    /// How wide a text is, in sizes of the font; none where the font lacks a character of it.
    fn width(&self, text: &str) -> Option<f32> {
        const SIZE: f32 = 100.0;
        let escaped = text.replace('&', "&amp;").replace('<', "&lt;");
        let svg = format!(
            r#"<svg xmlns="http://www.w3.org/2000/svg"><text font-size="{SIZE}">{escaped}</text></svg>"#
        );
        let tree = Tree::from_str(&svg, &self.options).ok()?;
        let text = first_text(tree.root().children())?;
        let mut glyphs = text
            .layouted()
            .iter()
            .flat_map(|span| &span.positioned_glyphs);
        let whole = glyphs.all(|glyph| glyph.id.0 != 0);
        whole.then(|| text.bounding_box().width() / SIZE)
    }
}

fn first_text(nodes: &[Node]) -> Option<&Text> {
    nodes.iter().find_map(|node| match node {
        Node::Text(text) => Some(&**text),
        Node::Group(group) => first_text(group.children()),
        _ => None,
    })
}

fn template(folder: &Path, theme: &ThemeSource) -> Result<Theme, Problem> {
    let path = folder.join(TEMPLATE);
    let text = fs::read_to_string(&path).map_err(|error| unreadable(&path, &error))?;
    let source = ThemeSource {
        templates: BTreeMap::from([(TEMPLATE.to_owned(), text)]),
        messages: theme.messages.clone(),
        assets: BTreeMap::new(),
    };
    let nothing: BTreeMap<String, String> = BTreeMap::new();
    Theme::compile(source, &nothing, folder)
}

/// The font of every text whose family the template does not say.
fn font(folder: &Path) -> Result<Options<'static>, Problem> {
    let path = folder.join("font.ttf");
    let bytes = fs::read(&path).map_err(|error| unreadable(&path, &error))?;
    let mut fonts = Database::new();
    fonts.load_font_data(bytes);
    let face = fonts.faces().next();
    let family = face.and_then(|face| Some(face.families.first()?.0.clone()));
    let Some(font_family) = family else {
        return Err(Problem::of(&path, said("theme.share-font", &[])));
    };
    Ok(Options {
        font_family,
        fontdb: Arc::new(fonts),
        ..Options::default()
    })
}

fn unreadable(path: &Path, error: &std::io::Error) -> Problem {
    let what = said("file.unreadable", &[("error", system_said(error))]);
    Problem::of(path, what)
}

/// A title in lines.
#[derive(Debug, Serialize)]
struct Title {
    /// The size of its letters, in px.
    size: f32,
    lines: Vec<String>,
}

impl Title {
    /// How wide a line is at most, in px.
    const WIDTH: f32 = 800.0;
    /// Sizes in px, each with the most lines that it may have.
    const SIZES: [(f32, usize); 4] = [(80.0, 3), (70.0, 3), (62.0, 4), (52.0, 5)];

    /// Sets a title as large as fits; what does not fit at the smallest size is cut. `width` as
    /// [`Studio::width`].
    fn set(title: &str, width: impl Fn(&str) -> Option<f32>) -> Option<Self> {
        let words = unbreakable(title).into_iter();
        let words: Vec<(String, f32)> = words
            .map(|word| width(&word).map(|width| (word, width)))
            .collect::<Option<_>>()?;
        let space = width("n n")? - 2.0 * width("n")?;
        let widest = words.iter().map(|(_, width)| *width).fold(0.0, f32::max);
        let fitting = Self::SIZES.into_iter().find(|(size, most)| {
            let line = Self::WIDTH / size;
            widest <= line && wrapped(&words, space, line).len() <= *most
        });
        let (size, most) = fitting.unwrap_or(Self::SIZES[Self::SIZES.len() - 1]);
        let mut lines = balanced(&words, space, Self::WIDTH / size);
        if lines.len() > most {
            lines.truncate(most);
            let last = lines.last_mut()?;
            let kept = last.rfind(' ').unwrap_or(last.len());
            let kept = last[..kept].trim_end_matches([' ', '\u{a0}', ',', ';', ':']);
            last.truncate(kept.len());
            last.push('…');
        }
        Some(Self { size, lines })
    }
}

/// The parts of a title between which a line may end: at a plain space, as those that French wants
/// no-break hold, and not after a word of one or two letters, which goes with the next.
fn unbreakable(title: &str) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    let mut holds = false;
    for word in title.split(' ').filter(|word| !word.is_empty()) {
        match parts.last_mut() {
            Some(last) if holds => {
                last.push(' ');
                last.push_str(word);
            }
            _ => parts.push(word.to_owned()),
        }
        holds = word.chars().count() <= 2 && word.chars().all(char::is_alphabetic);
    }
    parts
}

/// Words in as few lines as greed finds, of which none is longer than need be.
fn balanced(words: &[(String, f32)], space: f32, line: f32) -> Vec<String> {
    const STEPS: u16 = 40;
    let lines = wrapped(words, space, line);
    (STEPS / 2..STEPS)
        .map(|step| wrapped(words, space, line * f32::from(step) / f32::from(STEPS)))
        .find(|narrower| narrower.len() == lines.len())
        .unwrap_or(lines)
}

/// Words in lines of at most this width, if no word is wider.
fn wrapped(words: &[(String, f32)], space: f32, line: f32) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut used = f32::INFINITY;
    for (word, width) in words {
        used += space + width;
        match lines.last_mut() {
            Some(last) if used <= line => {
                last.push(' ');
                last.push_str(word);
            }
            _ => {
                lines.push(word.clone());
                used = *width;
            }
        }
    }
    lines
}
