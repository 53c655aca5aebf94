//! Forms: questions that the web chat asks in place.

use serde::{Deserialize, Serialize};

use super::field::checked_fields;
use crate::Invalid;
use crate::content::Field;
use crate::wire::or_off;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Form {
    /// Whether it was answered. Kept by the server.
    #[serde(default, deserialize_with = "or_off")]
    pub submitted: bool,
    /// Whether the composer is closed while this is the newest message.
    #[serde(default, deserialize_with = "or_off")]
    pub block_chat_input: bool,
    pub fields: Vec<Field>,
}

impl Form {
    /// The form as it begins: not submitted, and each field with its defaults.
    /// # Errors
    /// Names the field, as seen from the content: `fields[0].label`.
    pub fn checked(self) -> Result<Self, Invalid> {
        let fields = checked_fields(self.fields, Field::checked_question)?;
        Ok(Self { submitted: false, fields, ..self })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(fields: &str) -> Result<Form, Invalid> {
        serde_json::from_str::<Form>(&format!(r#"{{"submitted":true,"fields":{fields}}}"#)).unwrap().checked()
    }

    #[test]
    fn a_form_begins_with_its_defaults() {
        let form = checked(r#"[{"type":"text","name":"n","label":"l","text":"answered?"}]"#).unwrap();
        assert_eq!(
            serde_json::to_string(&form).unwrap(),
            r#"{"submitted":false,"blockChatInput":false,"fields":[{"type":"text","name":"n","label":"l","minSize":1,"maxSize":128}]}"#
        );
    }

    #[test]
    fn what_is_wrong_with_a_field_names_it() {
        let many = |count: usize| {
            let fields: Vec<String> =
                (0..count).map(|at| format!(r#"{{"type":"email","name":"n{at}","label":"l"}}"#)).collect();
            format!("[{}]", fields.join(","))
        };
        assert!(checked(&many(20)).is_ok());
        for (fields, field) in [
            (many(21).as_str(), "fields"),
            ("[]", "fields"),
            (r#"[{"type":"text","name":"","label":"l"}]"#, "fields[0].name"),
            (r#"[{"type":"text","name":"n","label":"l"},{"type":"email","name":"n","label":"l"}]"#, "fields[1].name"),
            (r#"[{"type":"text","name":"n","label":"l","minSize":0}]"#, "fields[0].minSize"),
            (r#"[{"type":"text","name":"n","label":"l","maxSize":257}]"#, "fields[0].maxSize"),
            (r#"[{"type":"text","name":"n","label":"l","minSize":9,"maxSize":8}]"#, "fields[0].maxSize"),
            (r#"[{"type":"select","name":"n","label":"l"}]"#, "fields[0].options"),
            (
                r#"[{"type":"select","name":"n","label":"l","options":[{"name":"","label":"x"}]}]"#,
                "fields[0].options[0].name",
            ),
        ] {
            assert_eq!(checked(fields).unwrap_err().field, field, "{fields}");
        }
    }
}
