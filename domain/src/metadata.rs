//! The flat map that a business may hang on most objects.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::Invalid;

/// A flat object of strings, numbers and booleans; at most 4096 bytes serialised.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(value_type = std::collections::BTreeMap<String, Flat>, example = json!({ "tier": "gold", "visits": 3 })))]
#[serde(transparent)]
pub struct Metadata(Map<String, Value>);

/// What a key of [`Metadata`] may hold, for the API's description.
#[cfg(feature = "openapi")]
#[derive(utoipa::ToSchema, Serialize)]
#[serde(untagged)]
pub enum Flat {
    Text(String),
    Number(f64),
    Truth(bool),
}

/// Bytes, not characters: the one limit that the contract counts so.
pub const METADATA_BYTES: usize = 4096;

impl Metadata {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Checks flatness and size; a key whose value is `null` is left out.
    /// # Errors
    /// Names `metadata` and, where one value is to blame, its key.
    pub fn checked(mut self) -> Result<Self, Invalid> {
        self.0.retain(|_, value| !value.is_null());
        if let Some((key, _)) = self.0.iter().find(|(_, value)| value.is_object() || value.is_array()) {
            let key: String = key.chars().take(64).collect();
            return Err(Invalid::new(format!("metadata.{key}"), "should be a string, a number or a boolean"));
        }
        if serde_json::to_vec(&self.0).map_or(usize::MAX, |text| text.len()) > METADATA_BYTES {
            return Err(Invalid::new("metadata", format!("is limited to {METADATA_BYTES} bytes in size")));
        }
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(text: &str) -> Result<Metadata, Invalid> {
        serde_json::from_str::<Metadata>(text).unwrap().checked()
    }

    #[test]
    fn flat_values_pass_and_null_clears() {
        let metadata = checked(r#"{"ticket":4711,"urgent":false,"__proto__":"x","gone":null}"#).unwrap();
        assert_eq!(serde_json::to_string(&metadata).unwrap(), r#"{"__proto__":"x","ticket":4711,"urgent":false}"#);
    }

    #[test]
    fn nested_and_oversized_metadata_is_refused_by_name() {
        assert_eq!(checked(r#"{"a":{"b":1}}"#).unwrap_err().field, "metadata.a");
        assert_eq!(checked(r#"{"a":[1]}"#).unwrap_err().field, "metadata.a");
        let big = format!(r#"{{"blob":"{}"}}"#, "x".repeat(METADATA_BYTES));
        assert_eq!(checked(&big).unwrap_err().field, "metadata");
    }
}
