use leptos::prelude::*;

use crate::desk::{Desk, History};
use crate::i18n::Key;

/// "Load more".
///
/// A form, because then it is the same button with and without JavaScript: plain HTML goes to an older page.
#[component]
pub fn LoadMore(
    desk: Desk,
    /// Of this page.
    address: String,
) -> impl IntoView {
    // A form that goes by GET replaces the query of its address.
    let looks = address.split_once('?').map_or("", |(_, query)| query).split('&');
    let looks = looks.filter_map(|pair| pair.split_once('=')).map(|(name, value)| {
        view! { <input type="hidden" name=name.to_owned() value=value.to_owned() /> }
    });
    let looks = looks.collect_view();
    view! {
        <form
            class="load-more"
            method="get"
            action=address
            hidden=desk.text(|shown| shown.older.is_none().then(String::new))
            on:submit=move |event| desk.load_older(&event)
        >
            <input type="hidden" name="before" value=desk.text(|shown| shown.older.clone()) />
            {looks}
            <button
                class="quiet-button"
                aria-disabled=desk.text(|shown| (shown.history == History::Loading).then(|| "true".to_owned()))
            >
                {desk.text(|shown| Some(shown.texts.get(label(shown.history)).to_owned()))}
            </button>
        </form>
    }
}

const fn label(history: History) -> Key {
    match history {
        History::Idle => Key::FetchHistory,
        History::Loading => Key::FetchingHistory,
    }
}
