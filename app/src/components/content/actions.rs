//! The buttons of messages.

use domain::{Action, ActionId, ActionType, Content, Message, MessageId, is_link};
use leptos::either::{Either, EitherOf5};
use leptos::prelude::*;

use crate::components::ui::{Icon, IconShape};
use crate::desk::PRESS_FORM;
use crate::i18n::{Key, Texts};

/// Characters of a quick reply that are shown.
const REPLY_CHARACTERS: usize = 40;

/// Whether it stands below the message, and goes with the next one.
fn is_quick(action: &Action) -> bool {
    matches!(action.kind, ActionType::Reply | ActionType::LocationRequest)
}

/// The buttons of `message` that stay; nothing where there are none. `actions` come with their numbers.
pub fn buttons<'a>(
    message: MessageId,
    actions: impl Iterator<Item = (u16, &'a Action)>,
    texts: &Texts,
) -> Option<AnyView> {
    let buttons: Vec<_> = actions
        .filter(|(_, action)| !is_quick(action))
        .map(|(ordinal, action)| view! { <li>{button(ActionId::of(message, ordinal), action, texts)}</li> })
        .collect();
    (!buttons.is_empty()).then(|| view! { <ul class="actions" role="list">{buttons}</ul> }.into_any())
}

/// A button that stays. Without scripts a postback is a press of the page's one form, and the rest are links.
fn button(id: ActionId, action: &Action, texts: &Texts) -> impl IntoView + use<> {
    let text = action.text.clone();
    let address = action.address().filter(|uri| is_link(uri)).map(str::to_owned);
    match (action.kind, address) {
        (ActionType::Link, Some(uri)) => EitherOf5::A(view! {
            <a class="action" href=uri target="_blank" rel="noopener noreferrer nofollow" dir="auto">{text}</a>
        }),
        (ActionType::Webview, Some(uri)) => {
            let size = action.size.map_or("full", |size| size.name());
            let opens = action.open_on_receive.unwrap_or_default().then_some("");
            EitherOf5::B(view! {
                <a
                    class="action"
                    href=uri
                    target="_blank"
                    rel="noopener noreferrer nofollow"
                    data-webview=size
                    data-fallback=action.fallback.clone().filter(|uri| is_link(uri))
                    data-opens=opens
                    dir="auto"
                >
                    {text}
                </a>
            })
        }
        (ActionType::Postback, _) => EitherOf5::C(view! {
            <button class="action" form=PRESS_FORM name="press" value=id.to_string() dir="auto">{text}</button>
        }),
        (ActionType::Buy, _) => EitherOf5::D(view! {
            <button class="action" type="button" disabled dir="auto">{text} {price(action, texts)}</button>
        }),
        _ => EitherOf5::E(view! {
            <span class="action-unknown">{text}" "<small>{texts.get(Key::UnsupportedActionType).to_owned()}</small></span>
        }),
    }
}

/// The amount of a buy, which counts the smallest unit of its currency.
fn price(action: &Action, texts: &Texts) -> Option<impl IntoView + use<>> {
    let currency = action.currency.as_deref().unwrap_or("usd").to_uppercase();
    let amount = spelled(action.amount?, &currency, texts.get(Key::DecimalMark));
    Some(view! { <span class="price">{amount}" "{currency}</span> })
}

/// `amount` in whole units of `currency`, and what is left of the next one.
fn spelled(amount: i64, currency: &str, mark: &str) -> String {
    match currency {
        "BIF" | "CLP" | "DJF" | "GNF" | "ISK" | "JPY" | "KMF" | "KRW" | "PYG" | "RWF" | "UGX" | "VND" | "VUV"
        | "XAF" | "XOF" | "XPF" => amount.to_string(),
        "BHD" | "IQD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND" => format!("{}{mark}{:03}", amount / 1000, amount % 1000),
        _ => format!("{}{mark}{:02}", amount / 100, amount % 100),
    }
}

/// The quick replies of `message` as HTML; `None` where it has none. They are shown below the newest message only.
pub fn replies(message: &Message, texts: &Texts) -> Option<String> {
    let (Content::Text(_) | Content::Image(_)) = &message.content else { return None };
    let replies: Vec<_> = message
        .content
        .actions()
        .filter(|(_, action)| is_quick(action))
        .map(|(ordinal, action)| view! { <li>{reply(ActionId::of(message.id, ordinal), action, texts)}</li> })
        .collect();
    (!replies.is_empty()).then(|| view! { <ul class="replies" role="list">{replies}</ul> }.to_html())
}

fn reply(id: ActionId, action: &Action, texts: &Texts) -> impl IntoView + use<> {
    let text = shortened(&action.text);
    if action.kind == ActionType::LocationRequest {
        return Either::Left(view! {
            // Only a script can find out where somebody is.
            <button class="reply" type="button" data-locate dir="auto">
                <Icon shape=IconShape::Place />
                {text.clone()}
            </button>
            <noscript>
                <p class="reply-note"><strong dir="auto">{text}</strong>" "{texts.get(Key::LocationNotSupported).to_owned()}</p>
            </noscript>
        });
    }
    let icon = action.icon_url.clone().map(|icon| view! { <img class="reply-icon" src=icon alt="" /> });
    Either::Right(view! {
        <button class="reply" form=PRESS_FORM name="press" value=id.to_string() data-says=action.text.clone() dir="auto">
            {icon}
            {text}
        </button>
    })
}

/// At most 40 characters, the last of them a mark where something was cut off.
fn shortened(text: &str) -> String {
    if text.chars().count() <= REPLY_CHARACTERS {
        return text.to_owned();
    }
    let kept: String = text.chars().take(REPLY_CHARACTERS - 1).collect();
    [kept.trim_end(), "…"].concat()
}

#[cfg(test)]
mod tests {
    use super::{shortened, spelled};

    #[test]
    fn a_reply_shows_forty_characters() {
        assert_eq!(shortened("Yes"), "Yes");
        assert_eq!(shortened(&"é".repeat(40)).chars().count(), 40);
        let cut = shortened(&"é".repeat(41));
        assert!(cut.chars().count() == 40 && cut.ends_with('…'));
    }

    #[test]
    fn a_price_has_the_fractions_of_its_currency() {
        assert_eq!(spelled(490, "EUR", ","), "4,90");
        assert_eq!(spelled(5, "USD", "."), "0.05");
        assert_eq!(spelled(500, "JPY", "."), "500");
        assert_eq!(spelled(1500, "KWD", "."), "1.500");
    }
}
