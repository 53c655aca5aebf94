//! The API's description of itself, for programs and for people.

use std::collections::BTreeSet;

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::{TestApp, answer};

async fn description(app: &TestApp) -> Value {
    let (status, description) = answer(app.http.get(format!("{}/openapi.json", app.url))).await;
    assert_eq!(status, StatusCode::OK);
    description
}

#[tokio::test]
async fn every_operation_is_described_whole() {
    let app = TestApp::start().await;
    let description = description(&app).await;
    assert_eq!(description["openapi"], "3.1.0");
    assert_eq!(description["servers"][0]["url"], app.url.as_str());
    let mut count = 0;
    for (path, operations) in description["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            let what = format!("{method} {path}");
            count += 1;
            assert!(operation["operationId"].is_string() && operation["tags"][0].is_string(), "{what}");
            assert!(operation["summary"].as_str().is_some_and(|summary| !summary.is_empty()), "{what}");
            for part in path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')) {
                let described = operation["parameters"].as_array().unwrap();
                assert!(described.iter().any(|parameter| parameter["name"] == part), "{what}: {part}");
            }
            for (kind, body) in operation["requestBody"]["content"].as_object().into_iter().flatten() {
                assert!(kind != "application/json" || body["example"].is_object(), "{what}: an example");
            }
            let answers = operation["responses"].as_object().unwrap();
            let good = answers.iter().find(|(status, _)| status.starts_with('2') || status.starts_with('3'));
            let (status, good) = good.unwrap_or_else(|| panic!("{what}: what success looks like"));
            assert!(status.starts_with('3') || good["content"]["application/json"]["schema"].is_object(), "{what}");
            assert_eq!(answers["401"]["content"]["application/json"]["schema"]["$ref"], "#/components/schemas/Errors");
        }
    }
    assert!(count >= 64, "{count} operations");
}

#[tokio::test]
async fn every_answer_has_an_example_that_is_one() {
    let app = TestApp::start().await;
    let description = description(&app).await;
    let operations =
        description["paths"].as_object().unwrap().values().flat_map(|path| path.as_object().unwrap().values());
    let responses = operations.flat_map(|operation| {
        let answers = operation["responses"].as_object().unwrap();
        answers.iter().map(move |(status, answer)| (format!("{} {status}", operation["operationId"]), answer))
    });
    let mut names = BTreeSet::new();
    for (what, answer) in responses {
        let Some(schema) = answer.pointer("/content/application~1json/schema") else { continue };
        let name = schema["$ref"].as_str().and_then(|reference| reference.strip_prefix("#/components/schemas/"));
        names.insert(name.unwrap_or_else(|| panic!("{what}: a schema with a name")));
    }
    for name in names {
        let example = description["components"]["schemas"][name].get("example");
        let example = example.unwrap_or_else(|| panic!("{name}: an example"));
        let wrong = misfits(&description, &json!({ "$ref": format!("#/components/schemas/{name}") }), example);
        assert!(wrong.is_empty(), "{name}: {wrong:?}");
    }
}

/// What is wrong with `value` by `schema`, which may refer to what `description` has.
fn misfits(description: &Value, schema: &Value, value: &Value) -> Vec<String> {
    let schema = json!({ "allOf": [schema], "components": description["components"] });
    let validator = jsonschema::options().should_validate_formats(true).build(&schema).unwrap();
    validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

#[tokio::test]
async fn every_example_of_a_body_is_one() {
    let app = TestApp::start().await;
    let description = description(&app).await;
    let operations =
        description["paths"].as_object().unwrap().values().flat_map(|path| path.as_object().unwrap().values());
    let mut count = 0;
    for operation in operations {
        let Some(body) = operation.pointer("/requestBody/content/application~1json") else { continue };
        let wrong = misfits(&description, &body["schema"], &body["example"]);
        assert!(wrong.is_empty(), "{}: {wrong:?}", operation["operationId"]);
        count += 1;
    }
    assert!(count > 25, "{count} bodies");
}

/// The code's own rules, seen from the description: what is good by one is good by the other.
#[expect(clippy::too_many_lines, reason = "a table")]
#[tokio::test]
async fn the_description_takes_what_the_code_takes() {
    let app = TestApp::start().await;
    let description = description(&app).await;
    let business = json!({ "type": "business" });
    let says = |content: Value| ("PostMessage", json!({ "author": business, "content": content }));
    let offers = |action: Value| says(json!({ "type": "text", "actions": [action] }));
    let lists = |action: Value| says(json!({ "type": "list", "items": [{ "title": "a", "actions": [action] }] }));
    let asks = |field: Value| says(json!({ "type": "form", "fields": [field] }));
    let by = |author: Value| ("PostMessage", json!({ "author": author, "content": { "type": "text", "text": "a" } }));
    let (id, web) = ("65f0a1b2c3d4e5f6aabbccdd", "https://a.example");
    let reply = json!({ "type": "reply", "text": "a", "payload": "b" });
    let at = |lat: f64, long: f64| says(json!({ "type": "location", "coordinates": { "lat": lat, "long": long } }));
    let choices = |count: usize| vec![json!({ "name": "a", "label": "b" }); count];
    let good = [
        says(json!({ "type": "text", "text": "a" })),
        says(json!({ "type": "text", "markdownText": "a", "text": null })),
        offers(reply.clone()),
        offers(json!({ "type": "link", "text": "a", "uri": "tel:1" })),
        offers(json!({ "type": "link", "text": "a", "uri": "https://é.example/?q" })),
        offers(json!({ "type": "webview", "text": "a", "uri": web, "fallback": web, "size": "tall" })),
        offers(json!({ "type": "buy", "text": "a", "amount": 0, "currency": "eur" })),
        offers(json!({ "type": "locationRequest", "text": "a" })),
        lists(json!({ "type": "postback", "text": "a", "payload": "b", "metadata": { "a": 1 } })),
        asks(json!({ "type": "text", "name": "a", "label": "b", "maxSize": 9.0 })),
        asks(json!({ "type": "select", "name": "a", "label": "b", "options": choices(200) })),
        says(json!({ "type": "template", "template": { "a": [{ "b": null }] } })),
        at(90.0, -180.0),
        by(json!({ "type": "business", "displayName": "a", "subtypes": ["AI"] })),
        by(json!({ "type": "user", "userId": id })),
        by(json!({ "type": "user", "userExternalId": "a", "userId": null })),
        (
            "PostMessage",
            json!({
                "author": business, "content": { "type": "text", "text": "a" }, "destination": { "integrationType": "none" },
            }),
        ),
        ("PostActivity", json!({ "author": { "type": "user", "userId": id }, "type": "conversation:read" })),
        ("PostActivity", json!({ "author": business, "type": "typing:start" })),
        ("Invitee", json!({ "userId": id })),
        ("Leaver", json!({ "participantId": id, "userId": null })),
        ("Replay", json!({ "deliveryId": id, "failed": false })),
        ("Replay", json!({ "failed": true })),
        ("NewSeat", json!({ "name": "a", "integrationType": "b" })),
        ("NewIntegration", json!({ "type": "web", "customText": { "headerText": "a", "inputPlaceholder": null } })),
        ("NewIntegration", json!({ "type": "telegram", "token": "a" })),
        ("NewConversation", json!({ "type": "personal", "participants": [{ "userExternalId": "a" }] })),
        ("NewUser", json!({ "externalId": "a", "profile": { "email": "a@b", "avatarUrl": web } })),
    ];
    let bad = [
        says(json!({ "type": "text" })),
        says(json!({ "type": "text", "text": "a\0" })),
        says(json!({ "type": "text", "actions": [] })),
        says(json!({ "type": "formResponse", "fields": [{ "type": "text", "name": "a", "label": "b", "text": "c" }] })),
        says(json!({ "type": "unknown" })),
        says(json!({ "type": "image", "mediaUrl": web, "altText": "" })),
        says(json!({ "type": "image", "mediaUrl": "https://a b" })),
        says(json!({ "type": "template", "template": {} })),
        says(json!({ "type": "template", "template": { "a": [{ "b": "\0" }] } })),
        says(json!({ "type": "template", "template": { "a": { "\0": 1 } } })),
        offers(json!({ "type": "unknown", "text": "a" })),
        offers(json!({ "type": "link", "text": "a" })),
        offers(json!({ "type": "link", "text": "a", "uri": "javascript:1" })),
        offers(json!({ "type": "webview", "text": "a", "uri": web })),
        offers(json!({ "type": "webview", "text": "a", "uri": "tel:1", "fallback": web })),
        offers(json!({ "type": "postback", "text": "a" })),
        offers(json!({ "type": "buy", "text": "a", "amount": -1 })),
        offers(json!({ "type": "buy", "text": "a", "amount": 1, "currency": "EUR" })),
        offers(json!({ "type": "postback", "text": "a", "payload": "b", "metadata": { "a": [] } })),
        offers(json!({ "type": "postback", "text": "a", "payload": "b", "metadata": { "\0": 1 } })),
        lists(reply),
        lists(json!({ "type": "locationRequest", "text": "a" })),
        asks(json!({ "type": "select", "name": "a", "label": "b" })),
        asks(json!({ "type": "select", "name": "a", "label": "b", "options": choices(201) })),
        asks(json!({ "type": "select", "name": "a", "label": "b", "options": [{ "name": "", "label": "a" }] })),
        at(90.5, 0.0),
        at(0.0, -180.5),
        by(json!({ "type": "business", "displayName": "" })),
        by(json!({ "type": "business", "subtypes": ["bot"] })),
        by(json!({ "type": "user" })),
        by(json!({ "type": "user", "userId": id, "userExternalId": "a" })),
        (
            "PostMessage",
            json!({
                "author": business, "content": { "type": "text", "text": "a" }, "destination": {},
            }),
        ),
        ("PostActivity", json!({ "author": { "type": "user", "userId": id }, "type": "typing:start" })),
        ("Invitee", json!({})),
        ("Invitee", json!({ "userId": id, "userExternalId": "a" })),
        ("Leaver", json!({ "participantId": id, "userId": id })),
        ("Replay", json!({ "failed": false })),
        ("Replay", json!({ "deliveryId": id, "failed": true })),
        ("Replay", json!({ "from": "2026-01-01T00:00:00.000Z" })),
        ("NewSeat", json!({ "integrationType": "b" })),
        ("NewSeat", json!({ "name": "a", "integrationType": "b", "integrationId": id })),
        ("NewIntegration", json!({ "type": "fax" })),
        ("NewIntegration", json!({ "type": "custom" })),
        ("NewIntegration", json!({ "type": "telegram" })),
        ("NewIntegration", json!({ "type": "web", "customText": { "headerText": "\0" } })),
        ("NewConversation", json!({ "type": "personal" })),
        ("NewUser", json!({ "externalId": "a", "profile": { "email": "a\0@b" } })),
        ("NewUser", json!({ "externalId": "a", "profile": { "avatarUrl": "https://!" } })),
    ];
    let wrong = |(name, body): &(&str, Value)| {
        misfits(&description, &json!({ "$ref": format!("#/components/schemas/{name}") }), body)
    };
    for body in &good {
        assert!(wrong(body).is_empty(), "{body:?}: {:?}", wrong(body));
    }
    for body in &bad {
        assert!(!wrong(body).is_empty(), "{body:?}");
    }
    let group = app.conversation(json!({ "type": "sdkGroup" })).await;
    let path = format!("/conversations/{group}/messages");
    for (bodies, is_good) in [(&good[..], true), (&bad, false)] {
        for (_, body) in bodies.iter().filter(|(name, body)| *name == "PostMessage" && body["author"] == business) {
            let (status, answer) = answer(app.api(reqwest::Method::POST, &path).json(body)).await;
            assert_eq!(status == StatusCode::CREATED, is_good, "{body}: {answer}");
        }
    }
}

#[tokio::test]
async fn only_what_this_version_knows_is_described() {
    let app = TestApp::start().await;
    let description = description(&app).await;
    let types = ["link", "postback", "webview", "buy", "reply", "locationRequest"];
    assert_eq!(description["components"]["schemas"]["ActionType"]["enum"], json!(types));
    assert!(!description.to_string().contains("\"unknown\""));
}

#[tokio::test]
async fn nothing_that_is_referred_to_is_missing() {
    let app = TestApp::start().await;
    let description = description(&app).await;
    let text = description.to_string();
    for reference in text.split("\"$ref\":\"").skip(1).filter_map(|rest| rest.split('"').next()) {
        let pointer = reference.strip_prefix('#').unwrap_or_else(|| panic!("{reference} is elsewhere"));
        assert!(description.pointer(pointer).is_some(), "{reference}");
    }
}

#[tokio::test]
async fn the_page_for_people_needs_nobody_else() {
    let app = TestApp::start().await;
    let get = async |path: &str| app.http.get(format!("{}{path}", app.url)).send().await.unwrap();
    let folder = get("/docs/api").await;
    assert_eq!(folder.status(), StatusCode::PERMANENT_REDIRECT);
    assert_eq!(folder.headers()["location"], "api/");
    let page = get("/docs/api/").await;
    let policy = page.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.starts_with("default-src 'none'; script-src 'self';"), "{policy}");
    let html = page.text().await.unwrap();
    let addresses = html.split(['"', '\'']).filter(|text| text.starts_with("./") || text.contains("//"));
    for address in addresses {
        let file = address.strip_prefix("./").unwrap_or_else(|| panic!("{address} is elsewhere"));
        assert_eq!(get(&format!("/docs/api/{file}")).await.status(), StatusCode::OK, "{file}");
    }
    assert!(get("/docs/api/swagger-initializer.js").await.text().await.unwrap().contains("../../openapi.json"));
    assert_eq!(get("/docs/api/nonsense").await.status(), StatusCode::NOT_FOUND);
}
