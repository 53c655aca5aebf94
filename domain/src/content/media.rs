//! What images and files have in common.

use crate::Invalid;
use crate::content::TEXT_CHARACTERS;
use crate::invalid::{at_most, text, web_address};

/// Checks the fields of an image or a file; gives its alternative text: as sent, else the name of the file.
pub(super) fn checked_media(
    url: &str,
    caption: Option<&str>,
    alt_text: Option<String>,
    media_type: Option<&str>,
    attachment_id: Option<&str>,
) -> Result<Option<String>, Invalid> {
    web_address("mediaUrl", url)?;
    at_most("text", caption, TEXT_CHARACTERS)?;
    at_most("mediaType", media_type, 128)?;
    at_most("attachmentId", attachment_id, 128)?;
    match alt_text {
        Some(alt_text) => text("altText", &alt_text, TEXT_CHARACTERS).map(|()| Some(alt_text)),
        None => Ok(file_name(url)),
    }
}

/// The last part of the path of `url`, decoded; `None` where it has none.
fn file_name(url: &str) -> Option<String> {
    let path = url.split(['?', '#']).next()?.split_once("://")?.1.split_once('/')?.1;
    let name = path.rsplit('/').next().filter(|name| !name.is_empty())?;
    let decoded = String::from_utf8(unescape(name)).ok().filter(|name| !name.chars().any(char::is_control));
    Some(decoded.unwrap_or_else(|| name.to_owned()))
}

fn unescape(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let digits = after.get(..2).and_then(|digits| str::from_utf8(digits).ok());
        let byte = digits.filter(|digits| *first == b'%' && !digits.starts_with('+'));
        if let Some(byte) = byte.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            bytes.push(byte);
            rest = &after[2..];
        } else {
            bytes.push(*first);
            rest = after;
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::file_name;

    #[test]
    fn a_file_is_called_by_the_end_of_its_path() {
        for (url, name) in [
            ("https://a.example/b/c.png?size=2#x", Some("c.png")),
            ("https://a.example/my%20invoice%C3%A9.pdf", Some("my invoiceé.pdf")),
            ("https://a.example/100%.pdf", Some("100%.pdf")),
            ("https://a.example/%00.pdf", Some("%00.pdf")),
            ("https://a.example/%ff.pdf", Some("%ff.pdf")),
            ("https://a.example/", None),
            ("https://a.example", None),
        ] {
            assert_eq!(file_name(url).as_deref(), name, "{url}");
        }
    }
}
