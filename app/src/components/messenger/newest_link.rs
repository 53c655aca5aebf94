use leptos::prelude::*;

use crate::desk::Desk;
use crate::i18n::Key;

/// The way from an older part of the history back to its end.
#[component]
pub fn NewestLink(
    desk: Desk,
    /// Of this page.
    address: String,
) -> impl IntoView {
    view! {
        <a class="quiet-button" href=address hidden=desk.text(|shown| (!shown.newer).then(String::new))>
            {desk.word(Key::NewestMessages)}
        </a>
    }
}
