use leptos::prelude::*;

use super::notice::Notice;
use crate::i18n::{Key, Texts};

/// More was asked for than one place may ask: a moment later it is here again.
#[component]
pub fn TooMany() -> impl IntoView {
    let texts: Texts = expect_context();
    view! {
        <Notice title=texts.get(Key::TooManyTitle).to_owned() text=texts.get(Key::TooManyText).to_owned()>
            // An empty address is the page itself, query and all.
            <p><a class="notice-action" href="">{texts.get(Key::TryAgain).to_owned()}</a></p>
        </Notice>
    }
}
