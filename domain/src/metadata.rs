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

    /// These pairs with those of `patch` over them; a key whose value is `null` goes.
    /// # Errors
    /// As [`Metadata::checked`].
    pub fn patched(mut self, patch: Self) -> Result<Self, Invalid> {
        self.0.extend(patch.0);
        self.checked()
    }

    /// Takes from `other` what is missing here, as far as the size allows; returns the rest of `other`.
    #[must_use]
    pub fn absorb(&mut self, other: Self) -> Self {
        let mut rest = Map::new();
        for (key, value) in other.0 {
            let room = METADATA_BYTES.saturating_sub(self.size());
            let pair = Self(Map::from_iter([(key.clone(), value.clone())]));
            // Braces are there already; a comma is not.
            if self.0.contains_key(&key) || pair.size() > room + 1 {
                rest.insert(key, value);
            } else {
                self.0.insert(key, value);
            }
        }
        Self(rest)
    }

    /// Bytes when serialised.
    fn size(&self) -> usize {
        serde_json::to_vec(&self.0).map_or(usize::MAX, |text| text.len())
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
        if self.size() > METADATA_BYTES {
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

    #[test]
    fn a_patch_goes_key_by_key() {
        let patch = serde_json::from_str(r#"{"a":null,"b":2,"c":3}"#).unwrap();
        let patched = checked(r#"{"a":1,"b":1,"d":4}"#).unwrap().patched(patch).unwrap();
        assert_eq!(serde_json::to_string(&patched).unwrap(), r#"{"b":2,"c":3,"d":4}"#);
        let nested = serde_json::from_str(r#"{"a":{}}"#).unwrap();
        assert_eq!(patched.patched(nested).unwrap_err().field, "metadata.a");
    }

    #[test]
    fn what_does_not_fit_is_left_over() {
        let mut mine = checked(r#"{"a":1}"#).unwrap();
        let blob = "x".repeat(METADATA_BYTES - 20);
        let rest = mine.absorb(checked(&format!(r#"{{"a":2,"b":"{blob}","c":3}}"#)).unwrap());
        assert_eq!(serde_json::to_string(&rest).unwrap(), r#"{"a":2}"#);
        assert!(mine.clone().checked().is_ok());
        let rest = mine.absorb(checked(r#"{"d":"yyyyyyyyyyyyyyyyyyyyyyyy"}"#).unwrap());
        assert!(!rest.is_empty() && mine.checked().is_ok());
    }
}
