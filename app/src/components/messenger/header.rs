use leptos::prelude::*;

use crate::components::ui::Avatar;
use crate::desk::Desk;
use crate::i18n::Key;
use crate::start::{Business, Heading};

/// Whom the visitor talks with, and about what.
#[component]
pub fn Header(
    desk: Desk,
    business: Business,
    heading: Heading,
    /// The way back to the list of conversations.
    back: Option<String>,
) -> impl IntoView {
    let name = heading.name.unwrap_or(business.name);
    let description = heading.description;
    view! {
        <header class="header">
            {back.map(|back| view! {
                <div class="header-way" inner_html=back></div>
                <p class="count" role="status" data-count=desk.text(|shown| elsewhere(shown.elsewhere))>
                    <span class="count-words">
                        {desk.text(|shown| {
                            let count = elsewhere(shown.elsewhere)?;
                            Some(shown.texts.fill(Key::ConversationUnread, &[("count", &count)]))
                        })}
                    </span>
                </p>
            })}
            <Avatar name=name.clone() picture=heading.icon_url.or(business.icon_url) />
            <div class="header-names">
                <h1 class="header-name" dir="auto">{name}</h1>
                {description.map(|description| view! { <p class="header-note" dir="auto">{description}</p> })}
            </div>
        </header>
    }
}

fn elsewhere(count: u32) -> Option<String> {
    (count > 0).then(|| count.to_string())
}
