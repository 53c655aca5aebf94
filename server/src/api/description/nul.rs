//! No text has the character NUL, wherever one is described.

use serde_json::{Map, Value, json};

const PATTERN: &str = "^[^\\u0000]*$";
/// What a map holds whose values may be of any kind.
const ANYTHING: &str = "#/components/schemas/Anything";
/// What stands beside a schema and is none.
const NO_SCHEMAS: &[&str] = &["const", "default", "enum", "example", "examples", "required"];

/// Has every text in `node`, and every key of a map, say that it has no NUL; those of a pattern, a format or a few values say so
/// by these.
pub fn refuse(node: &mut Value) {
    match node {
        Value::Array(list) => list.iter_mut().for_each(refuse),
        Value::Object(object) => {
            mark(object);
            for (key, value) in object {
                match value {
                    // Its keys are names.
                    Value::Object(properties) if key == "properties" => properties.values_mut().for_each(refuse),
                    value if !NO_SCHEMAS.contains(&key.as_str()) => refuse(value),
                    _ => {}
                }
            }
        }
        _ => {}
    }
}

fn mark(schema: &mut Map<String, Value>) {
    let is_narrower = ["pattern", "format", "enum", "const"].iter().any(|key| schema.contains_key(*key));
    if is_text(schema.get("type")) && !is_narrower {
        schema.insert("pattern".to_owned(), PATTERN.into());
    }
    let Some(values) = schema.get_mut("additionalProperties") else { return };
    if *values == json!({}) || *values == json!(true) {
        *values = json!({ "$ref": ANYTHING });
    }
    if let Some(names) = schema.entry("propertyNames").or_insert_with(|| json!({})).as_object_mut() {
        names.entry("type").or_insert_with(|| "string".into());
    }
}

/// Whether a schema's `type` is that of texts, be it among others.
fn is_text(kind: Option<&Value>) -> bool {
    match kind {
        Some(Value::Array(kinds)) => kinds.iter().any(|kind| kind == "string"),
        Some(kind) => kind == "string",
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_and_names_of_maps_are_marked() {
        let mut node = json!({
            "properties": {
                "type": { "type": "string" },
                "enum": { "type": ["string", "null"], "maxLength": 3 },
                "id": { "type": "string", "pattern": "^[0-9]$" },
                "map": { "type": "object", "additionalProperties": {} },
            },
            "example": { "type": "string" },
        });
        refuse(&mut node);
        let names = json!({ "type": "string", "pattern": PATTERN });
        let expected = json!({
            "properties": {
                "type": names,
                "enum": { "type": ["string", "null"], "maxLength": 3, "pattern": PATTERN },
                "id": { "type": "string", "pattern": "^[0-9]$" },
                "map": { "type": "object", "additionalProperties": { "$ref": ANYTHING }, "propertyNames": names },
            },
            "example": { "type": "string" },
        });
        assert_eq!(node, expected);
    }
}
