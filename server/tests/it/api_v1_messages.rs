//! Messages of the older API: sent, read page by page, and seen in the newer one.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{TestApp, answer};

async fn with_ann() -> TestApp {
    let app = TestApp::start().await;
    let (status, _) = answer(app.v1(Method::POST, "/appusers").json(&json!({ "userId": "ann" }))).await;
    assert_eq!(status, StatusCode::CREATED);
    app
}

impl TestApp {
    async fn send(&self, message: Value) -> Value {
        let (status, sent) = answer(self.v1(Method::POST, "/appusers/ann/messages").json(&message)).await;
        assert_eq!(status, StatusCode::CREATED, "{sent}");
        sent
    }

    async fn page(&self, query: &str) -> Value {
        let (status, page) = answer(self.v1(Method::GET, &format!("/appusers/ann/messages{query}"))).await;
        assert_eq!(status, StatusCode::OK, "{page}");
        page
    }
}

fn texts(page: &Value) -> Vec<&str> {
    page["messages"].as_array().unwrap().iter().map(|it| it["text"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn the_first_message_of_the_business_opens_the_conversation() {
    let app = with_ann().await;
    let said = json!({ "role": "appMaker", "type": "text", "text": "Hello", "name": "Bo", "metadata": { "a": 1 } });
    let sent = app.send(said).await;
    let message = &sent["message"];
    assert_eq!(
        (&message["role"], &message["name"], &message["authorId"]),
        (&json!("appMaker"), &json!("Bo"), &json!(app.made.app))
    );
    assert_eq!((&message["source"], &message["metadata"]), (&json!({ "type": "api" }), &json!({ "a": 1 })));
    assert!(message["received"].is_f64(), "{message}");
    assert_eq!(sent["conversation"]["unreadCount"], 1);
    let conversation = sent["conversation"]["_id"].as_str().unwrap();
    let (_, newer) = answer(app.api(Method::GET, &format!("/conversations/{conversation}/messages"))).await;
    assert_eq!(newer["messages"][0]["id"], message["_id"]);
    let (_, newer) = answer(app.api(Method::GET, &format!("/conversations/{conversation}"))).await;
    assert_eq!(newer["conversation"]["isDefault"], true);
    app.business_says(conversation, "and again").await;
    let page = app.page("").await;
    assert_eq!((texts(&page), &page["conversation"]["unreadCount"]), (vec!["Hello", "and again"], &json!(2)));
    assert_eq!(page["messages"][0], *message);
    assert!(page.get("previous").is_none() && page.get("next").is_none(), "{page}");
    let (_, user) = answer(app.v1(Method::GET, "/appusers/ann")).await;
    assert_eq!(user["appUser"]["conversationStarted"], true);
    let (status, read) = answer(app.v1(Method::POST, "/appusers/ann/conversation/read")).await;
    assert_eq!((status, &read["conversation"]["unreadCount"]), (StatusCode::OK, &json!(0)));
    let (_, found) = answer(app.v1(Method::GET, "/appusers/ann/conversation")).await;
    assert!(found["conversation"]["appUserLastRead"].is_f64(), "{found}");
}

#[tokio::test]
async fn a_user_speaks_under_the_profile_s_name() {
    let app = with_ann().await;
    let sent = app.send(json!({ "role": "appUser", "type": "text", "text": "Hi" })).await;
    let (_, user) = answer(app.v1(Method::GET, "/appusers/ann")).await;
    assert_eq!((&sent["message"]["role"], &sent["message"]["authorId"]), (&json!("appUser"), &user["appUser"]["_id"]));
    assert!(sent["message"]["name"].as_str().unwrap().starts_with("Web User"), "{sent}");
    assert_eq!(sent["conversation"]["unreadCount"], 0);
}

#[tokio::test]
async fn rich_messages_keep_the_ids_of_their_parts() {
    let app = with_ann().await;
    let action = json!({ "type": "postback", "text": "Tea", "payload": "TEA" });
    let items = json!([{ "title": "A", "actions": [action, { "type": "share", "text": "Share" }] }, { "title": "B", "actions": [action] }]);
    let sent = app.send(json!({ "role": "appMaker", "type": "carousel", "items": items })).await;
    let message = &sent["message"];
    assert_eq!((&message["type"], &message["text"]), (&json!("carousel"), &json!("1. A\n2. B")));
    assert_eq!(
        message["items"][0]["actions"].as_array().unwrap().len(),
        1,
        "sharing is for channels that are not here"
    );
    let ids = |message: &Value| {
        ["/items/0/_id", "/items/1/_id", "/items/0/actions/0/_id", "/items/1/actions/0/_id"]
            .map(|path| message.pointer(path).unwrap().as_str().unwrap().to_owned())
    };
    let mut found = ids(message);
    assert_eq!(ids(&app.page("").await["messages"][0]), found);
    found.sort_unstable();
    assert!(found.windows(2).all(|pair| pair[0] != pair[1]), "{found:?}");
    for (body, text) in [
        (json!({ "type": "image", "mediaUrl": "https://a.example/b.png" }), ""),
        (
            json!({ "type": "location", "coordinates": { "lat": 1.5, "long": 2 } }),
            "Location shared:\nhttps://maps.google.com/maps?q=1.5,2",
        ),
    ] {
        let mut body = body;
        body["role"] = json!("appUser");
        let sent = app.send(body.clone()).await;
        assert_eq!((&sent["message"]["text"], &sent["message"]["type"]), (&json!(text), &body["type"]));
    }
}

#[tokio::test]
async fn a_bad_message_names_its_field() {
    let app = with_ann().await;
    for (body, names) in [
        (json!({ "type": "text", "text": "Hi" }), "role"),
        (json!({ "role": "whisper", "type": "text", "text": "Hi" }), "role"),
        (json!({ "role": "appMaker", "text": "Hi" }), "type is required"),
        (json!({ "role": "appMaker", "type": "hologram", "text": "Hi" }), "type should"),
        (json!({ "role": "appMaker", "type": "text" }), "text is required"),
        (json!({ "role": "appMaker", "type": "text", "text": "x".repeat(4097) }), "text should"),
        (
            json!({ "role": "appMaker", "type": "carousel", "items": [{ "title": "A", "actions": [{ "type": "link", "text": "a" }] }] }),
            "items[0].actions[0].uri",
        ),
        (json!({ "role": "appMaker", "type": "text", "text": "Hi", "name": "" }), "name must"),
    ] {
        let (status, refused) = answer(app.v1(Method::POST, "/appusers/ann/messages").json(&body)).await;
        assert_eq!((status, &refused["error"]["code"]), (StatusCode::BAD_REQUEST, &json!("bad_request")), "{body}");
        assert!(refused["error"]["description"].as_str().unwrap().contains(names), "{names}: {refused}");
    }
    assert_eq!(answer(app.v1(Method::GET, "/appusers/ann/messages")).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn pages_are_cut_by_time_and_lead_to_their_neighbours() {
    let app = with_ann().await;
    for number in 0..250 {
        app.send(json!({ "role": "appMaker", "type": "text", "text": number.to_string() })).await;
    }
    let newest = app.page("").await;
    let expect = |from: u32, to: u32| (from..to).map(|number| number.to_string()).collect::<Vec<_>>();
    assert_eq!(texts(&newest), expect(150, 250));
    assert!(newest.get("next").is_none());
    let follow = |link: &Value| {
        let request = app.http.get(link.as_str().unwrap());
        answer(request.basic_auth(app.made.key.id.as_str(), Some(&app.made.key.secret)))
    };
    let (_, middle) = follow(&newest["previous"]).await;
    assert_eq!(texts(&middle), expect(50, 150));
    let (_, oldest) = follow(&middle["previous"]).await;
    assert_eq!(texts(&oldest), expect(0, 50));
    assert!(oldest.get("previous").is_none());
    let (_, back) = follow(&oldest["next"]).await;
    assert_eq!(texts(&back), expect(50, 150));

    // A time that was handed out leaves out exactly the message that it came with.
    let at = &newest["messages"][7]["received"];
    assert_eq!(texts(&app.page(&format!("?before={at}")).await), expect(57, 157));
    let after = app.page(&format!("?after={at}")).await;
    assert_eq!(texts(&after), expect(158, 250));
    assert!(after["previous"].is_string() && after.get("next").is_none());
    assert_eq!(app.page("?before=1471995721").await["messages"], json!([]));
    assert_eq!(texts(&app.page("?after=1471995721.123").await), expect(0, 100));
    for query in ["?before=1&after=1", "?before=yesterday", "?after=-1", "?after="] {
        let (status, refused) = answer(app.v1(Method::GET, &format!("/appusers/ann/messages{query}"))).await;
        assert_eq!((status, &refused["error"]["code"]), (StatusCode::BAD_REQUEST, &json!("bad_request")), "{query}");
    }
    let long = format!("/apps/{}/appusers/ann/messages", app.made.app);
    let (_, page) = answer(app.v1(Method::GET, &long)).await;
    assert!(page["previous"].as_str().unwrap().starts_with(&format!("{}/v1.1{long}?before=", app.url)), "{page}");
}

#[tokio::test]
async fn deleted_messages_are_gone_in_both_versions() {
    let app = with_ann().await;
    let mut ids = Vec::new();
    for text in ["one", "two", "three"] {
        let sent = app.send(json!({ "role": "appMaker", "type": "text", "text": text })).await;
        ids.push(sent["message"]["_id"].as_str().unwrap().to_owned());
    }
    let (status, nothing) = answer(app.v1(Method::DELETE, &format!("/appusers/ann/messages/{}", ids[1]))).await;
    assert_eq!((status, nothing), (StatusCode::OK, json!({})));
    for id in [ids[1].as_str(), "nonsense"] {
        let (status, _) = answer(app.v1(Method::DELETE, &format!("/appusers/ann/messages/{id}"))).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
    }
    let page = app.page("").await;
    assert_eq!((texts(&page), &page["conversation"]["unreadCount"]), (vec!["one", "three"], &json!(2)));
    let (status, nothing) = answer(app.v1(Method::DELETE, "/appusers/ann/messages")).await;
    assert_eq!((status, nothing), (StatusCode::OK, json!({})));
    let page = app.page("").await;
    assert_eq!(page["messages"], json!([]));
    let conversation = page["conversation"]["_id"].as_str().unwrap();
    let (_, newer) = answer(app.api(Method::GET, &format!("/conversations/{conversation}/messages"))).await;
    assert_eq!(newer["messages"], json!([]));
}

#[tokio::test]
async fn typing_and_reading_as_the_business() {
    let app = with_ann().await;
    let path = "/appusers/ann/conversation/activity";
    let typing = json!({ "role": "appMaker", "type": "typing:start", "name": "Bo" });
    let (status, _) = answer(app.v1(Method::POST, path).json(&typing)).await;
    assert_eq!(status, StatusCode::NOT_FOUND, "there is no conversation yet");
    app.send(json!({ "role": "appUser", "type": "text", "text": "Hi" })).await;
    let (status, told) = answer(app.v1(Method::POST, path).json(&typing)).await;
    assert_eq!((status, &told["conversation"]["appMakerLastRead"]), (StatusCode::OK, &Value::Null));
    let (_, told) =
        answer(app.v1(Method::POST, path).json(&json!({ "role": "appMaker", "type": "conversation:read" }))).await;
    assert!(told["conversation"]["appMakerLastRead"].is_f64(), "{told}");
    for body in [
        json!({ "role": "appUser", "type": "typing:start" }),
        json!({ "role": "appMaker", "type": "dancing" }),
        json!({}),
    ] {
        assert_eq!(answer(app.v1(Method::POST, path).json(&body)).await.0, StatusCode::BAD_REQUEST, "{body}");
    }
}

#[tokio::test]
async fn a_notification_reaches_a_user_who_is_known() {
    let app = with_ann().await;
    let path = format!("/apps/{}/notifications", app.made.app);
    let to = |integration: &str, user: &str| {
        json!({
            "destination": { "integrationId": integration, "destinationId": user },
            "author": { "name": "Bo" }, "message": { "type": "text", "text": "Sale" },
        })
    };
    let own = app.made.integration.to_string();
    let (status, told) = answer(app.v1(Method::POST, &path).json(&to(&own, "ann"))).await;
    assert_eq!(status, StatusCode::CREATED, "{told}");
    let page = app.page("").await;
    assert_eq!((&page["messages"][0]["_id"], texts(&page)), (&told["notification"]["_id"], vec!["Sale"]));
    for (body, code) in [
        (to("65f0a1b2c3d4e5f6aabbccdd", "ann"), "integration_not_found"),
        (to(&own, "nobody"), "user_not_found"),
        (json!({}), "bad_request"),
    ] {
        assert_eq!(answer(app.v1(Method::POST, &path).json(&body)).await.1["error"]["code"], code);
    }
}
