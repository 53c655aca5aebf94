use leptos::prelude::*;

use super::notice::Notice;
use crate::i18n::{Key, Texts};

/// There is no such chat.
#[component]
pub fn NotFound() -> impl IntoView {
    let texts: Texts = expect_context();
    view! { <Notice title=texts.get(Key::NotFoundTitle).to_owned() text=texts.get(Key::NotFoundText).to_owned() /> }
}
