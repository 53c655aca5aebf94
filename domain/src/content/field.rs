//! Fields of forms, empty and filled in.

use serde::{Deserialize, Serialize};

use crate::Invalid;
use crate::invalid::{counted, each, email, text};
use crate::wire::or_empty;

/// Characters of names, labels and placeholders.
const FIELD_CHARACTERS: usize = 128;
/// Characters that an answer in text may have at most, whatever its field asks for.
const ANSWER_CHARACTERS: u32 = 256;
/// Between these many characters an answer in text has, where its field does not say.
const DEFAULT_SIZES: (u32, u32) = (1, 128);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum FieldType {
    Text,
    Email,
    /// One of some options.
    Select,
}

/// A question, or its answer. A flat struct, as an action is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Field {
    #[serde(rename = "type")]
    pub kind: FieldType,
    /// Unique in its form.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 128))]
    pub name: String,
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 128))]
    pub label: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 128))]
    pub placeholder: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 256))]
    pub min_size: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 256))]
    pub max_size: Option<u32>,
    #[serde(default, deserialize_with = "or_empty", skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<Choice>,
    /// The answer to a text field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The answer to an e-mail field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// The answer to a select field.
    #[serde(default, deserialize_with = "or_empty", skip_serializing_if = "Vec::is_empty")]
    pub select: Vec<Choice>,
}

/// One of the options of a select field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Choice {
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 128))]
    pub name: String,
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 128))]
    pub label: String,
}

impl Choice {
    fn checked(self) -> Result<Self, Invalid> {
        text("name", &self.name, FIELD_CHARACTERS)?;
        text("label", &self.label, FIELD_CHARACTERS)?;
        Ok(self)
    }
}

/// Why an answer does not fit its question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unfit {
    Missing,
    NotMail,
    /// Fewer characters than this.
    Short(u32),
    /// More characters than this.
    Long(u32),
    /// None of the options.
    NotOffered,
}

impl Field {
    /// A question of this kind, with the sizes that go without saying.
    pub fn question(kind: FieldType, name: &str, label: &str) -> Self {
        let sizes = (kind == FieldType::Text).then_some(DEFAULT_SIZES);
        Self {
            kind,
            name: name.to_owned(),
            label: label.to_owned(),
            placeholder: None,
            min_size: sizes.map(|(min, _)| min),
            max_size: sizes.map(|(_, max)| max),
            options: Vec::new(),
            text: None,
            email: None,
            select: Vec::new(),
        }
    }

    /// This question with `answer`, the name of an option where it offers some.
    pub(super) fn answered(&self, answer: &str) -> Result<Self, Unfit> {
        let answer = if self.kind == FieldType::Text { answer } else { answer.trim() };
        if answer.trim().is_empty() {
            return Err(Unfit::Missing);
        }
        let characters = u32::try_from(answer.chars().count()).unwrap_or(u32::MAX);
        let bare = Self { placeholder: None, min_size: None, max_size: None, options: Vec::new(), ..self.clone() };
        match self.kind {
            FieldType::Text => match (self.min_size, self.max_size.unwrap_or(DEFAULT_SIZES.1)) {
                (Some(min), _) if characters < min => Err(Unfit::Short(min)),
                (_, max) if characters > max => Err(Unfit::Long(max)),
                _ => Ok(Self { text: Some(answer.to_owned()), ..bare }),
            },
            FieldType::Email if characters as usize > FIELD_CHARACTERS => Err(Unfit::Long(DEFAULT_SIZES.1)),
            FieldType::Email => {
                email("email", answer).map_err(|_| Unfit::NotMail)?;
                Ok(Self { email: Some(answer.to_owned()), ..bare })
            }
            FieldType::Select => {
                let chosen = self.options.iter().find(|option| option.name == answer).ok_or(Unfit::NotOffered)?;
                Ok(Self { select: vec![chosen.clone()], ..bare })
            }
        }
    }

    /// The field as a question: without an answer, with the default sizes.
    /// # Errors
    /// Names the field's field: `label`.
    pub fn checked_question(self) -> Result<Self, Invalid> {
        let bare = self.named()?;
        self.placeholder.as_deref().map_or(Ok(()), |hint| text("placeholder", hint, FIELD_CHARACTERS))?;
        let bare = Self { placeholder: self.placeholder, ..bare };
        Ok(match self.kind {
            FieldType::Text => {
                let (min, max) = sizes(self.min_size, self.max_size)?;
                Self { min_size: Some(min), max_size: Some(max), ..bare }
            }
            FieldType::Email => bare,
            FieldType::Select => {
                counted("options", &self.options, 200)?;
                Self { options: each("options", self.options, Choice::checked)?, ..bare }
            }
        })
    }

    /// The field as an answer: without what only the question needs.
    /// # Errors
    /// Names the field's field: `email`.
    pub fn checked_answer(self) -> Result<Self, Invalid> {
        let bare = self.named()?;
        let required = |field| Invalid::new(field, "is required");
        Ok(match self.kind {
            FieldType::Text => {
                let answer = self.text.ok_or_else(|| required("text"))?;
                text("text", &answer, ANSWER_CHARACTERS as usize)?;
                Self { text: Some(answer), ..bare }
            }
            FieldType::Email => {
                let answer = self.email.ok_or_else(|| required("email"))?;
                text("email", &answer, FIELD_CHARACTERS)?;
                email("email", &answer)?;
                Self { email: Some(answer), ..bare }
            }
            FieldType::Select => {
                counted("select", &self.select, 200)?;
                Self { select: each("select", self.select, Choice::checked)?, ..bare }
            }
        })
    }

    /// The answer in words; empty for a question.
    pub fn answer(&self) -> String {
        match self.kind {
            FieldType::Text => self.text.clone().unwrap_or_default(),
            FieldType::Email => self.email.clone().unwrap_or_default(),
            FieldType::Select => {
                let labels: Vec<&str> = self.select.iter().map(|choice| choice.label.as_str()).collect();
                labels.join(", ")
            }
        }
    }

    /// The field with kind, name and label alone.
    fn named(&self) -> Result<Self, Invalid> {
        text("name", &self.name, FIELD_CHARACTERS)?;
        text("label", &self.label, FIELD_CHARACTERS)?;
        Ok(Self {
            kind: self.kind,
            name: self.name.clone(),
            label: self.label.clone(),
            placeholder: None,
            min_size: None,
            max_size: None,
            options: Vec::new(),
            text: None,
            email: None,
            select: Vec::new(),
        })
    }
}

/// One to twenty fields, each by `check`, no two of one name.
pub(super) fn checked_fields(
    fields: Vec<Field>,
    check: fn(Field) -> Result<Field, Invalid>,
) -> Result<Vec<Field>, Invalid> {
    counted("fields", &fields, 20)?;
    let fields = each("fields", fields, check)?;
    for (at, field) in fields.iter().enumerate() {
        if fields[..at].iter().any(|before| before.name == field.name) {
            return Err(Invalid::new(format!("fields[{at}].name"), "should be unique in its form"));
        }
    }
    Ok(fields)
}

fn sizes(min: Option<u32>, max: Option<u32>) -> Result<(u32, u32), Invalid> {
    for (field, size) in [("minSize", min), ("maxSize", max)] {
        if size.is_some_and(|size| !(1..=ANSWER_CHARACTERS).contains(&size)) {
            return Err(Invalid::new(field, format!("should be a number from 1 to {ANSWER_CHARACTERS}")));
        }
    }
    let min = min.unwrap_or(DEFAULT_SIZES.0);
    let max = max.unwrap_or(DEFAULT_SIZES.1.max(min));
    if min > max { Err(Invalid::new("maxSize", "should not be less than minSize")) } else { Ok((min, max)) }
}
