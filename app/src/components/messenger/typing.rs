use leptos::prelude::*;

use crate::components::ui::Avatar;
use crate::desk::Desk;
use crate::i18n::Key;

/// Who of the business is writing. Its place is always kept, so that nothing moves when somebody begins.
#[component]
pub fn TypingIndicator(desk: Desk) -> impl IntoView {
    let name = |shown: &crate::desk::Shown| shown.typing.as_ref().map(|writing| writing.name.clone());
    view! {
        <p class="typing" role="status" data-name=desk.text(name)>
            {move || {
                let writing = desk.shown.with(|shown| shown.typing.clone());
                writing.map(|writing| view! { <Avatar name=writing.name picture=writing.avatar /> })
            }}
            <span class="typing-dots" aria-hidden="true"><i></i><i></i><i></i></span>
            {desk.text(|shown| Some(shown.texts.fill(Key::Typing, &[("name", &shown.typing.as_ref()?.name)])))}
        </p>
    }
}
