//! Forms: questions that the web chat asks in place.

use serde::{Deserialize, Serialize};

use super::FormResponse;
use super::field::{Unfit, checked_fields};
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
    #[cfg_attr(feature = "openapi", schema(min_items = 1, max_items = 20))]
    pub fields: Vec<Field>,
}

/// An answer that does not fit its question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrongAnswer {
    /// Name of the field.
    pub field: String,
    pub why: Unfit,
}

impl Form {
    /// The form as it begins: not submitted, and each field with its defaults.
    /// What somebody answered, by the names of the fields; each field is to be answered, and what no field asks for is passed
    /// over.
    /// # Errors
    /// What is wrong, for each field where something is, in their order.
    pub fn answered(&self, answers: &[(String, String)]) -> Result<FormResponse, Vec<WrongAnswer>> {
        let mut wrong = Vec::new();
        let mut fields = Vec::with_capacity(self.fields.len());
        for question in &self.fields {
            let answer = answers.iter().find(|(name, _)| *name == question.name).map_or("", |(_, answer)| answer);
            match question.answered(answer) {
                Ok(field) => fields.push(field),
                Err(why) => wrong.push(WrongAnswer { field: question.name.clone(), why }),
            }
        }
        if wrong.is_empty() { Ok(FormResponse { fields, text_fallback: String::new() }) } else { Err(wrong) }
    }

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
    fn answers_fit_their_questions() {
        let form = checked(
            r#"[{"type":"text","name":"n","label":"Order","minSize":3,"maxSize":5},{"type":"email","name":"e","label":"Mail"},
                {"type":"select","name":"s","label":"Why","options":[{"name":"a","label":"Late"},{"name":"b","label":"Lost"}]}]"#,
        )
        .unwrap();
        let answered =
            |pairs: [(&str, &str); 3]| form.answered(&pairs.map(|(name, answer)| (name.to_owned(), answer.to_owned())));
        let good = answered([("s", "b"), ("n", "4711"), ("e", " sam@shop.example ")]).unwrap().checked().unwrap();
        assert_eq!(good.text_fallback, "Order: 4711\nMail: sam@shop.example\nWhy: Lost");
        for (pairs, wrong) in [
            (
                [("s", ""), ("n", " "), ("x", "y")],
                vec![("n", Unfit::Missing), ("e", Unfit::Missing), ("s", Unfit::Missing)],
            ),
            (
                [("s", "c"), ("n", "12"), ("e", "sam")],
                vec![("n", Unfit::Short(3)), ("e", Unfit::NotMail), ("s", Unfit::NotOffered)],
            ),
            ([("s", "a"), ("n", "123456"), ("e", "a@b")], vec![("n", Unfit::Long(5))]),
        ] {
            let found = answered(pairs).unwrap_err();
            let found: Vec<_> = found.iter().map(|wrong| (wrong.field.as_str(), wrong.why)).collect();
            assert_eq!(found, wrong);
        }
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
