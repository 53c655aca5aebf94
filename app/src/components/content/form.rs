//! Forms: questions to be answered in place.

use domain::MessageId;
use domain::content::{Field, FieldType, Form, Unfit, WrongAnswer};
use leptos::either::EitherOf3;
use leptos::prelude::*;

use super::rich::{Refill, Stationery};
use crate::components::ui::{Icon, IconShape};
use crate::i18n::{Key, Texts};

/// Both of its states, open and answered; the row shows the one that counts, so that an answer from another tab closes it.
pub fn form(message: MessageId, form: &Form, on: &Stationery) -> impl IntoView + use<> {
    let texts = &on.texts;
    let refill = on.refill.as_ref().filter(|refill| refill.form == Some(message));
    let open = (!form.submitted).then(|| {
        view! {
            <form class="form" method="post" aria-label=texts.get(Key::Form).to_owned() data-form=message.to_string()>
                <input type="hidden" name="form" value=message.to_string() autocomplete="off" />
                {on.visitor.clone().map(|token| view! { <input type="hidden" name="visitor" value=token autocomplete="off" /> })}
                {fields(&format!("f{message}"), &form.fields, refill, texts)}
                <button class="button" data-kind="primary">{texts.get(Key::EmailFormButton).to_owned()}</button>
            </form>
        }
    });
    let questions: Vec<_> =
        form.fields.iter().map(|field| view! { <li dir="auto">{field.label.clone()}</li> }).collect();
    view! {
        {open}
        <div class="form-done">
            <Icon shape=IconShape::Done />
            <ul role="list">{questions}</ul>
        </div>
    }
}

/// The fields of a form, with what was written into them and what is wrong with it. `prefix` makes their ids unique.
pub fn fields(prefix: &str, fields: &[Field], refill: Option<&Refill>, texts: &Texts) -> impl IntoView + use<> {
    fields
        .iter()
        .enumerate()
        .map(|(at, field)| labelled(&format!("{prefix}-{at}"), field, refill, texts))
        .collect_view()
}

fn labelled(id: &str, field: &Field, refill: Option<&Refill>, texts: &Texts) -> impl IntoView + use<> {
    let of =
        |pairs: &[(String, String)]| pairs.iter().find(|(name, _)| *name == field.name).map(|(_, text)| text.clone());
    let answer = refill.and_then(|refill| of(&refill.answers)).unwrap_or_default();
    let problem = refill.and_then(|refill| of(&refill.problems));
    let note = format!("{id}-problem");
    view! {
        <div class="field">
            <label class="field-label" for=id.to_owned() dir="auto">{field.label.clone()}</label>
            {control(id, field, &answer, problem.is_some(), &note, texts)}
            <p class="field-problem" id=note>{problem}</p>
        </div>
    }
}

/// The control of a field. The browser checks what it can by itself; its script says what is wrong in the texts given here.
fn control(id: &str, field: &Field, answer: &str, is_wrong: bool, note: &str, texts: &Texts) -> impl IntoView + use<> {
    let (id, name, note) = (id.to_owned(), format!("field.{}", field.name), note.to_owned());
    let invalid = is_wrong.then_some("true");
    let required = texts.get(Key::FormErrorEntryRequired).to_owned();
    let sized = |key, size: Option<u32>| size.map(|size| texts.fill(key, &[("characters", &size.to_string())]));
    match field.kind {
        FieldType::Text => EitherOf3::A(view! {
            <input
                class="field-input"
                type="text"
                id=id
                name=name
                value=answer.to_owned()
                placeholder=field.placeholder.clone()
                minlength=field.min_size.filter(|size| *size > 1).map(|size| size.to_string())
                maxlength=field.max_size.map(|size| size.to_string())
                required
                dir="auto"
                aria-describedby=note
                aria-invalid=invalid
                data-required=required
                data-short=sized(Key::FormErrorNoShorterThan, field.min_size)
                data-long=sized(Key::FormErrorNoLongerThan, field.max_size)
            />
        }),
        FieldType::Email => EitherOf3::B(view! {
            <input
                class="field-input"
                type="email"
                id=id
                name=name
                value=answer.to_owned()
                placeholder=field.placeholder.clone()
                maxlength="128"
                autocomplete="email"
                required
                aria-describedby=note
                aria-invalid=invalid
                data-required=required
                data-wrong=texts.get(Key::FormErrorInvalidEmail).to_owned()
                data-long=sized(Key::FormErrorNoLongerThan, Some(128))
            />
        }),
        FieldType::Select => {
            let hint = field.placeholder.clone();
            let hint = hint.unwrap_or_else(|| texts.get(Key::FormFieldSelectPlaceholderFallback).to_owned());
            let options: Vec<_> = field
                .options
                .iter()
                .map(|option| {
                    let selected = option.name == answer;
                    view! { <option value=option.name.clone() selected=selected>{option.label.clone()}</option> }
                })
                .collect();
            EitherOf3::C(view! {
                <select
                    class="field-input"
                    id=id
                    name=name
                    required
                    aria-describedby=note
                    aria-invalid=invalid
                    data-required=required
                >
                    <option value="">{hint}</option>
                    {options}
                </select>
            })
        }
    }
}

/// What is wrong with the answers to a form in words, by the names of its fields.
pub fn answer_problems(wrong: &[WrongAnswer], texts: &Texts) -> Vec<(String, String)> {
    let sized = |key, size: u32| texts.fill(key, &[("characters", &size.to_string())]);
    let words = |why| match why {
        Unfit::Missing => texts.get(Key::FormErrorEntryRequired).to_owned(),
        Unfit::NotMail => texts.get(Key::FormErrorInvalidEmail).to_owned(),
        Unfit::Short(least) => sized(Key::FormErrorNoShorterThan, least),
        Unfit::Long(most) => sized(Key::FormErrorNoLongerThan, most),
        Unfit::NotOffered => texts.get(Key::FormErrorUnknown).to_owned(),
    };
    wrong.iter().map(|WrongAnswer { field, why }| (field.clone(), words(*why))).collect()
}
