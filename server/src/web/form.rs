//! The plain form that a page posts where no script runs.

use std::borrow::Cow;

use percent_encoding::percent_decode;

/// Why a posted form could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FormError {
    #[error("{0} is not valid UTF-8")]
    NotUtf8(&'static str),
    #[error("{0} is missing")]
    Missing(&'static str),
}

/// The fields of the composer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComposerForm {
    pub client_id: String,
    /// Empty or absent where a cookie says who it is.
    pub visitor: Option<String>,
    pub text: String,
}

impl ComposerForm {
    /// Reads `application/x-www-form-urlencoded`. Unlike the usual readers it does not mend broken UTF-8: what is kept is what
    /// was sent.
    /// # Errors
    /// Names the field.
    pub fn parse(body: &[u8]) -> Result<Self, FormError> {
        let (mut client_id, mut visitor, mut text) = (None, None, None);
        for pair in body.split(|byte| *byte == b'&') {
            let at = pair.iter().position(|byte| *byte == b'=').unwrap_or(pair.len());
            let (name, value) = (&pair[..at], pair.get(at + 1..).unwrap_or_default());
            match name {
                b"client_id" => client_id = Some(decode("client_id", value)?),
                b"visitor" => visitor = Some(decode("visitor", value)?),
                // Browsers send every line end of a textarea as CR LF; the visitor typed LF.
                b"text" => text = Some(decode("text", value)?.replace("\r\n", "\n")),
                _ => {}
            }
        }
        Ok(Self {
            client_id: client_id.ok_or(FormError::Missing("client_id"))?,
            visitor: visitor.filter(|token| !token.is_empty()),
            text: text.ok_or(FormError::Missing("text"))?,
        })
    }
}

fn decode(field: &'static str, value: &[u8]) -> Result<String, FormError> {
    let spaced: Cow<'_, [u8]> = if value.contains(&b'+') {
        value.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect::<Vec<_>>().into()
    } else {
        value.into()
    };
    let text = percent_decode(&spaced).decode_utf8().map_err(|_| FormError::NotUtf8(field))?;
    Ok(text.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_read_as_a_browser_sends_it() {
        let form = ComposerForm::parse(b"client_id=a-1&visitor=&text=a+b%0D%0Ac%26%3D%F0%9F%98%80%00&other").unwrap();
        assert_eq!((form.client_id.as_str(), form.visitor, form.text.as_str()), ("a-1", None, "a b\nc&=😀\0"));
    }

    #[test]
    fn broken_text_is_named_and_not_mended() {
        assert_eq!(ComposerForm::parse(b"client_id=a&text=%FF"), Err(FormError::NotUtf8("text")));
        assert_eq!(ComposerForm::parse(b"client_id=a&text=\xff\xfe"), Err(FormError::NotUtf8("text")));
        assert_eq!(ComposerForm::parse(b"client_id=a"), Err(FormError::Missing("text")));
        assert_eq!(ComposerForm::parse(b""), Err(FormError::Missing("client_id")));
    }
}
