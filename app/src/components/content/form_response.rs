use domain::content::FormResponse;
use leptos::prelude::*;

/// Answers, each below its question.
pub fn form_response(answers: &FormResponse) -> impl IntoView + use<> {
    let pairs: Vec<_> = answers
        .fields
        .iter()
        .map(|field| {
            view! {
                <div class="answer">
                    <dt dir="auto">{field.label.clone()}</dt>
                    <dd dir="auto">{field.answer()}</dd>
                </div>
            }
        })
        .collect();
    view! { <dl class="answers">{pairs}</dl> }
}
