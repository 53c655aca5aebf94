use leptos::prelude::*;

use crate::components::ui::{Avatar, Icon, IconShape};
use crate::i18n::{Key, Texts};
use crate::list::{LIST, LIST_PROBLEM, LiveList};
use crate::start::{Listed, Listing, Start, Way};

/// The visitor's conversations, where something happened last first. They are links; in a browser that keeps no cookies, where a
/// link would lose who this is, they are buttons of a form.
#[expect(clippy::needless_pass_by_value, reason = "components own their props")]
#[component]
pub fn Conversations(start: Start, listing: Listing) -> impl IntoView {
    let texts: Texts = expect_context();
    let html = list_html(&listing, start.visitor.as_deref(), &start.address, &texts);
    let new = listing.new.map(|way| {
        let button = view! {
            <Icon shape=IconShape::Write />
            <span class="new-conversation-text">{texts.get(Key::NewConversationButtonText).to_owned()}</span>
        }
        .into_any();
        form(
            start.visitor.as_deref(),
            &start.address,
            door(way, "new-conversation", None, start.visitor.is_some(), button),
        )
    });
    view! {
        <main class="messenger conversations-page">
            <header class="header">
                <Avatar name=start.business.name.clone() picture=start.business.icon_url.clone() />
                <div class="header-names">
                    <h1 class="header-name" dir="auto">{texts.get(Key::ConversationListHeaderText).to_owned()}</h1>
                    <p class="header-note" dir="auto">{start.business.name.clone()}</p>
                </div>
            </header>
            <div class="conversations" id=LIST inner_html=html></div>
            <div class="conversations-foot">
                <p class="conversations-problem" id=LIST_PROBLEM role="alert">
                    <span hidden>{texts.get(Key::CouldNotLoadConversations).to_owned()}</span>
                </p>
                {new}
            </div>
        </main>
        <LiveList />
    }
}

/// The inside of the list. `visitor` is the token of a browser that keeps no cookies, whose forms go to `address`.
pub fn list_html(listing: &Listing, visitor: Option<&str>, address: &str, texts: &Texts) -> String {
    let is_form = visitor.is_some();
    let entries = listing.entries.iter().map(|entry| entry_view(entry, is_form, texts)).collect_view();
    let more = listing.more.clone().map(|way| {
        door(
            way,
            "quiet-button",
            Some("more-conversations".to_owned()),
            is_form,
            texts.get(Key::FetchHistory).to_owned().into_any(),
        )
    });
    let list = view! {
        <ol class="conversations-list" role="list">{entries}</ol>
        {more}
    }
    .into_any();
    form(visitor, address, list).to_html()
}

fn entry_view(entry: &Listed, is_form: bool, texts: &Texts) -> impl IntoView + use<> {
    let Listed { id, name, icon_url, preview, machine, time, unread, way } = entry.clone();
    let inside = view! {
        <Avatar name=name.clone() picture=icon_url />
        <span class="conversation-name" dir="auto">{name}</span>
        <time class="conversation-time" datetime=machine>{time}</time>
        <span class="conversation-preview" dir="auto">{preview}</span>
        {(unread > 0).then(|| count(unread, texts))}
    }
    .into_any();
    let is_unread = (unread > 0).then_some("");
    view! { <li data-unread=is_unread>{door(way, "conversation", Some(format!("conversation-{id}")), is_form, inside)}</li> }
}

/// A number for eyes, which others hear as words.
fn count(unread: u64, texts: &Texts) -> impl IntoView + use<> {
    let number = unread.to_string();
    let words = texts.fill(Key::ConversationUnread, &[("count", &number)]);
    view! { <span class="count" data-count=number><span class="count-words">{words}</span></span> }
}

/// The way from a conversation back to the list, for the page of `start`.
pub fn way_to_list(way: Way, start: &Start, texts: &Texts) -> String {
    let name = view! {
        <Icon shape=IconShape::Back />
        <span class="header-back-text">{texts.get(Key::ConversationListHeaderText).to_owned()}</span>
    }
    .into_any();
    let is_form = start.visitor.is_some();
    form(start.visitor.as_deref(), &start.address, door(way, "header-back", None, is_form, name)).to_html()
}

/// A link, or a button of the form around it.
fn door(way: Way, class: &'static str, id: Option<String>, is_button: bool, inside: AnyView) -> AnyView {
    let Way { address, open } = way;
    if is_button {
        view! { <button class=class id=id name="open" value=open>{inside}</button> }.into_any()
    } else {
        view! { <a class=class id=id href=address>{inside}</a> }.into_any()
    }
}

/// `inside`, in a form that carries the token where there is one.
fn form(visitor: Option<&str>, address: &str, inside: AnyView) -> AnyView {
    let Some(visitor) = visitor else { return inside };
    view! {
        <form class="ways" method="post" action=address.to_owned()>
            <input type="hidden" name="visitor" value=visitor.to_owned() autocomplete="off" />
            {inside}
        </form>
    }
    .into_any()
}
