use leptos::prelude::*;

use crate::desk::Desk;
use crate::i18n::Key;

/// Who of the business is writing. Its place is always kept, so that nothing moves when somebody begins.
#[component]
pub fn TypingIndicator(desk: Desk) -> impl IntoView {
    view! {
        <p class="typing" role="status" data-name=desk.text(|shown| shown.typing.clone())>
            <span class="typing-dots" aria-hidden="true"><i></i><i></i><i></i></span>
            {desk.text(|shown| shown.typing.as_ref().map(|name| shown.texts.fill(Key::Typing, &[("name", name)])))}
        </p>
    }
}
