use leptos::prelude::*;

use super::notice::Notice;
use crate::i18n::{Key, Texts};

/// A fault of ours.
#[expect(clippy::needless_pass_by_value, reason = "components own their props")]
#[component]
pub fn Broken(
    /// What the operator finds the fault by.
    request_id: String,
) -> impl IntoView {
    let texts: Texts = expect_context();
    let reference = texts.fill(Key::BrokenReference, &[("id", &request_id)]);
    view! {
        <Notice title=texts.get(Key::BrokenTitle).to_owned() text=texts.get(Key::BrokenText).to_owned()>
            // An empty address is the page itself, query and all.
            <p><a class="notice-action" href="">{texts.get(Key::TryAgain).to_owned()}</a></p>
            <p class="notice-reference">{reference}</p>
        </Notice>
    }
}
