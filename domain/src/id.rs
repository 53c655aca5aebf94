//! Ids: 24 lowercase hex digits, the first 8 of them the second of birth and the next ten bits its millisecond, so that they sort
//! by age, and an index by id grows at its end.

use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{Invalid, Timestamp};

const BYTES: usize = 12;
const DIGITS: &[u8; 16] = b"0123456789abcdef";

/// What a text must look like to be an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an id has 24 lowercase hexadecimal digits")]
pub struct NotAnId;

fn parse(text: &str) -> Result<[u8; BYTES], NotAnId> {
    let digit = |c: u8| match c {
        b'0'..=b'9' => Ok(c - b'0'),
        b'a'..=b'f' => Ok(c - b'a' + 10),
        _ => Err(NotAnId),
    };
    let text: &[u8; BYTES * 2] = text.as_bytes().try_into().map_err(|_| NotAnId)?;
    let mut bytes = [0; BYTES];
    for (byte, pair) in bytes.iter_mut().zip(text.chunks_exact(2)) {
        *byte = digit(pair[0])? << 4 | digit(pair[1])?;
    }
    Ok(bytes)
}

fn write(bytes: [u8; BYTES], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut text = [0; BYTES * 2];
    for (pair, byte) in text.chunks_exact_mut(2).zip(bytes) {
        pair[0] = DIGITS[usize::from(byte >> 4)];
        pair[1] = DIGITS[usize::from(byte & 15)];
    }
    f.write_str(str::from_utf8(&text).expect("hexadecimal digits are ASCII"))
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[cfg_attr(feature = "openapi", schema(
            value_type = String, pattern = "^[0-9a-f]{24}$", example = "65f0a1b2c3d4e5f6aabbccdd"
        ))]
        pub struct $name([u8; BYTES]);

        impl $name {
            /// An id born at `at`; `random` makes it unguessable and unique within its millisecond.
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "seconds fit 32 bits until 2106")]
            pub fn new(at: Timestamp, random: [u8; 8]) -> Self {
                let (second, millis) = (at.millis().div_euclid(1000) as u32, at.millis().rem_euclid(1000) as u16);
                let mut bytes = [0; BYTES];
                bytes[..4].copy_from_slice(&second.to_be_bytes());
                bytes[4..].copy_from_slice(&random);
                let random = u16::from_be_bytes([random[0], random[1]]);
                bytes[4..6].copy_from_slice(&(millis << 6 | random & 0x3f).to_be_bytes());
                Self(bytes)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write(self.0, f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write(self.0, f)
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;
            fn from_str(text: &str) -> Result<Self, NotAnId> {
                parse(text).map(Self)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    )*};
}

ids! {
    /// A tenant.
    AppId
    /// A channel or bot attached to an app; the id in a chat link.
    IntegrationId
    /// A person, anonymous or known to the business.
    UserId
    /// A person's endpoint on a channel.
    ClientId
    /// A browser that speaks for a user.
    SessionId
    /// A thread of messages.
    ConversationId
    /// A user's membership in a conversation.
    ParticipantId
    /// One utterance.
    MessageId
    /// The one switchboard of an app.
    SwitchboardId
    /// An integration's seat at a switchboard.
    SwitchboardIntegrationId
    /// A place to call when something happens.
    WebhookId
    /// Something that happened, as webhooks tell it: the same over all attempts and replays.
    EventId
    /// A message that is kept for sending later.
    TemplateId
    /// A short address that leads to a chat page.
    LinkId
    /// A program that apps may let in by OAuth.
    OAuthClientId
    /// A user, or a network, that an app does not listen to.
    BanId
    /// An action or an item of a message. Derived, never stored: most of the message's id, then which part it is.
    ActionId
}

/// Bytes of a message's id that its parts share.
const SHARED: usize = BYTES - 2;
/// Set in the number of an item; the rest counts on its own.
const ITEM: u16 = 1 << 15;

impl ActionId {
    /// Of action number `ordinal` in `message`.
    pub fn of(message: MessageId, ordinal: u16) -> Self {
        Self::part(message, ordinal & !ITEM)
    }

    /// Of item number `ordinal` in `message`.
    pub fn of_item(message: MessageId, ordinal: u16) -> Self {
        Self::part(message, ordinal | ITEM)
    }

    fn part(message: MessageId, number: u16) -> Self {
        let mut bytes = message.0;
        bytes[SHARED..].copy_from_slice(&number.to_be_bytes());
        Self(bytes)
    }

    /// The ids that its message may have. Two messages in one such range are next to impossible, so whoever looks one up
    /// takes what is there, and then asks it for the action.
    pub fn messages(self) -> RangeInclusive<MessageId> {
        let (mut low, mut high) = (self.0, self.0);
        low[SHARED..].fill(0);
        high[SHARED..].fill(u8::MAX);
        MessageId(low)..=MessageId(high)
    }

    /// The number of the action in its message; `None` for an item.
    pub fn ordinal(self) -> Option<u16> {
        let [.., high, low] = self.0;
        Some(u16::from_be_bytes([high, low])).filter(|number| number & ITEM == 0)
    }
}

/// The sender's own name for a message, made before the first try: what makes sending idempotent.
///
/// 1 to 64 of `A-Z a-z 0-9 _ -`. Unique within a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct ClientMessageId(String);

/// What the ids of the business's own messages begin with.
const OF_BUSINESS: &str = "api-";

impl ClientMessageId {
    /// The id of a message of the business: cut to fit, and never one that a visitor may use.
    /// # Errors
    /// When `name` has other characters.
    pub fn of_business(name: &str) -> Result<Self, Invalid> {
        format!("{OF_BUSINESS}{name}").chars().take(64).collect::<String>().try_into()
    }

    /// Whether only the business may use it: a visitor who guesses such an id could keep a message from being sent.
    pub fn is_of_business(&self) -> bool {
        self.0.starts_with(OF_BUSINESS)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ClientMessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for ClientMessageId {
    type Error = Invalid;
    fn try_from(text: String) -> Result<Self, Invalid> {
        let good =
            (1..=64).contains(&text.len()) && text.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'_' || c == b'-');
        if good { Ok(Self(text)) } else { Err(Invalid::new("client_id", "should be 1 to 64 letters, digits, _ or -")) }
    }
}

impl FromStr for ClientMessageId {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        Self::try_from(text.to_owned())
    }
}

impl<'de> Deserialize<'de> for ClientMessageId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::try_from(String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_survives_its_text() {
        let id: AppId = "65f0a1b2c3d4e5f6aabbccdd".parse().unwrap();
        assert_eq!(id.to_string(), "65f0a1b2c3d4e5f6aabbccdd");
        assert_eq!(serde_json::from_str::<AppId>("\"65f0a1b2c3d4e5f6aabbccdd\"").unwrap(), id);
    }

    #[test]
    fn ids_sort_by_age() {
        let early = UserId::new(Timestamp::from_millis(1_000_000), [0xff; 8]);
        for age in [1_000_001, 1_000_999, 1_001_000] {
            let late = UserId::new(Timestamp::from_millis(age), [0; 8]);
            assert!(early < late && early.to_string() < late.to_string(), "{early} {late}");
        }
    }

    #[test]
    fn an_action_leads_back_to_its_message() {
        let message: MessageId = "65f0a1b2c3d4e5f6aabbccdd".parse().unwrap();
        let action = ActionId::of(message, 258);
        assert_eq!(action.to_string(), "65f0a1b2c3d4e5f6aabb0102");
        assert!(action.messages().contains(&message));
        assert_eq!(action.ordinal(), Some(258));
        assert!(!action.messages().contains(&"65f0a1b2c3d4e5f6aabcccdd".parse().unwrap()));
        let item = ActionId::of_item(message, 0);
        assert!(item != ActionId::of(message, 0) && item.ordinal().is_none());
    }

    #[test]
    fn anything_else_is_refused() {
        for bad in [
            "",
            "65f0a1b2c3d4e5f6aabbccd",
            "65F0A1B2C3D4E5F6AABBCCDD",
            "65f0a1b2c3d4e5f6aabbccdg",
            "é5f0a1b2c3d4e5f6aabbccd",
        ] {
            assert_eq!(bad.parse::<AppId>(), Err(NotAnId), "{bad}");
        }
    }

    #[test]
    fn client_message_ids_are_plain() {
        assert!("0b7f6b1e-0a9d_4C55".parse::<ClientMessageId>().is_ok());
        for bad in ["", "a b", "ü", &"x".repeat(65)] {
            assert!(bad.parse::<ClientMessageId>().is_err(), "{bad}");
        }
    }
}
