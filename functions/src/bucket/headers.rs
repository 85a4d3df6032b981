//! What a page is kept with: its type, and how long it may be shown without asking again.

/// Changes with what follows, so that a publication knows the files that were kept with the
/// headers of another version.
pub const HEADERS: u32 = 1;

/// A file whose name changes with what is in it.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
/// A page: readers ask each time, and the CDN every 30 s, as often as pages change for likes. Were
/// the bucket down, it shows what it has for a day (RFC 5861, section 4).
const A_MOMENT: &str = "public, max-age=0, s-maxage=30, stale-if-error=86400";

/// How long a file may be shown without asking again.
pub(super) fn cache_control(path: &str) -> &'static str {
    if is_asset(path) { FOR_EVER } else { A_MOMENT }
}

/// Whether a file's name changes with what is in it, so that pages that were put before it still
/// find theirs.
#[must_use]
pub fn is_asset(path: &str) -> bool {
    path.starts_with("assets/")
}

/// The type of a file, by the end of its name.
pub(super) fn content_type(path: &str) -> &'static str {
    let name = path.rsplit('/').next().unwrap_or(path);
    if name == "flux.xml" {
        return "application/atom+xml; charset=utf-8";
    }
    match name.rsplit_once('.').map_or("", |(_, end)| end) {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "json" => "application/json",
        "jsonl" => "application/x-ndjson",
        "xml" => "application/xml; charset=utf-8",
        "txt" => "text/plain; charset=utf-8",
        "csv" => "text/csv; charset=utf-8",
        "ics" => "text/calendar; charset=utf-8",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "avif" => "image/avif",
        "gif" => "image/gif",
        "ico" => "image/vnd.microsoft.icon",
        "pdf" => "application/pdf",
        "woff2" => "font/woff2",
        _ => "application/octet-stream",
    }
}
