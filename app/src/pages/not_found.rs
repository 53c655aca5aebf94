use leptos::prelude::*;

use super::notice::Notice;
use crate::i18n::{Key, t};

/// There is no such chat.
#[component]
pub fn NotFound() -> impl IntoView {
    view! { <Notice title=t(Key::NotFoundTitle) text=t(Key::NotFoundText) /> }
}
