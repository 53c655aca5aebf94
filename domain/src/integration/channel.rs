//! Channels of others: which keys each needs, and which of them are secret.

use serde_json::{Map, Value};

use crate::Invalid;
use crate::invalid::text;

/// Characters of one value; a certificate fits.
const VALUE_CHARACTERS: usize = 16_384;

/// The keys of one type of channel.
#[derive(Debug, PartialEq, Eq)]
struct Channel {
    kind: &'static str,
    required: &'static [&'static str],
    /// One of these is required, where there are any.
    either: &'static [&'static str],
    optional: &'static [&'static str],
}

const fn channel(
    kind: &'static str,
    required: &'static [&'static str],
    either: &'static [&'static str],
    optional: &'static [&'static str],
) -> Channel {
    Channel { kind, required, either, optional }
}

const CHANNELS: &[Channel] = &[
    channel("android", &[], &[], &["projectId", "clientEmail", "privateKey", "serverKey", "senderId"]),
    channel("apple", &["businessId", "apiSecret", "mspId"], &[], &["authenticationMessageSecret"]),
    channel("instagram", &["pageAccessToken", "appId", "appSecret"], &[], &[]),
    channel("ios", &[], &[], &["certificate", "password", "production", "autoUpdateBadge"]),
    channel(
        "line",
        &[],
        &[],
        &["channelId", "channelSecret", "channelAccessToken", "serviceCode", "switcherSecret", "qrCodeUrl", "lineId"],
    ),
    channel("mailgun", &["apiKey", "domain", "incomingAddress"], &[], &["hideUnsubscribeLink", "fromAddress"]),
    channel("messagebird", &["accessKey", "signingKey", "originator"], &[], &[]),
    channel("messenger", &["pageAccessToken", "appId", "appSecret"], &[], &[]),
    channel("telegram", &["token"], &[], &[]),
    channel("twilio", &["accountSid", "authToken"], &["phoneNumberSid", "messagingServiceSid"], &[]),
    channel(
        "twitter",
        &["tier", "consumerKey", "consumerSecret", "accessTokenKey", "accessTokenSecret"],
        &[],
        &["envName"],
    ),
    channel("unity", &[], &[], &[]),
    channel("viber", &["token"], &[], &[]),
    channel(
        "whatsapp",
        &["deploymentId"],
        &[],
        &["hsmFallbackLanguage", "accountId", "accountManagementAccessToken", "phoneNumber"],
    ),
];

/// Written, never shown.
const SECRETS: &[&str] = &[
    "accessKey",
    "accessTokenKey",
    "accessTokenSecret",
    "accountManagementAccessToken",
    "apiKey",
    "apiSecret",
    "appSecret",
    "authToken",
    "authenticationMessageSecret",
    "certificate",
    "channelAccessToken",
    "channelSecret",
    "consumerKey",
    "consumerSecret",
    "pageAccessToken",
    "password",
    "privateKey",
    "serverKey",
    "signingKey",
    "switcherSecret",
    "token",
];

/// What a channel was given.
#[derive(Clone, PartialEq, Eq)]
pub struct ChannelSettings {
    channel: &'static Channel,
    keys: Map<String, Value>,
}

impl std::fmt::Debug for ChannelSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ChannelSettings").field("kind", &self.channel.kind).finish_non_exhaustive()
    }
}

impl ChannelSettings {
    /// A channel of this type, without keys; `None` for an unknown type.
    pub fn new(kind: &str) -> Option<Self> {
        let channel = CHANNELS.iter().find(|channel| channel.kind == kind)?;
        Some(Self { channel, keys: Map::new() })
    }

    pub fn kind(&self) -> &'static str {
        self.channel.kind
    }

    /// All keys, secret ones too.
    pub fn keys(&self) -> &Map<String, Value> {
        &self.keys
    }

    pub(super) fn with_keys(self, keys: Map<String, Value>) -> Self {
        Self { keys, ..self }
    }

    /// The keys that may be shown.
    pub fn shown(&self) -> Map<String, Value> {
        let shown = self.keys.iter().filter(|(key, _)| !SECRETS.contains(&key.as_str()));
        shown.map(|(key, value)| (key.clone(), value.clone())).collect()
    }

    /// The settings with what `given` has of this channel's keys; `null` unsets.
    /// # Errors
    /// The key that is missing or is no text, number or boolean.
    pub(super) fn changed(mut self, given: &Map<String, Value>) -> Result<Self, Invalid> {
        let Channel { required, either, optional, .. } = *self.channel;
        for key in [required, either, optional].into_iter().flatten().copied() {
            match given.get(key) {
                None => {}
                Some(Value::Null) => {
                    self.keys.remove(key);
                }
                Some(Value::String(value)) => {
                    text(key, value, VALUE_CHARACTERS)?;
                    self.keys.insert(key.to_owned(), Value::from(value.as_str()));
                }
                Some(Value::Bool(flag)) if optional.contains(&key) => {
                    self.keys.insert(key.to_owned(), Value::from(*flag));
                }
                Some(_) => return Err(Invalid::new(key, "should be a string")),
            }
        }
        if let Some(missing) = required.iter().find(|key| !self.keys.contains_key(**key)) {
            return Err(Invalid::new(*missing, "is required"));
        }
        if !either.is_empty() && !either.iter().any(|key| self.keys.contains_key(*key)) {
            return Err(Invalid::new(either.join(" or "), "is required"));
        }
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changed(settings: ChannelSettings, given: &str) -> Result<ChannelSettings, Invalid> {
        settings.changed(&serde_json::from_str(given).unwrap())
    }

    #[test]
    fn a_channel_needs_its_keys_and_hides_its_secrets() {
        let twilio = || ChannelSettings::new("twilio").unwrap();
        assert_eq!(changed(twilio(), r#"{"accountSid":"a"}"#).unwrap_err().field, "authToken");
        let neither = changed(twilio(), r#"{"accountSid":"a","authToken":"t"}"#).unwrap_err();
        assert_eq!(neither.field, "phoneNumberSid or messagingServiceSid");
        let good = changed(twilio(), r#"{"accountSid":"a","authToken":"t","phoneNumberSid":"p","x":1}"#).unwrap();
        assert_eq!(Value::from(good.shown()), serde_json::json!({ "accountSid": "a", "phoneNumberSid": "p" }));
        assert_eq!(good.keys().len(), 3);
        assert_eq!(changed(good.clone(), r#"{"authToken":null}"#).unwrap_err().field, "authToken");
        assert_eq!(changed(good, r#"{"authToken":7}"#).unwrap_err().field, "authToken");
    }

    #[test]
    fn every_key_that_sounds_secret_is() {
        let keys = CHANNELS.iter().flat_map(|channel| [channel.required, channel.either, channel.optional]).flatten();
        for key in keys {
            let sounds_so = ["secret", "token", "password", "certificate", "private"];
            let lower = key.to_ascii_lowercase();
            assert!(!sounds_so.iter().any(|word| lower.contains(word)) || SECRETS.contains(key), "{key}");
        }
    }
}
