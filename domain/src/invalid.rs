//! What is wrong with an input: which field broke which rule.

use std::borrow::Cow;
use std::fmt;

/// A rule that an input broke, in words for whoever sent it.
///
/// `field` is a path as the wire spells it (`content.text`, `page[size]`), `rule` a phrase that follows it
/// (`must not be empty`), so that `Display` gives a sentence which names the field.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field} {rule}")]
pub struct Invalid {
    pub field: Cow<'static, str>,
    pub rule: Cow<'static, str>,
}

impl Invalid {
    pub fn new(field: impl Into<Cow<'static, str>>, rule: impl Into<Cow<'static, str>>) -> Self {
        Self { field: field.into(), rule: rule.into() }
    }

    /// The same, seen from one level up: `uri` within `actions[1]` is `actions[1].uri`.
    #[must_use]
    pub fn within(self, parent: impl fmt::Display) -> Self {
        Self { field: format!("{parent}.{}", self.field).into(), rule: self.rule }
    }
}

/// Checks that `text` has between 1 and `most` characters (code points, as the contract counts), none of them NUL.
pub(crate) fn text(field: &'static str, text: &str, most: usize) -> Result<(), Invalid> {
    // Bytes bound characters from above, so most texts are never counted.
    if text.is_empty() {
        return Err(Invalid::new(field, "must not be empty"));
    }
    if text.len() > most && text.chars().count() > most {
        return Err(Invalid::new(field, format!("should not be longer than {most} characters")));
    }
    without_nul(field, text)
}

/// Checks that `text`, where there is one, has no more than `most` characters, none of them NUL.
pub(crate) fn at_most(field: &'static str, text: Option<&str>, most: usize) -> Result<(), Invalid> {
    match text {
        Some(text) if !text.is_empty() => self::text(field, text, most),
        _ => Ok(()),
    }
}

/// Checks that `text` has no NUL, which not every database keeps.
/// # Errors
/// Names `field`.
pub fn without_nul(field: &str, text: &str) -> Result<(), Invalid> {
    if !text.contains('\0') {
        return Ok(());
    }
    // The name may come from the same stranger as the text.
    Err(Invalid::new(field.replace('\0', ""), "must not contain the character NUL"))
}

/// The value of `field`, which must be there and pass `check`.
pub(crate) fn required(
    field: &'static str,
    value: Option<String>,
    check: fn(&'static str, &str) -> Result<(), Invalid>,
) -> Result<String, Invalid> {
    let value = value.ok_or_else(|| Invalid::new(field, "is required"))?;
    check(field, &value).map(|()| value)
}

/// Checks that `list` has between 1 and `most` entries.
pub(crate) fn counted<T>(field: &'static str, list: &[T], most: usize) -> Result<(), Invalid> {
    if (1..=most).contains(&list.len()) {
        Ok(())
    } else {
        Err(Invalid::new(field, format!("should have 1 to {most} items")))
    }
}

/// Checks every entry of `list`; what is wrong names the entry.
pub(crate) fn each<T>(
    field: &'static str,
    list: Vec<T>,
    check: impl Fn(T) -> Result<T, Invalid>,
) -> Result<Vec<T>, Invalid> {
    let entries = list.into_iter().enumerate();
    entries.map(|(at, entry)| check(entry).map_err(|invalid| invalid.within(format_args!("{field}[{at}]")))).collect()
}

/// Checks that `text` looks like an e-mail address.
pub(crate) fn email(field: &'static str, text: &str) -> Result<(), Invalid> {
    let plain = !text.chars().any(|c| c.is_whitespace() || c.is_control());
    let parts = text.split_once('@');
    let good = parts.is_some_and(|(name, host)| !name.is_empty() && !host.is_empty() && !host.contains('@'));
    if plain && good { Ok(()) } else { Err(Invalid::new(field, "should be an e-mail address")) }
}

/// Checks that a press on `text` may lead there: an absolute `http`, `https`, `mailto` or `tel` address.
pub(crate) fn link_address(field: &'static str, text: &str) -> Result<(), Invalid> {
    let is_contact = ["mailto:", "tel:"].iter().any(|scheme| {
        let head = text.get(..scheme.len());
        head.is_some_and(|head| head.eq_ignore_ascii_case(scheme)) && text.len() > scheme.len()
    });
    self::text(field, text, 2048)?;
    let is_good = if is_contact { text.chars().all(may_be_in_an_address) } else { is_web_address(text) };
    if is_good { Ok(()) } else { Err(Invalid::new(field, "should be an absolute http, https, mailto or tel address")) }
}

/// Whether a press on `address` may lead there: an absolute `http`, `https`, `mailto` or `tel` address.
pub fn is_link(address: &str) -> bool {
    link_address("uri", address).is_ok()
}

/// Quotes and the like may: whoever writes an address into HTML escapes it.
fn may_be_in_an_address(c: char) -> bool {
    !c.is_whitespace() && !c.is_control()
}

/// Checks that `text` is an absolute `http` or `https` address of at most 2048 characters.
pub(crate) fn web_address(field: &'static str, text: &str) -> Result<(), Invalid> {
    self::text(field, text, 2048)?;
    if is_web_address(text) { Ok(()) } else { Err(Invalid::new(field, "should be an absolute http or https URL")) }
}

/// An absolute `http` or `https` address, for the API's description: what `web_address` lets pass.
#[cfg(feature = "openapi")]
#[derive(utoipa::ToSchema)]
#[schema(
    value_type = String,
    max_length = 2048,
    pattern = "^[Hh][Tt][Tt][Pp][Ss]?://[^\\s\\u0000-/:-@\\\\-`{-\\u009f][^\\s\\u0000-\\u001f\\u007f-\\u009f]*$",
)]
#[expect(dead_code, reason = "only described")]
pub struct WebAddress(String);

fn is_web_address(text: &str) -> bool {
    let after_scheme = ["https://", "http://"].iter().find_map(|scheme| {
        let head = text.get(..scheme.len())?;
        head.eq_ignore_ascii_case(scheme).then(|| &text[scheme.len()..])
    });
    // Of other scripts everything that may stand in an address: which of it names a host is for others to say.
    let begins_a_host = |c: char| c.is_ascii_alphanumeric() || c == '[' || !c.is_ascii();
    let has_host = after_scheme.is_some_and(|rest| rest.starts_with(begins_a_host));
    has_host && text.chars().all(may_be_in_an_address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_count_characters_not_bytes() {
        assert!(text("name", &"é".repeat(100), 100).is_ok());
        assert!(text("name", &"é".repeat(101), 100).is_err());
        assert!(text("name", "", 100).is_err());
    }

    #[test]
    fn no_text_holds_a_nul() {
        assert_eq!(text("name", "a\0", 100).unwrap_err().to_string(), "name must not contain the character NUL");
        assert_eq!(without_nul("a\0b", "\0").unwrap_err().field, "ab");
    }

    #[test]
    fn only_web_addresses_pass() {
        for good in ["https://shop.example/a.png", "HTTP://[::1]:8080/", "http://localhost"] {
            assert!(web_address("avatarUrl", good).is_ok(), "{good}");
        }
        for bad in
            ["javascript:alert(1)", "//shop.example", "https://", "https:// a", "data:text/html,x", "https://a\nb", ""]
        {
            assert!(web_address("avatarUrl", bad).is_err(), "{bad}");
        }
    }
}
