use leptos::either::Either;
use leptos::prelude::*;

use crate::components::ui::{Icon, IconShape};
use crate::desk::{OVERLAY, OVERLAY_BODY, OVERLAY_OUT, Over};
use crate::i18n::{Key, Texts};

/// Where pictures are shown in full and pages of the business's in place. Closes without a script's help; only a gallery has it open
/// from the start.
pub fn overlay(texts: &Texts, over: Option<Over>) -> impl IntoView + use<> {
    let word = |key| texts.get(key).to_owned();
    let is_open = over.is_some();
    let size = over.as_ref().map(|over| over.size.unwrap_or("picture"));
    let (address, name) = over.as_ref().map(|over| (over.address.clone(), over.name.clone())).unzip();
    let body = over.map(|Over { address, name, size }| match size {
        None => Either::Left(view! { <img src=address alt=name /> }),
        Some(_) => Either::Right(view! { <iframe src=address title=name></iframe> }),
    });
    view! {
        <dialog class="overlay" id=OVERLAY open=is_open aria-label=name data-size=size>
            <form class="overlay-bar" method="dialog">
                // A page may refuse to stand in a frame.
                <a
                    class="overlay-out"
                    id=OVERLAY_OUT
                    href=address
                    target="_blank"
                    rel="noopener noreferrer nofollow"
                    aria-label=word(Key::OpenInNewTab)
                >
                    <Icon shape=IconShape::Out />
                </a>
                <button class="overlay-close" aria-label=word(Key::Close)><Icon shape=IconShape::Close /></button>
            </form>
            <div class="overlay-body" id=OVERLAY_BODY>{body}</div>
        </dialog>
    }
}
