//! The plain forms that a page posts where no script runs.

use std::borrow::Cow;

use app::TRAP;
use app::start::PRECHAT;
use domain::{ActionId, MessageId};
use percent_encoding::percent_decode;

/// Before the names of the fields of a form in a message.
const FIELD: &str = "field.";

/// Why a posted form could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FormError {
    #[error("{0} is not valid UTF-8")]
    NotUtf8(String),
    #[error("{0} is missing")]
    Missing(&'static str),
    #[error("{0} should be an id of the page")]
    NotAnId(&'static str),
}

/// What was posted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostedForm {
    /// The visitor's token; empty or absent where a cookie says who it is.
    pub visitor: Option<String>,
    /// Whether something stands in the field that people do not see.
    pub is_trapped: bool,
    pub deed: Deed,
}

/// Which of the page's forms it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deed {
    /// The composer.
    Say { client_id: String, text: String },
    /// A button of a message.
    Press(ActionId),
    /// A way to another part of the page, where a link would lose who this is.
    Open(String),
    /// A form in a message.
    Answer {
        /// `None` for what is asked before the first message.
        form: Option<MessageId>,
        /// Only where there is no form to tell a second post by.
        client_id: Option<String>,
        /// By the names of its fields.
        answers: Vec<(String, String)>,
    },
}

impl PostedForm {
    /// Reads `application/x-www-form-urlencoded`. Unlike the usual readers it does not mend broken UTF-8: what is kept is what
    /// was sent.
    /// # Errors
    /// Names the field.
    pub fn parse(body: &[u8]) -> Result<Self, FormError> {
        let mut fields = Vec::new();
        for pair in body.split(|byte| *byte == b'&') {
            let at = pair.iter().position(|byte| *byte == b'=').unwrap_or(pair.len());
            let name = decode("the name of a field", &pair[..at])?;
            let value = decode(&name, pair.get(at + 1..).unwrap_or_default())?;
            fields.push((name, value));
        }
        Self::of(fields)
    }

    /// The form with these fields.
    /// # Errors
    /// Names the field.
    pub fn of(fields: Vec<(String, String)>) -> Result<Self, FormError> {
        let (mut visitor, mut client_id, mut text, mut press, mut form) = (None, None, None, None, None);
        let (mut open, mut is_trapped) = (None, false);
        let mut answers = Vec::new();
        for (name, value) in fields {
            match name.as_str() {
                "visitor" => visitor = Some(value),
                "client_id" => client_id = Some(value),
                // Browsers send every line end of a textarea as CR LF; the visitor typed LF.
                "text" => text = Some(value.replace("\r\n", "\n")),
                "press" => press = Some(value.parse().map_err(|_| FormError::NotAnId("press"))?),
                TRAP => is_trapped = !value.is_empty(),
                "open" => open = Some(value),
                "form" if value == PRECHAT => form = Some(None),
                "form" => form = Some(Some(value.parse().map_err(|_| FormError::NotAnId("form"))?)),
                other => {
                    if let Some(field) = other.strip_prefix(FIELD) {
                        answers.push((field.to_owned(), value));
                    }
                }
            }
        }
        let deed = match (press, form) {
            _ if open.is_some() => Deed::Open(open.unwrap_or_default()),
            (Some(action), _) => Deed::Press(action),
            (None, Some(form)) => Deed::Answer { form, client_id: client_id.filter(|_| form.is_none()), answers },
            (None, None) => Deed::Say {
                client_id: client_id.ok_or(FormError::Missing("client_id"))?,
                // A composer that is closed sends no text.
                text: text.unwrap_or_default(),
            },
        };
        Ok(Self { visitor: visitor.filter(|token| !token.is_empty()), is_trapped, deed })
    }
}

fn decode(field: &str, value: &[u8]) -> Result<String, FormError> {
    let spaced: Cow<'_, [u8]> = if value.contains(&b'+') {
        value.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect::<Vec<_>>().into()
    } else {
        value.into()
    };
    let text = percent_decode(&spaced).decode_utf8().map_err(|_| FormError::NotUtf8(field.to_owned()))?;
    Ok(text.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_read_as_a_browser_sends_it() {
        let form = PostedForm::parse(b"client_id=a-1&visitor=&text=a+b%0D%0Ac%26%3D%F0%9F%98%80%00&other").unwrap();
        let said = Deed::Say { client_id: "a-1".into(), text: "a b\nc&=😀\0".into() };
        assert_eq!((form.visitor, form.deed), (None, said));
    }

    #[test]
    fn a_press_and_an_answer_say_what_they_belong_to() {
        let form = PostedForm::parse(b"visitor=t&press=66b000000000000000000001").unwrap();
        assert_eq!(form.visitor.as_deref(), Some("t"));
        assert_eq!(form.deed, Deed::Press("66b000000000000000000001".parse().unwrap()));
        let form = PostedForm::parse(b"form=66b000000000000000000002&field.a=1&field.field.b=&x=y").unwrap();
        let answers = vec![("a".to_owned(), "1".to_owned()), ("field.b".to_owned(), String::new())];
        assert_eq!(
            form.deed,
            Deed::Answer { form: Some("66b000000000000000000002".parse().unwrap()), client_id: None, answers }
        );
    }

    #[test]
    fn a_composer_without_a_text_says_nothing() {
        let said = Deed::Say { client_id: "a".into(), text: String::new() };
        assert_eq!(PostedForm::parse(b"client_id=a&visitor=t").unwrap().deed, said);
    }

    #[test]
    fn what_is_asked_before_the_first_message_brings_its_own_id() {
        let form = PostedForm::parse(b"form=prechat&client_id=a&field.name=Sam").unwrap();
        let answers = vec![("name".to_owned(), "Sam".to_owned())];
        assert_eq!(form.deed, Deed::Answer { form: None, client_id: Some("a".into()), answers });
    }

    #[test]
    fn the_hidden_field_is_empty_or_was_filled_by_a_program() {
        assert!(!PostedForm::parse(b"client_id=a&text=b&homepage=").unwrap().is_trapped);
        assert!(PostedForm::parse(b"client_id=a&text=b&homepage=http://x.example").unwrap().is_trapped);
    }

    #[test]
    fn what_is_wrong_is_named_and_not_mended() {
        let refused = |body: &[u8]| PostedForm::parse(body).unwrap_err().to_string();
        assert_eq!(refused(b"client_id=a&text=%FF"), "text is not valid UTF-8");
        assert_eq!(refused(b"client_id=a&text=\xff\xfe"), "text is not valid UTF-8");
        assert_eq!(refused(b""), "client_id is missing");
        assert_eq!(refused(b"press=1"), "press should be an id of the page");
    }
}
