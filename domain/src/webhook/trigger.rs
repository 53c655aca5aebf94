//! What a webhook can subscribe to.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A text that names no trigger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no such trigger")]
pub struct NotATrigger;

macro_rules! triggers {
    ($(#[$doc:meta])* $name:ident { $($(#[$what:meta])* $variant:ident = $text:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        pub enum $name { $($(#[$what])* #[cfg_attr(feature = "openapi", schema(rename = $text))] $variant),* }

        impl $name {
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),* }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl FromStr for $name {
            type Err = NotATrigger;
            fn from_str(text: &str) -> Result<Self, NotATrigger> {
                Self::ALL.iter().copied().find(|trigger| trigger.as_str() == text).ok_or(NotATrigger)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

triggers! {
    /// What v2 webhooks hear of. Names are case-sensitive and there is no wildcard.
    Trigger {
        ConversationMessage = "conversation:message",
        ConversationCreate = "conversation:create",
        ConversationRead = "conversation:read",
        ConversationTyping = "conversation:typing",
        ConversationPostback = "conversation:postback",
        ConversationRemove = "conversation:remove",
        ConversationJoin = "conversation:join",
        ConversationLeave = "conversation:leave",
        ConversationReferral = "conversation:referral",
        DeliveryChannel = "conversation:message:delivery:channel",
        DeliveryUser = "conversation:message:delivery:user",
        DeliveryFailure = "conversation:message:delivery:failure",
        UserUpdate = "user:update",
        UserMerge = "user:merge",
        UserRemove = "user:remove",
        ClientAdd = "client:add",
        ClientUpdate = "client:update",
        ClientRemove = "client:remove",
        PassControl = "switchboard:passControl",
        PassControlFailure = "switchboard:passControl:failure",
        OfferControl = "switchboard:offerControl",
        OfferControlFailure = "switchboard:offerControl:failure",
        AcceptControl = "switchboard:acceptControl",
        AcceptControlFailure = "switchboard:acceptControl:failure",
        ReleaseControl = "switchboard:releaseControl",
        PassthroughMessaging = "passthrough:messaging",
    }
}

triggers! {
    /// What v1.1 webhooks hear of, and the names under which they may ask for several at once.
    LegacyTrigger {
        MessageAppUser = "message:appUser",
        MessageAppMaker = "message:appMaker",
        Postback = "postback",
        ConversationRead = "conversation:read",
        TypingAppUser = "typing:appUser",
        ConversationStart = "conversation:start",
        ConversationReferral = "conversation:referral",
        DeliveryChannel = "message:delivery:channel",
        DeliveryUser = "message:delivery:user",
        DeliveryFailure = "message:delivery:failure",
        MergeAppUser = "merge:appUser",
        AppUserDelete = "appUser:delete",
        ClientAdd = "client:add",
        ClientRemove = "client:remove",
        LinkMatch = "link:match",
        LinkSuccess = "link:success",
        LinkFailure = "link:failure",
        PaymentSuccess = "payment:success",
        NotificationDeliveryChannel = "notification:delivery:channel",
        NotificationDeliveryUser = "notification:delivery:user",
        NotificationDeliveryFailure = "notification:delivery:failure",
        /// Both kinds of message; never delivered under this name.
        Message = "message",
        /// All but typing; never delivered under this name.
        All = "*",
    }
}

impl Trigger {
    /// The v1.1 name of such an event, if that version knows it; of a message, it depends on who speaks.
    pub const fn legacy(self, is_by_business: bool) -> Option<LegacyTrigger> {
        Some(match self {
            Self::ConversationMessage if is_by_business => LegacyTrigger::MessageAppMaker,
            Self::ConversationMessage => LegacyTrigger::MessageAppUser,
            Self::ConversationPostback => LegacyTrigger::Postback,
            Self::ConversationRead => LegacyTrigger::ConversationRead,
            Self::ConversationTyping => LegacyTrigger::TypingAppUser,
            Self::ConversationCreate => LegacyTrigger::ConversationStart,
            Self::ConversationReferral => LegacyTrigger::ConversationReferral,
            Self::DeliveryChannel => LegacyTrigger::DeliveryChannel,
            Self::DeliveryUser => LegacyTrigger::DeliveryUser,
            Self::DeliveryFailure => LegacyTrigger::DeliveryFailure,
            Self::UserMerge => LegacyTrigger::MergeAppUser,
            Self::UserRemove => LegacyTrigger::AppUserDelete,
            Self::ClientAdd => LegacyTrigger::ClientAdd,
            Self::ClientRemove => LegacyTrigger::ClientRemove,
            _ => return None,
        })
    }
}

impl LegacyTrigger {
    /// The triggers that this subscription stands for.
    pub fn expanded(self) -> Vec<Self> {
        match self {
            Self::Message => vec![Self::MessageAppUser, Self::MessageAppMaker],
            Self::All => {
                let is_one = |trigger: &Self| !matches!(trigger, Self::Message | Self::All | Self::TypingAppUser);
                Self::ALL.iter().copied().filter(is_one).collect()
            }
            one => vec![one],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn triggers_are_case_sensitive() {
        assert_eq!("conversation:message".parse(), Ok(Trigger::ConversationMessage));
        for wrong in ["Conversation:message", "conversation:*", "*", "", "message:appUser"] {
            assert_eq!(wrong.parse::<Trigger>(), Err(NotATrigger), "{wrong}");
        }
    }

    #[test]
    fn a_wildcard_of_the_older_version_leaves_typing_out() {
        let all = LegacyTrigger::All.expanded();
        assert!(all.contains(&LegacyTrigger::MessageAppMaker) && all.contains(&LegacyTrigger::Postback));
        for never in [LegacyTrigger::TypingAppUser, LegacyTrigger::All, LegacyTrigger::Message] {
            assert!(!all.contains(&never), "{never}");
        }
    }

    #[test]
    fn the_older_name_of_a_message_says_who_spoke() {
        assert_eq!(Trigger::ConversationMessage.legacy(true), Some(LegacyTrigger::MessageAppMaker));
        assert_eq!(Trigger::ConversationMessage.legacy(false), Some(LegacyTrigger::MessageAppUser));
        assert_eq!(Trigger::PassControl.legacy(true), None);
    }
}
