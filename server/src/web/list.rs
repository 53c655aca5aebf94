//! The list of conversations, as a page shows it.

use app::i18n::Texts;
use app::start::{Listed, Listing};
use domain::WebIntegration;

use super::Zone;
use super::way::{Wanted, Ways};
use crate::chat::{ConversationList, ListedConversation};

/// Conversations on a page of the list.
pub const LIST_PAGE: u32 = 10;

/// What the page of `integration` shows of `list`, with a way to a new conversation where `lets_begin_more`.
pub fn listing(
    integration: &WebIntegration,
    list: ConversationList,
    lets_begin_more: bool,
    ways: Ways<'_>,
    zone: &Zone,
    texts: &Texts,
    now: domain::Timestamp,
) -> Listing {
    let entry = |listed: ListedConversation| {
        let ListedConversation { conversation, unread_count, newest } = listed;
        let at = conversation.last_updated_at;
        Listed {
            id: conversation.id,
            name: conversation.display_name.unwrap_or_else(|| integration.business_name().to_owned()),
            icon_url: conversation.icon_url.or_else(|| integration.web.business_icon_url.clone()),
            preview: newest.map(|message| app::preview(&message, list.user, texts)).unwrap_or_default(),
            machine: at.to_string(),
            time: app::text::list_time(texts, at.millis(), now.millis(), zone.offset_minutes(at)),
            unread: unread_count,
            way: ways.to(Wanted::One(conversation.id)),
        }
    };
    Listing {
        more: list.more.map(|key| ways.to(Wanted::List(Some(key)))),
        new: lets_begin_more.then(|| ways.to(Wanted::New(None))),
        entries: list.items.into_iter().map(entry).collect(),
    }
}
