//! What a body must keep to beyond the types of its fields: which of them go together, and how far they go.
//!
//! Written by hand, as code refuses what it refuses: `make test-fuzz` calls the API with all that the description allows. Adding a
//! rule: what is said of a schema in `rules.json` is put over what its type says of it, as RFC 7396 merges.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

const RULES: &str = include_str!("rules.json");

pub fn rules() -> BTreeMap<String, Value> {
    serde_json::from_str(RULES).expect("the file is part of this program, and read by its tests")
}

/// Has `schemas` say what [`RULES`] say.
pub fn bind(schemas: &mut Map<String, Value>) {
    for (name, rules) in rules() {
        merge(schemas.entry(name).or_insert(Value::Null), rules);
    }
}

fn merge(into: &mut Value, patch: Value) {
    let Value::Object(patch) = patch else {
        *into = patch;
        return;
    };
    if !into.is_object() {
        *into = Value::Object(Map::new());
    }
    for (key, value) in patch {
        match (into.as_object_mut(), value) {
            (Some(object), Value::Null) => drop(object.remove(&key)),
            (Some(object), value) => merge(object.entry(key).or_insert(Value::Null), value),
            (None, _) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_rule_goes_over_what_was_said_before() {
        let mut said = json!({ "a": { "b": 1, "c": [1] }, "d": 1 });
        merge(&mut said, json!({ "a": { "c": [2], "e": { "f": 3 } }, "d": null }));
        assert_eq!(said, json!({ "a": { "b": 1, "c": [2], "e": { "f": 3 } } }));
    }
}
