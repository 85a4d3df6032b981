//! Compressed copies of text files, for hosts that serve them and don't compress themselves.

use std::io::{self, Write};

/// How a copy is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// Brotli (RFC 7932), at its best.
    Brotli,
    /// Gzip (RFC 1952), at its best.
    Gzip,
}

impl Encoding {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Brotli, Self::Gzip];

    /// What is added to the name of a file.
    pub(crate) fn extension(self) -> &'static str {
        match self {
            Self::Brotli => "br",
            Self::Gzip => "gz",
        }
    }

    pub(crate) fn encode(self, bytes: &[u8]) -> io::Result<Vec<u8>> {
        const BEST: u32 = 11;
        const WINDOW: u32 = 22;
        let mut encoded = Vec::with_capacity(bytes.len() / 3);
        match self {
            Self::Brotli => {
                let mut writer = brotli::CompressorWriter::new(&mut encoded, 4096, BEST, WINDOW);
                writer.write_all(bytes)?;
                writer.flush()?;
                drop(writer);
            }
            Self::Gzip => {
                // The header holds no date and no name, so that the same text gives the same bytes.
                let mut writer =
                    flate2::write::GzEncoder::new(&mut encoded, flate2::Compression::best());
                writer.write_all(bytes)?;
                writer.finish()?;
            }
        }
        Ok(encoded)
    }
}

/// Whether a file is a text, by its name.
pub(crate) fn is_text(path: &str) -> bool {
    let extension = path.rsplit_once('.').map_or("", |(_, extension)| extension);
    ["html", "css", "js", "xml", "json", "svg", "txt", "csv"].contains(&extension)
}
