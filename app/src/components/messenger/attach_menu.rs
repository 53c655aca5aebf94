use leptos::prelude::*;

use super::composer::{ATTACH_MENU, COMPOSER};
use crate::components::ui::{Icon, IconShape};
use crate::i18n::{Key, Texts};
use crate::start::Menu;

/// What the composer offers besides words. Only the server knows how it looks: its fields belong to the composer's form, and
/// what happens to them bubbles up to the desk.
pub fn attach_menu(menu: Menu, texts: &Texts) -> impl IntoView + use<> {
    let word = |key| texts.get(key).to_owned();
    let upload = |part: &'static str, key, shape, accept: Option<&'static str>| {
        view! {
            <label class="attach-item">
                <Icon shape />
                <span>{word(key)}</span>
                <input class="attach-file" type="file" name=part form=COMPOSER accept=accept multiple=true />
            </label>
        }
    };
    let image = menu.image.then(|| upload("image", Key::UploadPhoto, IconShape::Image, Some(crate::IMAGE_TYPES)));
    let file = menu.file.then(|| upload("file", Key::UploadDocument, IconShape::File, None));
    let location = menu.location.then(|| {
        view! {
            <button class="attach-item" type="button" data-locate="" popovertarget=ATTACH_MENU popovertargetaction="hide">
                <Icon shape=IconShape::Place />
                <span>{word(Key::ShareLocation)}</span>
            </button>
        }
    });
    menu.is_offered().then(|| {
        view! {
            <div class="attach-menu" id=ATTACH_MENU popover="auto" role="group" aria-label=word(Key::Attach)>
                {image}
                {file}
                {location}
            </div>
        }
    })
}
