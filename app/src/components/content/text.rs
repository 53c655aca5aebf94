use leptos::either::Either;
use leptos::prelude::*;

use crate::text::{Part, links};

/// Plain text, its web and mail addresses as links.
#[expect(clippy::needless_pass_by_value, reason = "components own their props")]
#[component]
pub fn TextContent(text: String) -> impl IntoView {
    links(&text)
        .into_iter()
        .map(|part| match part {
            Part::Text(text) => Either::Left(text.to_owned()),
            Part::Link(link) => Either::Right(view! {
                <a href=link.to_owned() target="_blank" rel="noopener noreferrer nofollow">
                    {link.to_owned()}
                </a>
            }),
        })
        .collect_view()
}
