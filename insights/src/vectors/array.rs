//! NumPy's arrays: the `.npy` members of an archive, with the type and the shape that are expected
//! of them (NEP 1, "A Simple File Format for NumPy Arrays").

use super::archive::{Archive, ModelError};

/// A header is a line of Python, padded to 64 bytes; this one would be absurd.
const LONGEST_HEADER: usize = 1_024;

/// The 32-bit floats of an array of this shape, row by row, each finite.
pub(super) fn floats(
    archive: &Archive<'_>,
    name: &str,
    shape: &[usize],
) -> Result<Vec<f32>, ModelError> {
    let count: usize = shape.iter().product();
    let array = Array::read(archive, name, count * 4)?;
    array.expect(name, "<f4", shape)?;
    let floats: Vec<f32> = array
        .data()
        .as_chunks::<4>()
        .0
        .iter()
        .map(|bytes| f32::from_le_bytes(*bytes))
        .collect();
    if floats.iter().all(|float| float.is_finite()) {
        Ok(floats)
    } else {
        Err(unfit(name, "some of its numbers are not finite".to_owned()))
    }
}

/// The only number, a 64-bit float, of an array without dimensions.
pub(super) fn number(archive: &Archive<'_>, name: &str) -> Result<f64, ModelError> {
    let array = Array::read(archive, name, 8)?;
    array.expect(name, "<f8", &[])?;
    let (bytes, _) = array.data().as_chunks::<8>();
    Ok(bytes.iter().map(|bytes| f64::from_le_bytes(*bytes)).sum())
}

/// The bytes of an array of so many columns, and of at most so many rows.
pub(super) fn bytes(
    archive: &Archive<'_>,
    name: &str,
    columns: usize,
    most_rows: usize,
) -> Result<Vec<u8>, ModelError> {
    let mut array = Array::read(archive, name, columns * most_rows)?;
    let rows = array.data().len() / columns;
    array.expect(name, "|u1", &[rows, columns])?;
    array.bytes.drain(..array.start);
    array.bytes.shrink_to_fit();
    Ok(array.bytes)
}

struct Array {
    bytes: Vec<u8>,
    /// Where the data starts.
    start: usize,
    header: String,
}

impl Array {
    fn read(archive: &Archive<'_>, name: &str, size: usize) -> Result<Self, ModelError> {
        let bytes = archive.member(&format!("{name}.npy"), size + LONGEST_HEADER)?;
        let (start, header) = header(&bytes)
            .ok_or_else(|| unfit(name, "it does not begin as an array of NumPy".to_owned()))?;
        Ok(Self {
            bytes,
            start,
            header,
        })
    }

    fn data(&self) -> &[u8] {
        &self.bytes[self.start..]
    }

    fn expect(&self, name: &str, descr: &str, shape: &[usize]) -> Result<(), ModelError> {
        let size = if descr == "|u1" {
            1
        } else {
            usize::from(descr.as_bytes()[2] - b'0')
        };
        let spelt: String = shape.iter().map(|length| format!("{length},")).collect();
        let expected = format!("{{'descr':'{descr}','fortran_order':False,'shape':({spelt}),}}");
        // Python writes `(2, 3)` and `(2,)`: without spaces and the comma before the bracket,
        // these are spelt one way.
        let plain = |text: &str| text.replace([' ', '\n'], "").replace(",)", ")");
        if plain(&self.header) != plain(&expected) {
            return Err(unfit(
                name,
                format!("it is {}, and should be {expected}", self.header.trim()),
            ));
        }
        let count: usize = shape.iter().product::<usize>() * size;
        if self.data().len() == count {
            Ok(())
        } else {
            let has = self.data().len();
            Err(unfit(
                name,
                format!("it has {has} bytes of data, not {count}"),
            ))
        }
    }
}

/// Where the data starts, and the line that describes it.
fn header(bytes: &[u8]) -> Option<(usize, String)> {
    let rest = bytes.strip_prefix(b"\x93NUMPY")?;
    let (length, start) = match rest {
        [1, _, a, b, ..] => (usize::from(u16::from_le_bytes([*a, *b])), 10),
        [2 | 3, _, a, b, c, d, ..] => {
            let length = u32::from_le_bytes([*a, *b, *c, *d]);
            (usize::try_from(length).ok()?, 12)
        }
        _ => return None,
    };
    let end = start + length.min(LONGEST_HEADER + 1);
    let line = std::str::from_utf8(bytes.get(start..end)?).ok()?;
    Some((end, line.to_owned()))
}

pub(super) fn unfit(name: &str, why: String) -> ModelError {
    ModelError::Unfit {
        member: format!("{name}.npy"),
        why,
    }
}
