//! Answers to forms; only the web chat makes them.

use serde::{Deserialize, Serialize};

use super::field::checked_fields;
use crate::Invalid;
use crate::content::Field;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct FormResponse {
    pub fields: Vec<Field>,
    /// `label: answer`, a line each, made by the server.
    #[serde(default)]
    pub text_fallback: String,
}

impl FormResponse {
    /// The answers with their `textFallback`.
    /// # Errors
    /// Names the field, as seen from the content: `fields[0].email`.
    pub fn checked(self) -> Result<Self, Invalid> {
        let fields = checked_fields(self.fields, Field::checked_answer)?;
        let lines: Vec<String> = fields.iter().map(|field| format!("{}: {}", field.label, field.answer())).collect();
        Ok(Self { text_fallback: lines.join("\n"), fields })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(fields: &str) -> Result<FormResponse, Invalid> {
        serde_json::from_str::<FormResponse>(&format!(r#"{{"fields":{fields}}}"#)).unwrap().checked()
    }

    #[test]
    fn every_field_brings_its_answer() {
        for (fields, field) in [
            (r#"[{"type":"text","name":"n","label":"l"}]"#, "fields[0].text"),
            (r#"[{"type":"email","name":"n","label":"l","email":"nobody"}]"#, "fields[0].email"),
            (r#"[{"type":"select","name":"n","label":"l","select":[]}]"#, "fields[0].select"),
        ] {
            assert_eq!(checked(fields).unwrap_err().field, field, "{fields}");
        }
    }

    #[test]
    fn answers_are_lines_of_text() {
        let answers = r#"[{"type":"text","name":"n","label":"Order","text":"4711"},
            {"type":"select","name":"r","label":"Why","select":[{"name":"a","label":"Late"},{"name":"b","label":"Lost"}]}]"#;
        assert_eq!(checked(answers).unwrap().text_fallback, "Order: 4711\nWhy: Late, Lost");
    }
}
