//! Switchboards: who sits there, and who answers which conversation.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{HookReceiver, TestApp, answer};

/// A switchboard with the seats `bot` and `desk`; the path of its seats, and their ids.
async fn switchboard(app: &TestApp) -> (String, [String; 2], [domain::ApiKey; 2]) {
    let made = app.asks(Method::POST, "/switchboards", None, 201).await;
    assert_eq!(made["switchboard"]["enabled"], false);
    let path = format!("/switchboards/{}", made["switchboard"]["id"].as_str().unwrap());
    let seats = format!("{path}/switchboardIntegrations");
    let (bot, bot_key) = app.custom_integration().await;
    let (desk, desk_key) = app.custom_integration().await;
    let seat = async |body: Value| {
        let made = app.asks(Method::POST, &seats, Some(body), 201).await;
        made["switchboardIntegration"]["id"].as_str().unwrap().to_owned()
    };
    let desk = seat(json!({ "name": "desk", "integrationId": desk, "deliverStandbyEvents": false })).await;
    let bot = seat(json!({ "name": "bot", "integrationId": bot, "nextSwitchboardIntegrationId": desk })).await;
    (path, [bot, desk], [bot_key, desk_key])
}

/// The names of the active and the pending seat.
async fn control(app: &TestApp, conversation: &str) -> [Option<String>; 2] {
    let found = app.asks(Method::GET, &format!("/conversations/{conversation}"), None, 200).await;
    ["activeSwitchboardIntegration", "pendingSwitchboardIntegration"]
        .map(|key| found["conversation"].get(key).map(|seat| seat["name"].as_str().unwrap().to_owned()))
}

fn named(active: Option<&str>, pending: Option<&str>) -> [Option<String>; 2] {
    [active, pending].map(|name| name.map(str::to_owned))
}

#[tokio::test]
async fn an_app_has_one_switchboard_which_needs_a_default() {
    let app = TestApp::start().await;
    let (path, [bot, _], _) = switchboard(&app).await;
    let refused = app.asks(Method::POST, "/switchboards", None, 400).await;
    assert_eq!(refused["errors"][0]["title"], "Only one switchboard can be created per app");
    app.asks(Method::PATCH, &path, Some(json!({ "enabled": true })), 400).await;
    let unknown = json!({ "defaultSwitchboardIntegrationId": "65f0a1b2c3d4e5f6aabbccdd" });
    let refused = app.asks(Method::PATCH, &path, Some(unknown), 404).await;
    assert_eq!(refused["errors"][0]["code"], "switchboard_integration_not_found");
    let on = json!({ "enabled": true, "defaultSwitchboardIntegrationId": bot });
    let changed = app.asks(Method::PATCH, &path, Some(on), 200).await;
    assert_eq!(changed["switchboard"]["defaultSwitchboardIntegrationId"], json!(bot));
    let list = app.asks(Method::GET, "/switchboards", None, 200).await;
    assert_eq!(list["switchboards"], json!([changed["switchboard"]]));
    assert_eq!(app.asks(Method::DELETE, &path, None, 200).await, json!({}));
    let gone = app.asks(Method::DELETE, &path, None, 404).await;
    assert_eq!(gone["errors"][0]["code"], "switchboard_not_found");
}

#[tokio::test]
async fn seats_are_named_limited_and_kept_while_needed() {
    let app = TestApp::start().await;
    let (path, [bot, desk], _) = switchboard(&app).await;
    let seats = format!("{path}/switchboardIntegrations");
    let (custom, _) = app.custom_integration().await;
    for (body, status, title) in [
        (json!({ "integrationId": custom }), 400, "name is required"),
        (json!({ "name": "bot", "integrationId": custom }), 400, "name is taken"),
        (json!({ "name": "a b", "integrationId": custom }), 400, "name should be"),
        (json!({ "name": "third" }), 400, "integrationId or integrationType is required"),
        (json!({ "name": "third", "integrationId": custom, "integrationType": "x" }), 400, "integrationId should"),
        (json!({ "name": "third", "integrationId": app.made.integration }), 400, "integrationId should name a custom"),
        (json!({ "name": "third", "integrationType": "zendesk" }), 404, "Integration not found"),
        (json!({ "name": "third", "integrationId": custom, "messageHistoryCount": 11 }), 400, "messageHistoryCount"),
    ] {
        let refused = app.asks(Method::POST, &seats, Some(body), status).await;
        assert!(refused["errors"][0]["title"].as_str().unwrap().starts_with(title), "{title}: {refused}");
    }
    for number in 3..=10 {
        let body = json!({ "name": format!("seat-{number}"), "integrationId": custom, "messageHistoryCount": 5 });
        app.asks(Method::POST, &seats, Some(body), 201).await;
    }
    let eleventh = json!({ "name": "eleventh", "integrationId": custom });
    let refused = app.asks(Method::POST, &seats, Some(eleventh), 400).await;
    assert_eq!(refused["errors"][0]["code"], "too_many_switchboard_integrations");

    let list = app.asks(Method::GET, &seats, None, 200).await;
    assert_eq!(list["switchboardIntegrations"].as_array().unwrap().len(), 10);
    let change = json!({ "name": "robot", "messageHistoryCount": 3 });
    let changed = app.asks(Method::PATCH, &format!("{seats}/{bot}"), Some(change), 200).await;
    let changed = &changed["switchboardIntegration"];
    assert_eq!((&changed["name"], &changed["messageHistoryCount"]), (&json!("robot"), &json!(3)));
    assert_eq!((&changed["integrationType"], &changed["deliverStandbyEvents"]), (&json!("custom"), &json!(true)));

    app.asks(Method::DELETE, &format!("{seats}/{desk}"), None, 400).await;
    let alone = json!({ "nextSwitchboardIntegrationId": null });
    app.asks(Method::PATCH, &format!("{seats}/{bot}"), Some(alone), 200).await;
    app.asks(Method::DELETE, &format!("{seats}/{desk}"), None, 200).await;
    app.asks(Method::PATCH, &path, Some(json!({ "defaultSwitchboardIntegrationId": bot })), 200).await;
    app.asks(Method::DELETE, &format!("{seats}/{bot}"), None, 400).await;
    let gone = app.asks(Method::DELETE, &format!("{seats}/{desk}"), None, 404).await;
    assert_eq!(gone["errors"][0]["code"], "switchboard_integration_not_found");
}

#[tokio::test]
async fn control_passes_from_seat_to_seat() {
    let app = TestApp::start().await;
    let (path, [bot, desk], keys) = switchboard(&app).await;
    let (_, before) = app.visitor_in_conversation().await;
    assert_eq!(control(&app, &before).await, named(None, None), "the switchboard is off");
    let on = json!({ "enabled": true, "defaultSwitchboardIntegrationId": bot });
    app.asks(Method::PATCH, &path, Some(on), 200).await;
    let (_, conversation) = app.visitor_in_conversation().await;
    assert_eq!(control(&app, &conversation).await, named(Some("bot"), None), "new ones begin with the default");
    let group = app.conversation(json!({ "type": "sdkGroup" })).await;
    assert_eq!(control(&app, &group).await, named(Some("bot"), None), "also those that the business makes");

    let act = async |action: &str, body: Option<Value>, status: u16| {
        app.asks(Method::POST, &format!("/conversations/{conversation}/{action}"), body, status).await
    };
    let to = |target: &str| Some(json!({ "switchboardIntegration": target, "metadata": { "reason": "x" } }));
    let as_integration = async |key: &domain::ApiKey, action: &str, body: Option<Value>| {
        let path = format!("/v2/apps/{}/conversations/{conversation}/{action}", app.made.app);
        let request = app.call((key.id.as_str(), &key.secret), Method::POST, &path);
        answer(if let Some(body) = body { request.json(&body) } else { request }).await.0
    };
    assert_eq!(act("passControl", to("next"), 200).await, json!({}));
    assert_eq!(control(&app, &conversation).await, named(Some("desk"), None));
    act("passControl", to("next"), 400).await;
    let unknown = act("passControl", to("nobody"), 404).await;
    assert_eq!(unknown["errors"][0]["code"], "switchboard_integration_not_found");
    act("passControl", Some(json!({})), 400).await;

    act("offerControl", to(&desk), 400).await;
    act("offerControl", to("bot"), 200).await;
    assert_eq!(control(&app, &conversation).await, named(Some("desk"), Some("bot")));
    assert_eq!(as_integration(&keys[1], "acceptControl", Some(json!({}))).await, StatusCode::FORBIDDEN);
    assert_eq!(as_integration(&keys[0], "acceptControl", Some(json!({}))).await, StatusCode::OK);
    assert_eq!(control(&app, &conversation).await, named(Some("bot"), None));
    act("acceptControl", Some(json!({})), 400).await;

    act("offerControl", to("desk"), 200).await;
    act("passControl", to(&bot), 200).await;
    assert_eq!(control(&app, &conversation).await, named(Some("bot"), None), "an open offer is forgotten");
    assert_eq!(as_integration(&keys[1], "releaseControl", None).await, StatusCode::FORBIDDEN);
    assert_eq!(as_integration(&keys[0], "releaseControl", None).await, StatusCode::OK);
    assert_eq!(control(&app, &conversation).await, named(None, None));

    act("passControl", to("bot"), 200).await;
    app.asks(Method::DELETE, &path, None, 200).await;
    assert_eq!(control(&app, &conversation).await, named(None, None), "nobody's without a switchboard");
    act("passControl", to("bot"), 404).await;
}

#[tokio::test]
async fn an_integration_leaves_its_seats_behind_in_order() {
    let app = TestApp::start().await;
    let (path, [bot, _], keys) = switchboard(&app).await;
    let on = json!({ "enabled": true, "defaultSwitchboardIntegrationId": bot });
    app.asks(Method::PATCH, &path, Some(on), 200).await;
    let (_, conversation) = app.visitor_in_conversation().await;
    let integration = keys[0].integration.unwrap();
    app.asks(Method::DELETE, &format!("/integrations/{integration}"), None, 200).await;
    let list = app.asks(Method::GET, "/switchboards", None, 200).await;
    assert_eq!(list["switchboards"][0]["enabled"], false);
    assert!(list["switchboards"][0].get("defaultSwitchboardIntegrationId").is_none(), "{list}");
    assert_eq!(control(&app, &conversation).await, named(None, None));
}

/// A switchboard that is on, with the default seat `bot`; gives that seat as a conversation shows it.
async fn default_seat(app: &TestApp) -> Value {
    let (path, [bot, _], keys) = switchboard(app).await;
    let on = json!({ "enabled": true, "defaultSwitchboardIntegrationId": bot });
    app.asks(Method::PATCH, &path, Some(on), 200).await;
    json!({ "id": bot, "name": "bot", "integrationId": keys[0].integration, "integrationType": "custom" })
}

/// What a new conversation shows of its seats, where `hook` was told of it and where the API is asked.
async fn begins_with(app: &TestApp, hook: &HookReceiver, seat: &Value) {
    let told = hook.of_trigger("conversation:create").await.payload()["conversation"].clone();
    let path = format!("/conversations/{}", told["id"].as_str().unwrap());
    let found = app.asks(Method::GET, &path, None, 200).await["conversation"].clone();
    for conversation in [told, found] {
        assert_eq!(&conversation["activeSwitchboardIntegration"], seat, "{conversation}");
        assert!(conversation.get("pendingSwitchboardIntegration").is_none(), "{conversation}");
    }
}

#[tokio::test]
async fn a_conversation_of_the_business_begins_with_the_default_seat() {
    let app = TestApp::with_webhooks().await;
    let seat = default_seat(&app).await;
    let receiver = HookReceiver::start().await;
    app.hook(&receiver.url(), &["conversation:create"]).await;
    let made = app.asks(Method::POST, "/conversations", Some(json!({ "type": "sdkGroup" })), 201).await;
    assert_eq!(made["conversation"]["activeSwitchboardIntegration"], seat, "{made}");
    begins_with(&app, &receiver, &seat).await;
}

#[tokio::test]
async fn a_conversation_of_the_older_api_begins_with_the_default_seat() {
    let app = TestApp::with_webhooks().await;
    let seat = default_seat(&app).await;
    let receiver = HookReceiver::start().await;
    app.hook(&receiver.url(), &["conversation:create"]).await;
    app.user("ann").await;
    let said = json!({ "role": "appMaker", "type": "text", "text": "Hello" });
    let (status, posted) = answer(app.v1(Method::POST, "/appusers/ann/messages").json(&said)).await;
    assert_eq!(status, StatusCode::CREATED, "{posted}");
    begins_with(&app, &receiver, &seat).await;
}

#[tokio::test]
async fn a_conversation_of_a_visitor_begins_with_the_default_seat() {
    let app = TestApp::with_webhooks().await;
    let seat = default_seat(&app).await;
    let receiver = HookReceiver::start().await;
    app.hook(&receiver.url(), &["conversation:create", "conversation:message"]).await;
    app.visitor_in_conversation().await;
    begins_with(&app, &receiver, &seat).await;
    let told = receiver.of_trigger("conversation:message").await;
    assert_eq!(told.payload()["conversation"]["activeSwitchboardIntegration"], seat, "the first message knows");
}

#[tokio::test]
async fn an_integration_with_two_seats_hears_while_it_sits_on_either() {
    let app = TestApp::with_webhooks().await;
    let receiver = HookReceiver::start().await;
    let hook = app.hook(&receiver.url(), &["conversation:message"]).await;
    let board = app.asks(Method::POST, "/switchboards", None, 201).await["switchboard"]["id"].clone();
    let board = board.as_str().unwrap();
    let mut seats = Vec::new();
    for name in ["one", "two"] {
        let seat = json!({ "name": name, "integrationId": hook.integration, "deliverStandbyEvents": false });
        let path = format!("/switchboards/{board}/switchboardIntegrations");
        seats.push(app.asks(Method::POST, &path, Some(seat), 201).await["switchboardIntegration"]["id"].clone());
    }
    let on = json!({ "enabled": true, "defaultSwitchboardIntegrationId": seats[0] });
    app.asks(Method::PATCH, &format!("/switchboards/{board}"), Some(on), 200).await;
    let (_, conversation) = app.visitor_in_conversation().await;
    let pass = json!({ "switchboardIntegration": "two" });
    app.asks(Method::POST, &format!("/conversations/{conversation}/passControl"), Some(pass), 200).await;
    app.business_says(&conversation, "still there").await;
    receiver.first(2).await;
}

#[tokio::test]
async fn who_stands_by_hears_what_happens_outside_of_conversations() {
    let app = TestApp::with_webhooks().await;
    let receiver = HookReceiver::start().await;
    let triggers = ["conversation:create", "conversation:remove", "client:remove", "user:remove"];
    let hook = app.hook(&receiver.url(), &triggers).await;
    app.seat_at_switchboard(&hook.integration).await;
    let ann = app.user("ann").await;
    let conversation = app.conversation(json!({ "type": "personal", "participants": [{ "userId": ann }] })).await;
    let link = json!({
        "matchCriteria": {
            "type": "twilio",
            "integrationId": app.integration_of_type("twilio").await,
            "phoneNumber": "+15145555555",
        },
        "confirmation": { "type": "immediate" },
        "target": { "conversationId": conversation },
    });
    let client = app.asks(Method::POST, "/users/ann/clients", Some(link), 201).await["client"]["id"].clone();
    app.asks(Method::DELETE, &format!("/users/ann/clients/{}", client.as_str().unwrap()), None, 200).await;
    app.asks(Method::DELETE, "/users/ann", None, 200).await;
    let told: Vec<String> = receiver.first(2).await.iter().map(|call| call.trigger().to_owned()).collect();
    assert_eq!(told, ["client:remove", "user:remove"], "and nothing of a conversation that nobody gave it");
}
