//! The product's language: pure data and rules, no I/O.
//!
//! Everything here serialises to the shape of the Sunshine Conversations v2 API and is compiled twice, for the server
//! and for the browser, so it stays small: no clock, no randomness, no formatting beyond what the wire needs.

pub mod action;
pub mod activity;
pub mod animal_name;
pub mod app;
pub mod attachment;
pub mod client;
pub mod content;
pub mod conversation;
pub mod event;
pub mod id;
pub mod integration;
pub mod invalid;
pub mod item;
pub mod link;
pub mod mask;
pub mod menu;
pub mod message;
pub mod metadata;
pub mod page;
pub mod participant;
mod patch;
pub mod session;
pub mod switchboard;
pub mod timestamp;
pub mod user;
pub mod webhook;
mod wire;

pub use action::{Action, ActionPlace, ActionType};
pub use activity::{Activity, ActivityType};
pub use app::{ApiKey, App, AppPatch, AppSettings, KeyId, KeyScope, NewApp, SettingsPatch};
pub use attachment::{Access, Attachment, AttachmentKey, FILE_BYTES, Pixels, Thumbnail};
pub use client::{Client, ClientStatus, ClientType, Device, DeviceInfo, NewClient};
pub use content::{Content, Text};
pub use conversation::{
    Conversation, ConversationPatch, ConversationType, ListKey, NewConversation, SwitchboardSeat, TruncatedConversation,
};
pub use event::{ConversationRef, Event, EventKind, Payload};
pub use id::{
    ActionId, AppId, BanId, ClientId, ClientMessageId, ConversationId, EventId, IntegrationId, LinkId, MessageId,
    OAuthClientId, ParticipantId, SessionId, SwitchboardId, SwitchboardIntegrationId, TemplateId, UserId, WebhookId,
};
pub use integration::{Color, Integration, IntegrationPatch, IntegrationSettings, Locale, WebIntegration, WebSettings};
#[cfg(feature = "openapi")]
pub use invalid::WebAddress;
pub use invalid::{Invalid, is_link, without_nul};
pub use item::Item;
pub use link::{Arrival, Link, LinkEnd, LinkPatch, NewLink, Slug};
pub use menu::{Menu, MenuItem, MenuItemType, NewMenu};
pub use message::{Author, AuthorType, Draft, Message, Quoted, QuotedMessage, Source};
pub use metadata::Metadata;
pub use page::{Cursor, Page, PageRequest};
pub use participant::{Invitee, Leaver, Participant, ParticipantRef, UserRef};
pub use session::Session;
pub use switchboard::{SeatPatch, Sitter, Switchboard, SwitchboardIntegration, SwitchboardPatch};
pub use timestamp::Timestamp;
pub use user::{NewUser, Profile, TruncatedUser, User, UserPatch};
pub use webhook::{Trigger, Webhook, WebhookEvent};
