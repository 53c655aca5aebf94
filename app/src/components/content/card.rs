//! Cards: side by side in a carousel, one below the other in a list.

use domain::content::{AspectRatio, Carousel, List};
use domain::item::ItemSize;
use domain::{Action, ActionType, Item, MessageId, is_link};
use leptos::prelude::*;

use super::actions::buttons;
use crate::i18n::{Key, Texts};

pub fn carousel(message: MessageId, carousel: &Carousel, texts: &Texts) -> impl IntoView + use<> {
    let ratio = carousel.display_settings.and_then(|settings| settings.image_aspect_ratio);
    let ratio = if ratio == Some(AspectRatio::Square) { "square" } else { "horizontal" };
    view! {
        <ul class="carousel" role="list" tabindex="0" data-ratio=ratio>{cards(message, &carousel.items, texts)}</ul>
    }
}

pub fn list(message: MessageId, list: &List, texts: &Texts) -> impl IntoView + use<> {
    // The list's own actions are numbered after those of its items.
    let own = list.items.iter().map(|item| item.actions.len()).sum::<usize>();
    let own = (0_u16..).skip(own).zip(&list.actions);
    view! {
        <div class="list">
            <ul class="list-items" role="list">{cards(message, &list.items, texts)}</ul>
            {buttons(message, own, texts)}
        </div>
    }
}

/// The items, each with the numbers that its actions have in the message.
fn cards(message: MessageId, items: &[Item], texts: &Texts) -> Vec<impl IntoView + use<>> {
    let mut next = 0_u16;
    let mut numbered = |item: &Item| -> Vec<(u16, Action)> {
        let actions: Vec<_> = (next..).zip(item.actions.iter().cloned()).collect();
        next = next.saturating_add(u16::try_from(actions.len()).unwrap_or(u16::MAX));
        actions
    };
    items.iter().map(|item| card(message, item, &numbered(item), texts)).collect()
}

fn card(message: MessageId, item: &Item, actions: &[(u16, Action)], texts: &Texts) -> impl IntoView + use<> {
    let size = item.size.map(|size| if size == ItemSize::Large { "large" } else { "compact" });
    let default = actions.iter().map(|(_, action)| action).find(|action| action.default.unwrap_or_default());
    let cover = default.and_then(|action| cover(action, &item.title));
    let picture = item.media_url.clone().filter(|url| is_link(url)).map(|url| {
        let alt = item.alt_text.clone().unwrap_or_default();
        view! {
            <div class="card-frame" data-broken=texts.get(Key::UnableToLoadImage).to_owned()>
                <img class="card-picture" src=url alt=alt loading="lazy" decoding="async" />
            </div>
        }
    });
    let description = item.description.clone().filter(|text| !text.is_empty());
    let actions = buttons(message, actions.iter().map(|(ordinal, action)| (*ordinal, action)), texts);
    view! {
        <li class="card" data-size=size>
            {cover}
            {picture}
            <div class="card-words">
                <strong class="card-title" dir="auto">{item.title.clone()}</strong>
                {description.map(|text| view! { <p class="card-description" dir="auto">{text}</p> })}
            </div>
            {actions}
        </li>
    }
}

/// What a press anywhere on a card does: the same as one of its buttons, so it need not be met twice on the keyboard's way.
fn cover(action: &Action, title: &str) -> Option<impl IntoView + use<>> {
    let href = action.address().filter(|uri| is_link(uri))?.to_owned();
    let webview = (action.kind == ActionType::Webview).then(|| action.size.map_or("full", |size| size.name()));
    Some(view! {
        <a
            class="card-cover"
            href=href
            target="_blank"
            rel="noopener noreferrer nofollow"
            tabindex="-1"
            aria-hidden="true"
            data-webview=webview
            data-name=title.to_owned()
            data-fallback=action.fallback.clone().filter(|uri| is_link(uri))
        ></a>
    })
}
