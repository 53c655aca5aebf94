use domain::{TruncatedUser, User};
use serde_json::{Map, Value, json};

/// A user with everything that is known; `clients` in their v2 form.
pub fn app_user(user: &User, has_spoken: bool, clients: &[Value]) -> Value {
    let (pending, linked): (Vec<&Value>, Vec<&Value>) = clients.iter().partition(|it| it["status"] == "pending");
    let mut told = truncated_app_user(&TruncatedUser::from(user), has_spoken);
    let profile = &user.profile;
    for (key, value) in [
        ("givenName", json!(profile.given_name)),
        ("surname", json!(profile.surname)),
        ("email", json!(profile.email)),
        ("avatarUrl", json!(profile.avatar_url)),
        ("locale", json!(profile.locale)),
        ("signedUpAt", json!(user.signed_up_at)),
        ("properties", json!(user.metadata)),
        ("clients", linked.into_iter().map(client).collect()),
        ("pendingClients", pending.into_iter().map(client).collect()),
    ] {
        if !value.is_null() {
            told[key] = value;
        }
    }
    told
}

/// A user by its ids.
pub fn truncated_app_user(user: &TruncatedUser, has_spoken: bool) -> Value {
    let mut told = json!({ "_id": user.id, "conversationStarted": has_spoken });
    if let Some(external_id) = &user.external_id {
        told["userId"] = json!(external_id);
    }
    told
}

/// A client; the older API names the web chat by its platform.
pub fn client(client: &Value) -> Value {
    let mut told = Map::new();
    let fields = client.as_object().into_iter().flatten().filter(|(_, value)| !value.is_null());
    for (key, value) in fields {
        match key.as_str() {
            "id" => {
                told.insert("_id".to_owned(), value.clone());
                told.insert("id".to_owned(), value.clone());
            }
            "type" => {
                let platform = if value == "sdk" { json!("web") } else { value.clone() };
                told.insert("platform".to_owned(), platform);
            }
            "status" => {
                told.insert("active".to_owned(), json!(value == "active"));
                told.insert("status".to_owned(), value.clone());
            }
            _ => {
                told.insert(key.clone(), value.clone());
            }
        }
    }
    Value::Object(told)
}

#[cfg(test)]
mod tests {
    use domain::{Metadata, Profile, Timestamp, UserId};

    use super::*;

    #[test]
    fn a_user_is_an_app_user() {
        let user = User {
            id: UserId::new(Timestamp::default(), [1; 8]),
            external_id: Some("ann".to_owned()),
            signed_up_at: Timestamp::default(),
            profile: Profile { given_name: Some("Ann".to_owned()), ..Profile::default() },
            metadata: Metadata::default(),
            identities: Vec::new(),
        };
        let clients = [json!({ "id": "c", "type": "sdk", "status": "active", "integrationId": null })];
        assert_eq!(
            app_user(&user, true, &clients),
            json!({
                "_id": user.id, "userId": "ann", "conversationStarted": true, "givenName": "Ann", "properties": {},
                "signedUpAt": "1970-01-01T00:00:00.000Z", "pendingClients": [],
                "clients": [{ "_id": "c", "id": "c", "platform": "web", "active": true, "status": "active" }],
            })
        );
    }
}
