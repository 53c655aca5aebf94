use domain::content::PlainLink;
use leptos::prelude::*;

/// An image or a file, as a link with its name.
#[component]
pub fn LinkContent(link: PlainLink) -> impl IntoView {
    let PlainLink { label, uri } = link;
    view! {
        <a href=uri target="_blank" rel="noopener noreferrer nofollow">
            {label}
        </a>
    }
}
