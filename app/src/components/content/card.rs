//! Cards: side by side in a carousel, one below the other in a list.

use domain::content::{AspectRatio, Carousel, List};
use domain::item::ItemSize;
use domain::{Action, Item, MessageId, is_link};
use leptos::either::Either;
use leptos::prelude::*;

use super::actions::buttons;
use crate::i18n::Texts;

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
    let target = default.and_then(Action::address).filter(|uri| is_link(uri)).map(str::to_owned);
    let picture = item.media_url.clone().filter(|url| is_link(url)).map(|url| {
        let alt = item.alt_text.clone().unwrap_or_default();
        let picture = view! { <img class="card-picture" src=url alt=alt loading="lazy" decoding="async" /> };
        match target {
            // The same as one of the buttons, so it need not be met twice on the keyboard's way.
            Some(uri) => Either::Left(view! {
                <a href=uri target="_blank" rel="noopener noreferrer nofollow" tabindex="-1" aria-hidden="true">
                    {picture}
                </a>
            }),
            None => Either::Right(picture),
        }
    });
    let description = item.description.clone().filter(|text| !text.is_empty());
    let actions = buttons(message, actions.iter().map(|(ordinal, action)| (*ordinal, action)), texts);
    view! {
        <li class="card" data-size=size>
            {picture}
            <div class="card-words">
                <strong class="card-title" dir="auto">{item.title.clone()}</strong>
                {description.map(|text| view! { <p class="card-description" dir="auto">{text}</p> })}
            </div>
            {actions}
        </li>
    }
}
