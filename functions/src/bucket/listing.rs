//! What a bucket answers of what is in it (ListObjectsV2), and why it refuses.

use aws_smithy_xml::decode::{Document, XmlDecodeError, try_data};
use percent_encoding::percent_decode_str;

/// A page of a list.
#[derive(Debug, Default)]
pub(super) struct Listing {
    /// The objects: each its key and its tag.
    pub(super) objects: Vec<(String, String)>,
    /// What asks for the next page.
    pub(super) next: Option<String>,
}

/// Reads a page of a list, whose keys are percent-encoded as was asked.
pub(super) fn read(text: &str) -> Result<Listing, XmlDecodeError> {
    let mut document = Document::new(text);
    let mut root = document.root_element()?;
    let mut listing = Listing::default();
    let mut is_cut = false;
    while let Some(mut tag) = root.next_tag() {
        match tag.start_el().local() {
            "IsTruncated" => is_cut = try_data(&mut tag)? == "true",
            "NextContinuationToken" => listing.next = Some(try_data(&mut tag)?.into_owned()),
            "Contents" => {
                let (mut key, mut etag) = (None, None);
                while let Some(mut tag) = tag.next_tag() {
                    match tag.start_el().local() {
                        "Key" => key = Some(try_data(&mut tag)?.into_owned()),
                        "ETag" => etag = Some(try_data(&mut tag)?.into_owned()),
                        _ => {}
                    }
                }
                let (Some(key), Some(etag)) = (key, etag) else {
                    return Err(XmlDecodeError::custom("an object has no key, or no tag"));
                };
                // As forms do: a space may come as `+`, and a `+` never as itself.
                let key = key.replace('+', " ");
                let key = percent_decode_str(&key).decode_utf8_lossy().into_owned();
                listing.objects.push((key, etag));
            }
            _ => {}
        }
    }
    if !is_cut {
        listing.next = None;
    } else if listing.next.is_none() {
        return Err(XmlDecodeError::custom(
            "a cut list says nothing of its rest",
        ));
    }
    Ok(listing)
}

/// The code and the message of a refusal; none where the body says neither.
pub(super) fn refusal(text: &str) -> Option<(String, String)> {
    let mut document = Document::new(text);
    let mut root = document.root_element().ok()?;
    let (mut code, mut message) = (None, String::new());
    while let Some(mut tag) = root.next_tag() {
        match tag.start_el().local() {
            "Code" => code = try_data(&mut tag).ok().map(|it| it.into_owned()),
            "Message" => message = try_data(&mut tag).ok()?.into_owned(),
            _ => {}
        }
    }
    Some((code?, message))
}
