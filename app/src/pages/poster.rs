use leptos::prelude::*;

use crate::components::ui::Avatar;
use crate::i18n::{Key, Texts};
use crate::start::{Business, Poster};

/// A QR code to hang up: what it is for, and where it leads for those without a camera.
#[component]
pub fn PosterPage(poster: Poster) -> impl IntoView {
    let Poster { business: Business { name, icon_url, .. }, url, qr } = poster;
    let address = url.split_once("://").map_or(url.as_str(), |(_, address)| address).to_owned();
    let texts: Texts = expect_context();
    let text = |key| texts.get(key).to_owned();
    let (svg, png) = (format!("{qr}.svg"), format!("{qr}.png"));
    view! {
        <main class="poster">
            <article class="poster-sheet">
                <header class="poster-header">
                    <Avatar name=name.clone() picture=icon_url />
                    <p class="poster-name" dir="auto">{name}</p>
                </header>
                <h1 class="poster-title">{text(Key::PosterTitle)}</h1>
                <img class="poster-code" src=format!("{svg}?size=1024") alt=text(Key::QrCode) width="1024" height="1024" />
                <p class="poster-text">{text(Key::PosterText)}</p>
                <p class="poster-address"><a href=url dir="ltr">{address}</a></p>
            </article>
            <nav class="poster-tools" aria-label=text(Key::QrCode)>
                <a class="poster-tool" href=format!("{svg}?size=1024") download="qr.svg">"SVG"</a>
                <a class="poster-tool" href=format!("{png}?size=1024") download="qr.png">"PNG"</a>
            </nav>
        </main>
    }
}
