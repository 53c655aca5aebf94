use leptos::prelude::*;

use crate::desk::Desk;
use crate::i18n::{Key, t};

/// The way from an older part of the history back to its end.
#[component]
pub fn NewestLink(
    desk: Desk,
    /// Of this page.
    address: String,
) -> impl IntoView {
    view! {
        <a class="quiet-button" href=address hidden=desk.text(|shown| (!shown.newer).then(String::new))>
            {t(Key::NewestMessages)}
        </a>
    }
}
