//! Templates of a channel; the web has none.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::Invalid;

/// Bytes of a template as JSON.
const TEMPLATE_BYTES: usize = 32 * 1024;

/// A template of `WhatsApp`, kept as given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Template {
    #[cfg_attr(feature = "openapi", schema(value_type = std::collections::BTreeMap<String, Value>))]
    pub template: Map<String, Value>,
}

impl Template {
    /// # Errors
    /// `template` when it is empty or larger than 32 kB.
    pub fn checked(self) -> Result<Self, Invalid> {
        if self.template.is_empty() {
            return Err(Invalid::new("template", "must not be empty"));
        }
        if serde_json::to_vec(&self.template).map_or(usize::MAX, |text| text.len()) > TEMPLATE_BYTES {
            return Err(Invalid::new("template", format!("is limited to {TEMPLATE_BYTES} bytes in size")));
        }
        Ok(self)
    }
}
