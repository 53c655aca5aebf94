use leptos::prelude::*;

use crate::components::ui::{Icon, IconShape};
use crate::desk::{Desk, OVERLAY, OVERLAY_BODY, OVERLAY_OUT};
use crate::i18n::Key;

/// Where pictures are shown in full and pages of the business's in place. Closes without a script's help.
#[component]
pub fn Overlay(desk: Desk) -> impl IntoView {
    view! {
        <dialog class="overlay" id=OVERLAY on:close=move |_| desk.overlay_closed()>
            <form class="overlay-bar" method="dialog">
                // A page may refuse to stand in a frame.
                <a
                    class="overlay-out"
                    id=OVERLAY_OUT
                    target="_blank"
                    rel="noopener noreferrer nofollow"
                    aria-label=desk.word(Key::OpenInNewTab)
                >
                    <Icon shape=IconShape::Out />
                </a>
                <button class="overlay-close" aria-label=desk.word(Key::Close)><Icon shape=IconShape::Close /></button>
            </form>
            <div class="overlay-body" id=OVERLAY_BODY></div>
        </dialog>
    }
}
