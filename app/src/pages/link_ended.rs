use domain::LinkEnd;
use leptos::prelude::*;

use super::notice::Notice;
use crate::i18n::{Key, Texts};

/// What a page says of a link that ended so.
pub const fn title_of_end(end: LinkEnd) -> Key {
    match end {
        LinkEnd::Revoked => Key::LinkRevoked,
        LinkEnd::Expired => Key::LinkExpired,
        LinkEnd::UsedUp => Key::LinkUsedUp,
    }
}

/// A short link that leads nowhere any more.
#[component]
pub fn LinkEnded(
    end: LinkEnd,
    /// Where the chat itself is, if the visitor may be shown the way.
    chat: Option<String>,
) -> impl IntoView {
    let texts: Texts = expect_context();
    let open = texts.get(Key::OpenChat).to_owned();
    view! {
        <Notice title=texts.get(title_of_end(end)).to_owned() text=texts.get(Key::LinkEndedText).to_owned()>
            {chat.map(|chat| view! { <p><a class="notice-action" href=chat>{open}</a></p> })}
        </Notice>
    }
}
