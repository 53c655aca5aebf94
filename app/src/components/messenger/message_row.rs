use domain::ClientMessageId;
use leptos::either::Either;
use leptos::prelude::*;

use crate::AppError;
use crate::browser;
use crate::components::content::TextContent;
use crate::components::ui::{Avatar, Icon, IconShape};
use crate::desk::{Desk, problem_text};
use crate::i18n::Key;
use crate::state::{Body, Bubble, Row, Status};

/// A row of the log. Made anew for every change of the row, which changes in the page only what differs.
pub fn row_view(desk: Desk, row: Row) -> impl IntoView {
    match row.body {
        Body::Time { label, machine } => Either::Left(view! {
            <li class="block-time"><time datetime=machine>{label}</time></li>
        }),
        Body::Message(bubble) => Either::Right(message(desk, *bubble)),
    }
}

fn message(desk: Desk, bubble: Bubble) -> impl IntoView {
    let Bubble {
        id,
        mine,
        role,
        name,
        avatar,
        quote,
        text,
        html,
        replies,
        submitted,
        label,
        machine,
        joined,
        status,
        upload,
    } = bubble;
    let author = name.clone();
    let supported = text.is_some().then_some("auto");
    let text = text.or_else(|| html.is_none().then(|| desk.word(Key::UnsupportedMessageType)));
    let failure = match &status {
        Some(Status::Failed { client_id, error, form }) => Some(failure(desk, client_id.clone(), error, *form)),
        _ => None,
    };
    let percent = match status {
        Some(Status::Uploading(percent)) => Some(percent),
        _ => None,
    };
    let cancel = upload.map(|client_id| cancel(desk, client_id, text.as_deref().unwrap_or_default()));
    view! {
        <li
            class="message"
            data-role=role
            data-mine=mine.then_some("")
            data-message-id=id
            data-author=author
            data-joined=joined.then_some("")
            data-status=status.as_ref().map(Status::name)
            data-submitted=submitted.then_some("")
        >
            {name.clone().map(|name| view! { <Avatar name picture=avatar /> })}
            <div class="message-body">
                {name.map(|name| view! { <p class="message-author" dir="auto">{name}</p> })}
                // The text has a direction of its own; the shape of the bubble follows the page's.
                <div class="bubble">
                    {quote.map(|(author, text)| quoted(author, text))}
                    {text.map(|text| view! { <p class="bubble-text" dir=supported><TextContent text /></p> })}
                    {html.map(|html| view! { <div class="rich" inner_html=html></div> })}
                </div>
                <p class="message-meta">
                    <time datetime=machine>{label}</time>
                    {status.as_ref().and_then(Status::key).map(|key| view! { <span class="message-status">{desk.word(key)}</span> })}
                </p>
                {percent.map(|percent| progress(desk, percent))}
                {failure}
                {cancel}
                {replies.map(|replies| view! { <div class="quick" inner_html=replies></div> })}
            </div>
        </li>
    }
}

/// The message that another refers to.
fn quoted(author: String, text: String) -> impl IntoView {
    view! {
        <blockquote class="quote">
            <p class="quote-author" dir="auto">{author}</p>
            <p class="quote-text" dir="auto">{text}</p>
        </blockquote>
    }
}

/// How much of a file is sent.
fn progress(desk: Desk, percent: u8) -> impl IntoView {
    view! { <progress class="upload-bar" max="100" value=percent.to_string() aria-label=desk.word(Key::Uploading)></progress> }
}

/// The way to give up a file.
fn cancel(desk: Desk, client_id: ClientMessageId, name: &str) -> impl IntoView + use<> {
    let label = desk.texts().fill(Key::RemoveFile, &[("name", name)]);
    view! {
        <button class="upload-cancel" type="button" aria-label=label on:click=move |_| desk.cancel_upload(&client_id)>
            <Icon shape=IconShape::Close />
        </button>
    }
}

/// What went wrong with an own message, and the way out.
fn failure(desk: Desk, client_id: ClientMessageId, error: &AppError, form: bool) -> impl IntoView + use<> {
    let reason = (!error.is_transient()).then(|| problem_text(error, &desk.texts()));
    let retry = match (browser::touch_screen(), form) {
        (true, false) => Key::TapToRetry,
        (false, false) => Key::ClickToRetry,
        (true, true) => Key::TapToRetryForm,
        (false, true) => Key::ClickToRetryForm,
    };
    view! {
        <p class="message-failure">
            {reason}
            <button class="retry" type="button" on:click=move |_| desk.retry(&client_id)>
                {desk.word(retry)}
            </button>
        </p>
    }
}
