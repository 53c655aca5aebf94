//! What a file is, told by its content.
//!
//! The type a client gave counts only where the content says nothing better and the type does no harm: no type that comes
//! out of here makes a browser run anything.

/// Bytes, of which nothing more is known.
pub const ANY: &str = "application/octet-stream";
const TEXT: &str = "text/plain";

/// Types of text that only differ in what opens them.
const HARMLESS_TEXTS: [&str; 9] = [
    TEXT,
    "text/csv",
    "text/tab-separated-values",
    "text/markdown",
    "text/calendar",
    "text/vcard",
    "text/x-log",
    "application/json",
    "application/x-ndjson",
];

/// The media type of what begins with `head`, which `is_whole` or not.
pub fn media_type(head: &[u8], is_whole: bool, given: Option<&str>) -> String {
    let given = given.map(str::to_ascii_lowercase);
    let given = given.as_deref().unwrap_or_default();
    match infer::get(head).map(|kind| kind.mime_type()) {
        Some(found) if is_active(found) => TEXT.to_owned(),
        Some(found) => found.to_owned(),
        None if is_text(head, is_whole) => harmless_text(given).to_owned(),
        None if is_sound_or_film(given) => given.to_owned(),
        None => ANY.to_owned(),
    }
}

/// Whether a browser might run what has this type.
fn is_active(media_type: &str) -> bool {
    let is_office = media_type.starts_with("application/vnd.openxmlformats");
    let is_markup = ["html", "xml", "svg", "script", "flash"].iter().any(|word| media_type.contains(word));
    (is_markup && !is_office) || media_type.starts_with("text/") || media_type.starts_with("multipart/")
}

fn harmless_text(given: &str) -> &str {
    if HARMLESS_TEXTS.contains(&given) { given } else { TEXT }
}

/// Formats that are told apart by more than their first bytes.
fn is_sound_or_film(given: &str) -> bool {
    let rest = given.strip_prefix("audio/").or_else(|| given.strip_prefix("video/")).unwrap_or_default();
    !rest.is_empty()
        && rest.len() <= 64
        && rest.bytes().all(|c| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'.' | b'+' | b'_'))
        && !is_active(given)
}

/// UTF-8 without control characters but those of plain text; the last character may be cut off.
fn is_text(head: &[u8], is_whole: bool) -> bool {
    let text = match str::from_utf8(head) {
        Ok(text) => text,
        Err(error) if !is_whole && error.error_len().is_none() => {
            str::from_utf8(&head[..error.valid_up_to()]).unwrap_or_default()
        }
        Err(_) => return false,
    };
    !text.is_empty() && text.chars().all(|c| !c.is_control() || matches!(c, '\t' | '\n' | '\r' | '\u{c}' | '\u{1b}'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(content: &[u8], given: &str) -> String {
        media_type(content, true, Some(given))
    }

    #[test]
    fn content_comes_before_what_was_given() {
        assert_eq!(kind(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "text/html"), "image/png");
        assert_eq!(kind(b"%PDF-1.7\n", "image/png"), "application/pdf");
        assert_eq!(kind(b"PK\x03\x04\x14\0\0\0", "image/svg+xml"), "application/zip");
    }

    #[test]
    fn nothing_that_a_browser_runs_keeps_its_type() {
        for content in [
            "<!DOCTYPE html><script>alert(1)</script>",
            "<html><body>",
            "<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>",
            "<?xml version=\"1.0\"?><x/>",
            "alert(1)",
            "#!/bin/sh\necho",
            "\u{feff}<script>",
        ] {
            for given in ["text/html", "image/svg+xml", "application/xhtml+xml", "text/javascript", "image/png"] {
                assert_eq!(kind(content.as_bytes(), given), TEXT, "{content} as {given}");
            }
        }
        for given in ["text/html", "image/svg+xml", "image/png", "audio/", "audio/x;y", "video/svg", "x/y"] {
            assert_eq!(kind(b"\x00\x01\x02\x03", given), ANY, "{given}");
        }
    }

    #[test]
    fn what_was_given_counts_where_it_is_harmless() {
        assert_eq!(kind(b"a,b\n1,2\n", "text/csv"), "text/csv");
        assert_eq!(kind(b"{\"a\":1}", "application/json"), "application/json");
        assert_eq!(kind(b"\x00\x01\x02\x03", "audio/x-caf"), "audio/x-caf");
        assert_eq!(media_type(b"hello", true, None), TEXT);
        assert_eq!(media_type(b"", true, None), ANY);
    }

    #[test]
    fn a_text_may_be_cut_inside_a_character() {
        let cut = &"grüß".as_bytes()[..3];
        assert_eq!(media_type(cut, false, None), TEXT);
        assert_eq!(media_type(cut, true, None), ANY);
    }
}
