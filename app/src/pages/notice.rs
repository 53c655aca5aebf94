use leptos::prelude::*;

/// A card with kind words, in place of the messenger.
#[component]
pub fn Notice(
    title: String,
    text: String,
    /// What else there is to know or to do.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <main class="notice">
            <h1 class="notice-title">{title}</h1>
            <p>{text}</p>
            {children.map(|children| children())}
        </main>
    }
}
