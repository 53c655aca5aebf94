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
        let schema = json!({ "$ref": format!("#/components/schemas/{name}"), "components": description["components"] });
        let example = description["components"]["schemas"][name].get("example");
        let example = example.unwrap_or_else(|| panic!("{name}: an example"));
        let wrong: Vec<String> = jsonschema::options()
            .should_validate_formats(true)
            .build(&schema)
            .unwrap()
            .iter_errors(example)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(wrong.is_empty(), "{name}: {wrong:?}");
    }
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
