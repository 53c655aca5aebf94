//! What a visitor is asked before the first message.

use domain::content::{Field, FieldType};
use domain::integration::PrechatCapture;
use leptos::prelude::*;

use super::form::fields;
use super::rich::{Stationery, paragraph};
use crate::components::messenger::trap;
use crate::components::ui::Avatar;
use crate::i18n::{Key, Texts};
use crate::start::{Business, PRECHAT};

/// The fields that `capture` asks for: its own, else a name and an e-mail address.
pub fn prechat_fields(capture: &PrechatCapture, texts: &Texts) -> Vec<Field> {
    capture.fields.clone().unwrap_or_else(|| {
        let of_texts = |kind, name: &str, label, placeholder| Field {
            placeholder: Some(texts.get(placeholder).to_owned()),
            ..Field::question(kind, name, texts.get(label))
        };
        vec![
            of_texts(FieldType::Text, "name", Key::PrechatCaptureNameLabel, Key::PrechatCaptureNamePlaceholder),
            of_texts(FieldType::Email, "email", Key::PrechatCaptureEmailLabel, Key::PrechatCaptureEmailPlaceholder),
        ]
    })
}

/// The greeting and the form below it, as one message of `business`. `client_id` is that of the message to come.
pub fn prechat(capture: &PrechatCapture, business: &Business, client_id: &str, on: &Stationery) -> String {
    let texts = &on.texts;
    let refill = on.refill.as_ref().filter(|refill| refill.form.is_none());
    let picture = business.asking_picture();
    let questions = prechat_fields(capture, texts);
    let name = business.name.clone();
    view! {
        <div class="message" data-role="business">
            <Avatar name=name.clone() picture />
            <div class="message-body">
                <p class="message-author" dir="auto">{name}</p>
                <div class="bubble">
                    {paragraph(texts.get(Key::PrechatCaptureGreetingText))}
                    <form class="form" method="post" aria-label=texts.get(Key::Form).to_owned() data-form=PRECHAT>
                        <input type="hidden" name="form" value=PRECHAT autocomplete="off" />
                        <input type="hidden" name="client_id" value=client_id.to_owned() autocomplete="off" />
                        {on.visitor.clone().map(|token| view! { <input type="hidden" name="visitor" value=token autocomplete="off" /> })}
                        {refill.is_none().then(trap)}
                        {fields(PRECHAT, &questions, refill, texts)}
                        <button class="button" data-kind="primary">{texts.get(Key::EmailFormButton).to_owned()}</button>
                    </form>
                </div>
            </div>
        </div>
    }
    .to_html()
}
