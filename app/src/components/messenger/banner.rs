use leptos::prelude::*;

use crate::desk::Desk;

/// Says when the line to the server is down, and when it is back; empty while all is well.
#[component]
pub fn Banner(desk: Desk) -> impl IntoView {
    view! {
        <p class="banner" role="status" data-line=desk.text(|shown| Some(shown.line.name().to_owned()))>
            {desk.text(|shown| shown.line.key().map(|key| shown.texts.get(key).to_owned()))}
        </p>
    }
}
