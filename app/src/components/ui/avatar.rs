use leptos::prelude::*;

/// The picture of a person or a business, over the first letter of its name: the letter shows until the picture is there,
/// and where there is none. The name itself stands beside it.
#[expect(clippy::needless_pass_by_value, reason = "components own their props")]
#[component]
pub fn Avatar(
    name: String,
    /// An `http` or `https` address.
    picture: Option<String>,
) -> impl IntoView {
    let letter: String = name.chars().find(|c| !c.is_whitespace()).into_iter().collect();
    view! {
        <span class="avatar" aria-hidden="true">
            {letter}
            {picture.map(|picture| view! { <img class="avatar-picture" src=picture alt="" referrerpolicy="no-referrer" /> })}
        </span>
    }
}
