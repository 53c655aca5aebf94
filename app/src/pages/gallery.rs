use leptos::prelude::*;

use crate::gallery::STATES;

/// All states of the page side by side, each in a frame of its own.
#[expect(clippy::needless_pass_by_value, reason = "components own their props")]
#[component]
pub fn Gallery(
    /// Where the states are, without a slash at the end.
    address: String,
    /// What the frames are asked for: a theme, a direction, a language.
    query: String,
) -> impl IntoView {
    let looks = [
        ("Light", "?theme=light"),
        ("Dark", "?theme=dark"),
        ("العربية", "?locale=ar"),
        ("Deutsch", "?locale=de"),
        ("日本語", "?locale=ja"),
        ("Colours", "?brandColor=1d4b44&conversationColor=ffd166&actionColor=1d4b44"),
    ];
    let looks = looks.map(|(name, query)| {
        let href = [&address, query].concat();
        view! { <a href=href>{name}</a> }
    });
    let frames: Vec<_> = STATES
        .iter()
        .map(|state| {
            let src = [&address, "/", state.name, &query].concat();
            view! {
                <figure class="gallery-state">
                    <figcaption><a href=src.clone()>{state.about}</a></figcaption>
                    <iframe src=src.clone() title=state.about></iframe>
                </figure>
            }
        })
        .collect();
    view! {
        <main class="gallery">
            <h1>"Gallery"</h1>
            <nav class="gallery-looks" aria-label="Looks">{looks}</nav>
            <div class="gallery-states">{frames}</div>
        </main>
    }
}
