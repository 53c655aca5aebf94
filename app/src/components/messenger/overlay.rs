use leptos::prelude::*;

use crate::components::ui::{Icon, IconShape};
use crate::desk::{Desk, OVERLAY, OVERLAY_BODY};
use crate::i18n::Key;

/// Where pictures are shown in full and pages of the business's in place. Closes without a script's help.
#[component]
pub fn Overlay(desk: Desk) -> impl IntoView {
    view! {
        <dialog class="overlay" id=OVERLAY>
            <form class="overlay-bar" method="dialog">
                <button class="overlay-close" aria-label=desk.word(Key::Close)><Icon shape=IconShape::Close /></button>
            </form>
            <div class="overlay-body" id=OVERLAY_BODY></div>
        </dialog>
    }
}
