//! The contract's example payloads against the domain: good ones keep every byte, bad ones are refused by name.

use std::fs;
use std::path::Path;

use domain::{Content, Draft, Invalid, Metadata, Source};
use serde_json::{Value, json};

fn example(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/messages").join(name).with_extension("json");
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

/// The message of an example, with what it asks to be generated.
fn posted(name: &str) -> Value {
    let mut example = example(name);
    if let Some(generate) = example.get("generate").cloned() {
        let pointer = format!("/{}", generate["path"].as_str().unwrap().replace('.', "/"));
        let count = usize::try_from(generate["count"].as_u64().unwrap()).unwrap();
        *example.pointer_mut(&pointer).unwrap() = generate["char"].as_str().unwrap().repeat(count).into();
    }
    example["rest"].take()
}

fn checked(message: &Value) -> Result<Draft, Invalid> {
    let mut draft = Draft::new(
        serde_json::from_value(message["author"].clone()).unwrap(),
        serde_json::from_value(message["content"].clone()).unwrap(),
        Source::api(),
    );
    draft.metadata = serde_json::from_value::<Option<Metadata>>(message["metadata"].clone()).unwrap();
    draft.checked()
}

/// Everything in `part` stands in `whole` too.
fn assert_within(part: &Value, whole: &Value, path: &str) {
    match (part, whole) {
        (Value::Object(part), Value::Object(whole)) => {
            for (key, value) in part {
                assert_within(value, whole.get(key).unwrap_or(&Value::Null), &format!("{path}.{key}"));
            }
        }
        (Value::Array(part), Value::Array(whole)) => {
            assert_eq!(part.len(), whole.len(), "{path}");
            part.iter().zip(whole).enumerate().for_each(|(at, (part, whole))| {
                assert_within(part, whole, &format!("{path}[{at}]"));
            });
        }
        (part, whole) => assert_eq!(part, whole, "{path}"),
    }
}

#[test]
fn good_examples_keep_all_that_was_sent() {
    for (name, added) in [
        ("text", json!({})),
        ("text-actions", json!({})),
        ("quick-replies", json!({})),
        ("location-request", json!({})),
        ("buy", json!({})),
        ("template", json!({})),
        ("image", json!({})),
        ("image-actions", json!({})),
        ("file", json!({})),
        (
            "carousel",
            json!({ "text": "1. Shoe model 1\nLight, waterproof\nSee model 1 https://shop.example/p/1\n2. Shoe model 2\nLight, waterproof\nSee model 2 https://shop.example/p/2" }),
        ),
        (
            "list",
            json!({ "text": "1. Shoe model 1\nLight, waterproof\nSee model 1 https://shop.example/p/1\n2. Shoe model 2\nLight, waterproof\nSee model 2 https://shop.example/p/2" }),
        ),
        ("location", json!({ "text": "Our shop, Dlouha 1, Praha\nhttps://maps.google.com/maps?q=50.0755,14.4378" })),
        ("form", json!({ "submitted": false, "fields": [{ "minSize": 3, "maxSize": 12 }, {}, {}] })),
        ("hostile-bidi-zero-width", json!({})),
        ("hostile-form", json!({})),
        ("hostile-html-markdown", json!({})),
        ("hostile-long-word", json!({})),
        ("hostile-media-urls", json!({})),
        ("hostile-prototype-keys", json!({})),
        ("hostile-script-text", json!({})),
    ] {
        let sent = posted(name);
        let draft = checked(&sent).unwrap();
        let content = serde_json::to_value(&draft.content).unwrap();
        assert_within(&sent["content"], &content, name);
        assert_within(&added, &content, name);
        assert_within(&sent["metadata"], &serde_json::to_value(&draft.metadata).unwrap(), name);
        // What was stored is read as the same, and what was checked stays as it is.
        let again: Content = serde_json::from_value(content).unwrap();
        assert_eq!(again, draft.content, "{name}");
        assert_eq!(again.checked().unwrap(), draft.content, "{name}");
    }
}

#[test]
fn bad_examples_are_refused_by_name() {
    for (name, field) in [
        ("hostile-empty", "content.text"),
        ("hostile-too-long-text", "content.text"),
        ("hostile-huge-metadata", "metadata"),
        ("hostile-nested-metadata", "metadata.a"),
        ("hostile-unknown-type", "content.type"),
        ("hostile-unknown-action", "content.actions[0].type"),
        ("hostile-javascript-links", "content.actions[0].uri"),
        ("hostile-carousel", "content.items[5].actions[0].uri"),
    ] {
        assert_eq!(checked(&posted(name)).unwrap_err().field, field, "{name}");
    }
}

#[test]
fn an_answer_to_a_form_reads_as_the_contract_says() {
    let example = example("form-response");
    let mut sent = example["sdkSend"].clone();
    sent.as_object_mut().unwrap().remove("quotedMessageId");
    let content: Content = serde_json::from_value(sent).unwrap();
    assert_eq!(serde_json::to_value(content.checked().unwrap()).unwrap(), example["restRead"]["content"]);
    let quoted: domain::QuotedMessage = serde_json::from_value(example["restRead"]["quotedMessage"].clone()).unwrap();
    assert_eq!(quoted, domain::QuotedMessage::message("66b000000000000000000006".parse().unwrap()));
    assert_eq!(serde_json::to_value(quoted).unwrap(), example["restRead"]["quotedMessage"]);
}

#[test]
fn parts_are_numbered_as_they_appear() {
    let content: Content = serde_json::from_value(posted("list")["content"].clone()).unwrap();
    let texts: Vec<&str> = content.actions().map(|(_, action)| action.text.as_str()).collect();
    assert_eq!(texts, ["See model 1", "Choose model 1", "See model 2", "Choose model 2", "All shoes"]);
    assert_eq!(content.action(4).unwrap().text, "All shoes");
    assert_eq!(content.action(5), None);
    assert_eq!(content.items().map(|(number, item)| (number, item.title.as_str())).last(), Some((1, "Shoe model 2")));
}

#[test]
fn every_content_can_be_said_in_plain_words() {
    let plain = |name: &str| checked(&posted(name)).unwrap().content.plain();
    for (name, wanted) in [
        ("text", Some("Your parcel left our warehouse this morning.")),
        ("image", Some("This one?")),
        ("image-actions", Some("A red running shoe\nOpen product https://shop.example/p/1")),
        ("form", Some("Order number\nE-mail\nReason")),
        ("location-request", Some("Where are you?\nShare my location")),
        ("template", None),
    ] {
        assert_eq!(plain(name).as_deref(), wanted, "{name}");
    }
    assert_eq!(Content::deleted().plain(), None);
}
