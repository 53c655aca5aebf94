//! Webhooks: where and when a business is called.
//!
//! An event is what happened; a delivery is that event for one webhook; an attempt is one try of it.

mod event;
mod trigger;

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

pub use event::{
    ClientAddReason, ClientRemoveReason, ClientUpdateReason, CreationReason, DeliveryReport, Destination, EventError,
    EventStamp, Merge, Merged, Postback, UserUpdateReason, WebhookEvent,
};
pub use trigger::{LegacyTrigger, NotATrigger, Trigger};

use crate::id::NotAnId;
use crate::invalid::web_address;
use crate::{AppId, IntegrationId, Invalid, Timestamp, WebhookId};

/// Webhooks that an app may have, of both versions together.
pub const WEBHOOKS_PER_APP: u64 = 10;

/// How long the old secret may go on beside a new one, in seconds.
pub const OVERLAP_SECONDS: u32 = 7 * 24 * 60 * 60;

/// Which version of the API a webhook speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum WebhookVersion {
    /// Of a custom integration.
    #[serde(rename = "v2")]
    V2,
    /// Of the app.
    #[serde(rename = "v1.1")]
    V1,
}

impl WebhookVersion {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::V2 => "v2",
            Self::V1 => "v1.1",
        }
    }

    /// What is heard of under `triggers`, each name once: v2 names as they are, older ones expanded and marked `v1:`,
    /// because the two versions share some.
    /// # Errors
    /// Names the trigger that this version does not know.
    pub fn subscriptions(self, triggers: &[String]) -> Result<Vec<String>, Invalid> {
        let mut names = Vec::new();
        for text in triggers {
            let unknown = |_| Invalid::new("triggers", format!("should hold known triggers only, not '{text}'"));
            match self {
                Self::V2 => names.push(text.parse::<Trigger>().map_err(unknown)?.to_string()),
                Self::V1 => {
                    let trigger: LegacyTrigger = text.parse().map_err(unknown)?;
                    names.extend(trigger.expanded().into_iter().map(legacy_subscription));
                }
            }
        }
        names.sort_unstable();
        names.dedup();
        Ok(names)
    }
}

/// The name under which a v1.1 webhook is subscribed to `trigger`.
pub fn legacy_subscription(trigger: LegacyTrigger) -> String {
    format!("v1:{trigger}")
}

/// Where and when to call.
#[derive(Clone, PartialEq, Eq)]
pub struct Webhook {
    pub id: WebhookId,
    pub app: AppId,
    /// `None` for one of the older API, which belongs to the app.
    pub integration: Option<IntegrationId>,
    pub version: WebhookVersion,
    pub target: String,
    /// As the caller wrote them.
    pub triggers: Vec<String>,
    /// 32 bytes in base64: deliveries carry it and are signed with it.
    pub secret: String,
    /// The secret before this one, and until when it is still good.
    pub old_secret: Option<(String, Timestamp)>,
    pub include_full_user: bool,
    pub include_full_source: bool,
}

impl fmt::Debug for Webhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Webhook").field("id", &self.id).field("app", &self.app).finish_non_exhaustive()
    }
}

/// The body of `POST …/webhooks`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct NewWebhook {
    #[cfg_attr(feature = "openapi", schema(value_type = crate::WebAddress))]
    pub target: String,
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<Trigger>, min_items = 1))]
    pub triggers: Vec<String>,
    #[serde(default)]
    pub include_full_user: Option<bool>,
    #[serde(default)]
    pub include_full_source: Option<bool>,
}

impl NewWebhook {
    /// # Errors
    /// `target` or `triggers`.
    pub fn checked(self, version: WebhookVersion) -> Result<Self, Invalid> {
        check(version, &self.target, &self.triggers)?;
        Ok(self)
    }
}

/// The body of `PATCH …/webhooks/{id}`: an absent key stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct WebhookPatch {
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::WebAddress>))]
    pub target: Option<String>,
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Vec<Trigger>>, min_items = 1))]
    pub triggers: Option<Vec<String>>,
    pub include_full_user: Option<bool>,
    pub include_full_source: Option<bool>,
}

impl WebhookPatch {
    /// `webhook` with what this patch names.
    /// # Errors
    /// `target` or `triggers`.
    pub fn apply(self, webhook: Webhook) -> Result<Webhook, Invalid> {
        let target = self.target.unwrap_or(webhook.target);
        let triggers = self.triggers.unwrap_or(webhook.triggers);
        check(webhook.version, &target, &triggers)?;
        Ok(Webhook {
            target,
            triggers,
            include_full_user: self.include_full_user.unwrap_or(webhook.include_full_user),
            include_full_source: self.include_full_source.unwrap_or(webhook.include_full_source),
            ..webhook
        })
    }
}

fn check(version: WebhookVersion, target: &str, triggers: &[String]) -> Result<(), Invalid> {
    web_address("target", target)?;
    if triggers.is_empty() {
        return Err(Invalid::new("triggers", "must not be empty"));
    }
    version.subscriptions(triggers).map(drop)
}

/// One event for one webhook: numbered in the order in which events happened, spelled as 24 hex digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeliveryId(pub i64);

impl fmt::Display for DeliveryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:024x}", self.0)
    }
}

impl FromStr for DeliveryId {
    type Err = NotAnId;
    fn from_str(text: &str) -> Result<Self, NotAnId> {
        let is_id = text.len() == 24 && text.bytes().all(|c| c.is_ascii_digit() || matches!(c, b'a'..=b'f'));
        // The upper half is never used.
        let number = is_id.then(|| i64::from_str_radix(text, 16).ok()).flatten();
        number.map(Self).ok_or(NotAnId)
    }
}

impl Serialize for DeliveryId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// How far a delivery has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum DeliveryState {
    /// To be tried, or tried again.
    Pending,
    Delivered,
    /// Given up.
    Failed,
}

impl DeliveryState {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Delivered => "delivered",
            Self::Failed => "failed",
        }
    }
}

impl FromStr for DeliveryState {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        [Self::Pending, Self::Delivered, Self::Failed]
            .into_iter()
            .find(|state| state.as_str() == text)
            .ok_or_else(|| Invalid::new("filter[state]", "should be pending, delivered or failed"))
    }
}

/// One try.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Attempt {
    /// 1, 2, 3 …
    pub number: u32,
    pub at: Timestamp,
    pub duration_ms: u64,
    /// Where to, at that time.
    pub target: String,
    /// The answer's status; `None` when there was none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// Why there was no answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// The first 4 kB of the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer: Option<String>,
}

/// A delivery as the log shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    pub id: DeliveryId,
    pub webhook: WebhookId,
    pub event: crate::EventId,
    pub trigger: Trigger,
    pub state: DeliveryState,
    pub attempts: u32,
    /// When the event happened.
    pub at: Timestamp,
    /// The delivery that this one repeats.
    pub replay_of: Option<DeliveryId>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new(target: &str, triggers: &[&str]) -> NewWebhook {
        NewWebhook {
            target: target.to_owned(),
            triggers: triggers.iter().map(ToString::to_string).collect(),
            include_full_user: None,
            include_full_source: None,
        }
    }

    #[test]
    fn a_webhook_is_checked_field_by_field() {
        let good = "https://shop.example/hook";
        assert!(new(good, &["conversation:message"]).checked(WebhookVersion::V2).is_ok());
        assert!(new(good, &["*", "message"]).checked(WebhookVersion::V1).is_ok());
        for (target, triggers, field) in [
            ("ftp://shop.example", &["conversation:message"][..], "target"),
            ("shop.example/hook", &["conversation:message"], "target"),
            (good, &[], "triggers"),
            (good, &["conversation:message", "*"], "triggers"),
        ] {
            let refused = new(target, triggers).checked(WebhookVersion::V2).unwrap_err();
            assert_eq!(refused.field, field, "{target} {triggers:?}");
        }
        let unknown = new(good, &["conversation:dance"]).checked(WebhookVersion::V2).unwrap_err();
        assert!(unknown.to_string().contains("conversation:dance"), "{unknown}");
    }

    #[test]
    fn both_versions_may_share_a_name_without_sharing_a_subscription() {
        let names = |version: WebhookVersion, trigger: &str| version.subscriptions(&[trigger.to_owned()]).unwrap();
        assert_eq!(names(WebhookVersion::V2, "conversation:read"), ["conversation:read"]);
        assert_eq!(names(WebhookVersion::V1, "conversation:read"), ["v1:conversation:read"]);
        assert_eq!(names(WebhookVersion::V1, "message"), ["v1:message:appMaker", "v1:message:appUser"]);
    }

    #[test]
    fn a_delivery_has_an_id_like_everything_else() {
        let id = DeliveryId(1234);
        assert_eq!(id.to_string(), "0000000000000000000004d2");
        assert_eq!("0000000000000000000004d2".parse(), Ok(id));
        for bad in ["4d2", "f000000000000000000004d2", "+00000000000000000000004"] {
            assert_eq!(bad.parse::<DeliveryId>(), Err(NotAnId), "{bad}");
        }
    }
}
