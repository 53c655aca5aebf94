use leptos::prelude::*;

use super::load_more::LoadMore;
use super::message_row::row_view;
use super::newest_link::NewestLink;
use crate::components::ui::{Avatar, Icon, IconShape};
use crate::desk::{Desk, History};
use crate::i18n::Key;
use crate::start::Business;

/// The messages, oldest first, with the greeting and "Load more" above them.
///
/// The log scrolls from its end (its one child is laid out upwards), so it opens at the newest message without any script,
/// and history put in at the top moves nothing.
#[component]
pub fn Log(
    desk: Desk,
    business: Business,
    /// What is asked before the first message.
    prechat: Option<String>,
    /// Of this page, for other parts of the history.
    address: String,
) -> impl IntoView {
    view! {
        <div class="log-frame">
            <div
                class="log"
                id="log"
                role="log"
                tabindex="0"
                aria-label=desk.word(Key::Messages)
                aria-busy=desk.text(|shown| (shown.history == History::Loading).then(|| "true".to_owned()))
                data-conversation-id=desk.text(|shown| shown.conversation.map(|id| id.to_string()))
                on:scroll=move |_| desk.scrolled()
            >
                <div class="log-content">
                    <div class="intro">
                        <Avatar name=business.name picture=business.icon_url />
                        <p class="intro-title">{desk.word(Key::HeaderText)}</p>
                        <p class="intro-text">{desk.word(Key::IntroductionText)}</p>
                    </div>
                    <LoadMore desk address=address.clone() />
                    <ol class="rows" role="list">
                        <For each=move || desk.rows.get() key=|row| row.key.clone() let(row)>
                            {move || row_view(desk, row.row.get())}
                        </For>
                    </ol>
                    {prechat.map(|html| {
                        let hidden = desk.text(|shown| (!shown.asks).then(String::new));
                        view! { <div class="prechat" hidden=hidden inner_html=html></div> }
                    })}
                    <NewestLink desk address />
                </div>
            </div>
            <button
                class="newest"
                type="button"
                hidden=desk.text(|shown| (shown.unseen == 0).then(String::new))
                on:click=move |_| desk.show_newest()
            >
                <Icon shape=IconShape::Newest />
                {desk.text(|shown| Some(shown.texts.new_messages(shown.unseen)))}
            </button>
        </div>
    }
}
