//! What the API says of itself, in version 3.1 of the `OpenAPI` format: made from the handlers, and made exact by `rules`.

mod nul;
mod rules;

use std::collections::BTreeMap;

use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use serde_json::{Map, Value};
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{SecurityRequirement, Server};
use utoipa::{Modify, OpenApi};
use utoipa_axum::router::OpenApiRouter;

use super::{oauth, v2};

/// An answer for each schema of answers, by its name: one story, so that an id means the same in all of them.
const EXAMPLES: &str = include_str!("examples.json");

/// The installation in general; the operations come from the routes.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Parlor",
        description = "Hosted chat pages, answered over the Sunshine Conversations v2 API. Ids are 24 hexadecimal digits, times are \
            UTC with milliseconds, lists page by the id of a record. Keys are proved over HTTP Basic (key id and secret) or by a \
            token: HS256, `kid` the key's id, signed with its secret, `scope` one of account, app, integration. Unknown keys of a \
            body are ignored; what is wrong with one is named by the answer. A key that calls too often is told by 429 and \
            `retry-after` when to go on.",
        license(name = "MIT"),
    ),
    components(schemas(v2::Errors)),
    modifiers(&Credentials),
)]
struct General;

struct Credentials;

impl Modify for Credentials {
    fn modify(&self, description: &mut utoipa::openapi::OpenApi) {
        let components = description.components.get_or_insert_default();
        for (name, scheme) in [("basicAuth", HttpAuthScheme::Basic), ("bearerAuth", HttpAuthScheme::Bearer)] {
            components.add_security_scheme(name, SecurityScheme::Http(Http::new(scheme)));
        }
        let either = ["basicAuth", "bearerAuth"].map(|name| SecurityRequirement::new(name, [""; 0]));
        description.security = Some(either.into());
    }
}

fn examples() -> BTreeMap<String, Value> {
    serde_json::from_str(EXAMPLES).expect("the file is part of this program, and read by its tests")
}

/// Gives each schema that [`EXAMPLES`] names its example.
fn illustrate(schemas: &mut Map<String, Value>) {
    for (name, example) in examples() {
        if let Some(Value::Object(schema)) = schemas.get_mut(&name) {
            schema.insert("example".to_owned(), example);
        }
    }
}

/// The description of the API that answers below `url`.
/// # Panics
/// Never: it has text keys and finite numbers.
pub fn description(url: &str) -> Value {
    let routes = OpenApiRouter::with_openapi(General::openapi());
    let (_, mut general) = routes.nest("/v2", v2::described()).nest("/oauth", oauth::described()).split_for_parts();
    env!("CARGO_PKG_VERSION").clone_into(&mut general.info.version);
    general.servers = Some(vec![Server::new(url)]);
    let mut description = serde_json::to_value(general).expect("a description has text keys and finite numbers");
    if let Some(schemas) = description.pointer_mut("/components/schemas").and_then(Value::as_object_mut) {
        rules::bind(schemas);
        illustrate(schemas);
    }
    nul::refuse(&mut description);
    description
}

/// `GET /openapi.json`: the answer with `json` in it.
pub fn answer(json: &str) -> Response {
    let headers = [(CONTENT_TYPE, "application/json; charset=utf-8"), (CACHE_CONTROL, "no-cache")];
    (headers, json.to_owned()).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_example_belongs_to_a_schema() {
        let description = description("https://chat.example.com");
        for (name, example) in examples() {
            assert_eq!(description["components"]["schemas"][&name]["example"], example, "{name}");
        }
    }

    #[test]
    fn every_rule_belongs_to_a_schema_that_is_used() {
        let description = description("https://chat.example.com").to_string();
        for name in rules::rules().into_keys() {
            assert!(description.contains(&format!("\"#/components/schemas/{name}\"")), "{name}");
        }
    }
}
