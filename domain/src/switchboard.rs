//! Switchboards: which program of a business answers a conversation now.

use serde::{Deserialize, Serialize};

use crate::patch::present;
use crate::{IntegrationId, Invalid, SwitchboardId, SwitchboardIntegrationId};

/// Seats that a switchboard may have.
pub const SEATS: usize = 10;

/// The one switchboard of an app.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Switchboard {
    pub id: SwitchboardId,
    /// While off, every integration hears of everything.
    pub enabled: bool,
    /// Whose new conversations are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_switchboard_integration_id: Option<SwitchboardIntegrationId>,
}

/// An integration's seat at a switchboard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct SwitchboardIntegration {
    pub id: SwitchboardIntegrationId,
    pub name: String,
    pub integration_id: IntegrationId,
    pub integration_type: String,
    /// Whether it hears of conversations that are not its own.
    pub deliver_standby_events: bool,
    /// Who is next after it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_switchboard_integration_id: Option<SwitchboardIntegrationId>,
    /// How many messages it is shown when it takes over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message_history_count: Option<u32>,
}

/// The body of `PATCH …/switchboards/{id}`: an absent key stays, `null` unsets.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct SwitchboardPatch {
    #[serde(default)]
    pub enabled: Option<bool>,
    #[serde(default, deserialize_with = "present")]
    pub default_switchboard_integration_id: Option<Option<SwitchboardIntegrationId>>,
}

impl SwitchboardPatch {
    /// `switchboard` with what this patch changes.
    /// # Errors
    /// `defaultSwitchboardIntegrationId` when it would be on without one.
    pub fn apply(self, switchboard: Switchboard) -> Result<Switchboard, Invalid> {
        let default = self.default_switchboard_integration_id.unwrap_or(switchboard.default_switchboard_integration_id);
        let enabled = self.enabled.unwrap_or(switchboard.enabled);
        if enabled && default.is_none() {
            let rule = "is required for a switchboard that is enabled";
            return Err(Invalid::new("defaultSwitchboardIntegrationId", rule));
        }
        Ok(Switchboard { enabled, default_switchboard_integration_id: default, ..switchboard })
    }
}

/// The body of `PATCH …/switchboardIntegrations/{id}`: an absent key stays, `null` unsets.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct SeatPatch {
    /// 1 to 128 letters, digits, `_` and `-`; unique at its switchboard.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(pattern = "^[A-Za-z0-9_-]{1,128}$"))]
    pub name: Option<String>,
    /// A custom integration.
    #[serde(default)]
    pub integration_id: Option<IntegrationId>,
    /// The type of an integration that was let in by OAuth.
    #[serde(default)]
    pub integration_type: Option<String>,
    #[serde(default)]
    pub deliver_standby_events: Option<bool>,
    #[serde(default, deserialize_with = "present")]
    pub next_switchboard_integration_id: Option<Option<SwitchboardIntegrationId>>,
    #[serde(default, deserialize_with = "present")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<u32>, minimum = 1, maximum = 10))]
    pub message_history_count: Option<Option<u32>>,
}

/// Which integration takes a seat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sitter {
    Id(IntegrationId),
    Type(String),
}

impl SeatPatch {
    /// # Errors
    /// The first field that broke a rule.
    pub fn checked(self) -> Result<Self, Invalid> {
        if self.name.as_deref().is_some_and(|name| !is_name(name)) {
            return Err(Invalid::new("name", "should be 1 to 128 letters, digits, _ or -"));
        }
        if self.message_history_count.flatten().is_some_and(|count| !(1..=10).contains(&count)) {
            return Err(Invalid::new("messageHistoryCount", "should be a number from 1 to 10"));
        }
        Ok(self)
    }

    /// The integration that the patch names, if it names one.
    /// # Errors
    /// When it names two.
    pub fn sitter(&self) -> Result<Option<Sitter>, Invalid> {
        match (self.integration_id, &self.integration_type) {
            (None, None) => Ok(None),
            (Some(id), None) => Ok(Some(Sitter::Id(id))),
            (None, Some(kind)) => Ok(Some(Sitter::Type(kind.clone()))),
            (Some(_), Some(_)) => {
                Err(Invalid::new("integrationId", "should not be given together with integrationType"))
            }
        }
    }

    /// `seat` with what this patch changes, but for who sits there.
    #[must_use]
    pub fn apply(self, seat: SwitchboardIntegration) -> SwitchboardIntegration {
        SwitchboardIntegration {
            name: self.name.unwrap_or(seat.name),
            deliver_standby_events: self.deliver_standby_events.unwrap_or(seat.deliver_standby_events),
            next_switchboard_integration_id: self
                .next_switchboard_integration_id
                .unwrap_or(seat.next_switchboard_integration_id),
            message_history_count: self.message_history_count.unwrap_or(seat.message_history_count),
            ..seat
        }
    }
}

fn is_name(text: &str) -> bool {
    (1..=128).contains(&text.len()) && text.bytes().all(|c| c.is_ascii_alphanumeric() || matches!(c, b'_' | b'-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_switchboard_without_a_default_can_not_be_switched_on() {
        let off = Switchboard {
            id: SwitchboardId::new(crate::Timestamp::default(), [1; 8]),
            enabled: false,
            default_switchboard_integration_id: None,
        };
        let patch = |body: &str| serde_json::from_str::<SwitchboardPatch>(body).unwrap();
        assert_eq!(patch(r#"{"enabled":true}"#).apply(off).unwrap_err().field, "defaultSwitchboardIntegrationId");
        let both = r#"{"enabled":true,"defaultSwitchboardIntegrationId":"65f0a1b2c3d4e5f6aabbccdd"}"#;
        let on = patch(both).apply(off).unwrap();
        assert!(patch(r#"{"defaultSwitchboardIntegrationId":null}"#).apply(on).is_err());
        assert!(!patch(r#"{"enabled":false}"#).apply(on).unwrap().enabled);
    }

    #[test]
    fn a_seat_is_checked_field_by_field() {
        let refused = |body: &str| serde_json::from_str::<SeatPatch>(body).unwrap().checked().unwrap_err().field;
        for name in ["", "a b", "é", &"x".repeat(129)] {
            assert_eq!(refused(&format!(r#"{{"name":"{name}"}}"#)), "name", "{name}");
        }
        assert_eq!(refused(r#"{"messageHistoryCount":0}"#), "messageHistoryCount");
        assert_eq!(refused(r#"{"messageHistoryCount":11}"#), "messageHistoryCount");
    }
}
