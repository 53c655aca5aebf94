use domain::content::Image;
use domain::is_link;
use leptos::prelude::*;

use super::rich::paragraph;
use crate::i18n::{Key, Texts};

/// A picture in a frame of one shape, so that nothing moves when it arrives. A press shows all of it.
pub fn image(image: &Image, texts: &Texts) -> impl IntoView + use<> {
    let alt = image.alt_text.clone().unwrap_or_default();
    let href = is_link(&image.media_url).then(|| image.media_url.clone());
    let src = href.clone();
    let caption = image.text.as_deref().filter(|text| !text.is_empty()).map(paragraph);
    let alt = if alt.is_empty() { texts.get(Key::UploadPhoto).to_owned() } else { alt };
    let broken = [Key::UnableToLoadImage, Key::ImageClickToReload].map(|key| texts.get(key)).join("\n");
    view! {
        <a
            class="picture"
            href=href
            target="_blank"
            rel="noopener noreferrer nofollow"
            data-lightbox=""
            data-broken=broken
        >
            <img src=src alt=alt loading="lazy" decoding="async" />
        </a>
        {caption}
    }
}
