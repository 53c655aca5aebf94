//! What is wrong with an input: which field broke which rule.

use std::borrow::Cow;

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
}

/// Checks that `text` has between 1 and `most` characters (code points, as the contract counts).
pub(crate) fn length(field: &'static str, text: &str, most: usize) -> Result<(), Invalid> {
    // Bytes bound characters from above, so most texts are never counted.
    if text.is_empty() {
        return Err(Invalid::new(field, "must not be empty"));
    }
    if text.len() > most && text.chars().count() > most {
        return Err(Invalid::new(field, format!("should not be longer than {most} characters")));
    }
    Ok(())
}

/// Checks that `text` is an absolute `http` or `https` address of at most 2048 characters.
pub(crate) fn web_address(field: &'static str, text: &str) -> Result<(), Invalid> {
    length(field, text, 2048)?;
    let after_scheme = ["https://", "http://"].iter().find_map(|scheme| {
        let head = text.get(..scheme.len())?;
        head.eq_ignore_ascii_case(scheme).then(|| &text[scheme.len()..])
    });
    let has_host = after_scheme.is_some_and(|rest| rest.starts_with(|c: char| c.is_alphanumeric() || c == '['));
    if has_host && !text.chars().any(|c| c.is_whitespace() || c.is_control()) {
        Ok(())
    } else {
        Err(Invalid::new(field, "should be an absolute http or https URL"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_count_characters_not_bytes() {
        assert!(length("name", &"é".repeat(100), 100).is_ok());
        assert!(length("name", &"é".repeat(101), 100).is_err());
        assert!(length("name", "", 100).is_err());
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
