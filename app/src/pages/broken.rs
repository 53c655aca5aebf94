use leptos::prelude::*;

use super::notice::Notice;
use crate::i18n::{Key, fill, t};

/// A fault of ours.
#[component]
pub fn Broken(
    /// What the operator finds the fault by.
    request_id: String,
) -> impl IntoView {
    view! {
        <Notice title=t(Key::BrokenTitle) text=t(Key::BrokenText)>
            // An empty address is the page itself, query and all.
            <p><a class="notice-action" href="">{t(Key::TryAgain)}</a></p>
            <p class="notice-reference">{fill(t(Key::BrokenReference), &request_id)}</p>
        </Notice>
    }
}
