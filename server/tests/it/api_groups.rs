//! Conversations that the business begins, and who takes part in them.

use futures::future::join_all;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{HookReceiver, TestApp, answer};

async fn participants(app: &TestApp, conversation: &str) -> Vec<Value> {
    let page = app.asks(Method::GET, &format!("/conversations/{conversation}/participants"), None, 200).await;
    page["participants"].as_array().unwrap().clone()
}

fn personal(user: &str) -> Value {
    json!({ "type": "personal", "participants": [{ "userExternalId": user }] })
}

#[tokio::test]
async fn a_business_may_read_where_nothing_was_said_yet() {
    let app = TestApp::start().await;
    app.user("ann").await;
    let made = app.asks(Method::POST, "/conversations", Some(personal("ann")), 201).await["conversation"].clone();
    assert_eq!(made.get("businessLastRead"), None);
    let path = format!("/conversations/{}", made["id"].as_str().unwrap());
    let read = json!({ "author": { "type": "business" }, "type": "conversation:read" });
    app.asks(Method::POST, &format!("{path}/activity"), Some(read), 200).await;
    let read = app.asks(Method::GET, &path, None, 200).await["conversation"].clone();
    assert!(read["businessLastRead"].as_str() >= made["createdAt"].as_str(), "{read}");
}

#[tokio::test]
async fn a_conversation_is_made_changed_and_deleted() {
    let app = TestApp::start().await;
    let ann = app.user("ann").await;
    let first = app.asks(Method::POST, "/conversations", Some(personal("ann")), 201).await["conversation"].clone();
    assert_eq!((&first["type"], &first["isDefault"]), (&json!("personal"), &json!(true)));
    assert_eq!(first["createdAt"], first["lastUpdatedAt"]);
    let body = json!({
        "type": "personal", "participants": [{ "userId": ann }], "displayName": "Order 7", "description": "A kettle",
        "iconUrl": "https://shop.example/kettle.png", "metadata": { "order": 7, "paid": true },
    });
    let second = app.asks(Method::POST, "/conversations", Some(body), 201).await["conversation"].clone();
    assert_eq!(second["isDefault"], false);
    let path = format!("/conversations/{}", second["id"].as_str().unwrap());
    assert_eq!(app.asks(Method::GET, &path, None, 200).await["conversation"], second);

    let change =
        json!({ "displayName": "Order 7 (paid)", "description": null, "metadata": { "paid": null, "vip": 1 } });
    let changed = app.asks(Method::PATCH, &path, Some(change), 200).await["conversation"].clone();
    assert_eq!(changed["displayName"], "Order 7 (paid)");
    assert_eq!((changed.get("description"), &changed["iconUrl"]), (None, &second["iconUrl"]));
    assert_eq!(changed["metadata"], json!({ "order": 7, "vip": 1 }));
    assert_eq!(app.asks(Method::PATCH, &path, Some(json!({})), 200).await["conversation"], changed);
    let cleared = app.asks(Method::PATCH, &path, Some(json!({ "metadata": null, "iconUrl": null })), 200).await;
    assert_eq!((cleared["conversation"].get("metadata"), cleared["conversation"].get("iconUrl")), (None, None));
    for body in [
        json!({ "displayName": "" }),
        json!({ "displayName": "x".repeat(101) }),
        json!({ "iconUrl": "nonsense" }),
        json!({ "metadata": { "a": [] } }),
        json!({ "metadata": { "a": "x".repeat(4096) } }),
    ] {
        app.asks(Method::PATCH, &path, Some(body), 400).await;
    }

    let list = app.asks(Method::GET, "/conversations?filter[userExternalId]=ann", None, 200).await;
    assert_eq!(list["conversations"].as_array().unwrap().len(), 2);
    app.business_says(second["id"].as_str().unwrap(), "hello").await;
    assert_eq!(app.asks(Method::DELETE, &path, None, 200).await, json!({}));
    for method in [Method::GET, Method::DELETE] {
        assert_eq!(app.asks(method, &path, None, 404).await["errors"][0]["code"], "conversation_not_found");
    }
    let id = first["id"].as_str().unwrap();
    let refused = app.asks(Method::DELETE, &format!("/conversations/{id}"), None, 400).await;
    let title = format!("Conversation {id} cannot be deleted because it is the default.");
    assert_eq!(refused["errors"][0], json!({ "code": "bad_request", "title": title }));
    assert_eq!(app.rows().await, 3, "user, conversation and participant are left");
}

#[tokio::test]
async fn what_is_wrong_with_a_conversation_is_named() {
    let app = TestApp::start().await;
    app.user("ann").await;
    let ann = json!({ "userExternalId": "ann" });
    let rows = app.rows().await;
    let nobody = json!({ "userId": "65f0a1b2c3d4e5f6aabbccdd" });
    for (body, status, names) in [
        (json!({}), 400, "type"),
        (json!({ "type": "public" }), 400, "type"),
        (json!({ "type": "personal" }), 400, "participants"),
        (json!({ "type": "personal", "participants": [] }), 400, "participants"),
        (json!({ "type": "personal", "participants": [ann, ann] }), 400, "participants"),
        (json!({ "type": "personal", "participants": [{}] }), 400, "participants"),
        (
            json!({ "type": "personal", "participants": [{ "userId": "a", "userExternalId": "ann" }] }),
            400,
            "participants",
        ),
        (json!({ "type": "personal", "participants": [nobody] }), 404, "User"),
        (json!({ "type": "personal", "participants": [{ "userId": "nonsense" }] }), 404, "User"),
        (json!({ "type": "sdkGroup", "participants": [ann, { "userExternalId": "nobody" }] }), 404, "User"),
        (json!({ "type": "sdkGroup", "participants": vec![ann.clone(); 11] }), 400, "Too many participants"),
        (
            json!({ "type": "sdkGroup", "participants": [{ "userExternalId": "ann", "subscribeSDKClient": "yes" }] }),
            400,
            "subscribeSDKClient",
        ),
        (json!({ "type": "sdkGroup", "displayName": "" }), 400, "displayName"),
        (json!({ "type": "sdkGroup", "displayName": "a\u{0}" }), 400, "displayName"),
        (json!({ "type": "sdkGroup", "description": "x".repeat(101) }), 400, "description"),
        (json!({ "type": "sdkGroup", "iconUrl": "icon.png" }), 400, "iconUrl"),
        (json!({ "type": "sdkGroup", "metadata": { "a": {} } }), 400, "metadata.a"),
    ] {
        let refused = app.asks(Method::POST, "/conversations", Some(body), status).await;
        assert!(refused["errors"][0]["title"].as_str().unwrap().contains(names), "{names}: {refused}");
    }
    assert_eq!(app.rows().await, rows);
    for query in ["filter[userId]=65f0a1b2c3d4e5f6aabbccdd", "filter[userId]=x", "filter[userExternalId]=nobody"] {
        let refused = app.asks(Method::GET, &format!("/conversations?{query}"), None, 404).await;
        assert_eq!(refused["errors"][0]["code"], "user_not_found");
    }
}

#[tokio::test]
async fn of_many_conversations_begun_at_once_one_is_the_default() {
    let app = TestApp::start().await;
    let (visitor, conversation) = app.visitor_in_conversation().await;
    let known = app.author(&conversation).await;
    let ann = app.user("ann").await;
    let make = |user: &str| {
        let body = json!({ "type": "personal", "participants": [{ "userId": user }] });
        answer(app.api(Method::POST, "/conversations").json(&body))
    };
    let (anns, knowns) = tokio::join!(join_all((0..40).map(|_| make(&ann))), join_all((0..10).map(|_| make(&known))));
    let defaults = |made: &[(StatusCode, Value)]| {
        assert!(made.iter().all(|(status, _)| *status == StatusCode::CREATED));
        made.iter().filter(|(_, answer)| answer["conversation"]["isDefault"] == true).count()
    };
    assert_eq!((defaults(&anns), defaults(&knowns)), (1, 0), "a visitor's own first conversation is the default");
    drop(visitor);
    // Every one of them comes up exactly once, whichever way one walks.
    for size in [1, 7, 40, 100] {
        let mut ids: Vec<String> = Vec::new();
        let mut path = format!("/conversations?filter%5BuserId%5D={ann}&page%5Bsize%5D={size}");
        loop {
            let page = app.asks(Method::GET, &path, None, 200).await;
            ids.extend(
                page["conversations"].as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap().to_owned()),
            );
            let Some(cursor) = page["meta"]["afterCursor"].as_str() else { break };
            path = format!("/conversations?filter[userId]={ann}&page[size]={size}&page[after]={cursor}");
        }
        assert_eq!(ids.len(), 40);
        ids.dedup();
        assert_eq!(ids.len(), 40);
        assert!(ids.is_sorted_by(|a, b| a > b));
    }
}

#[tokio::test]
async fn users_join_and_leave_a_group() {
    let app = TestApp::start().await;
    let ann = app.user("ann").await;
    let invited = json!([{ "userId": ann, "subscribeSDKClient": true }, { "userExternalId": "ann" }]);
    let group = app.conversation(json!({ "type": "sdkGroup", "participants": invited })).await;
    let who = participants(&app, &group).await;
    assert_eq!(who.len(), 1, "named twice is there once");
    assert_eq!((&who[0]["userId"], &who[0]["userExternalId"]), (&json!(ann), &json!("ann")));
    assert_eq!((&who[0]["unreadCount"], who[0].get("lastRead")), (&json!(0), None));
    let clients = app.asks(Method::GET, &format!("/users/{ann}/clients"), None, 200).await;
    assert_eq!(who[0]["clientAssociations"], json!([{ "type": "sdk", "clientId": clients["clients"][0]["id"] }]));

    let join = format!("/conversations/{group}/join");
    let bob = app.user("bob").await;
    let joined = app.asks(Method::POST, &join, Some(json!({ "userExternalId": "bob" })), 201).await;
    assert_eq!(joined["participant"]["userId"], json!(bob));
    assert_eq!(joined["participant"]["clientAssociations"], json!([]));
    let again = app.asks(Method::POST, &join, Some(json!({ "userId": bob })), 201).await;
    assert_eq!(again, joined);
    let seen = app.asks(Method::POST, &join, Some(json!({ "userId": bob, "subscribeSDKClient": true })), 201).await;
    assert_eq!(seen["participant"]["id"], joined["participant"]["id"]);
    assert_eq!(seen["participant"]["clientAssociations"][0]["type"], "sdk");

    app.business_says(&group, "one").await;
    let body = json!({ "author": { "type": "user", "userId": ann }, "content": { "type": "text", "text": "two" } });
    app.asks(Method::POST, &format!("/conversations/{group}/messages"), Some(body), 201).await;
    let unread: Vec<Value> = participants(&app, &group).await.iter().map(|it| it["unreadCount"].clone()).collect();
    assert!(unread.contains(&json!(0)) && unread.contains(&json!(2)), "{unread:?}");
    let read = json!({ "author": { "type": "user", "userExternalId": "bob" }, "type": "conversation:read" });
    app.asks(Method::POST, &format!("/conversations/{group}/activity"), Some(read), 200).await;
    let bobs = participants(&app, &group).await.into_iter().find(|it| it["userId"] == json!(bob)).unwrap();
    assert_eq!(bobs["unreadCount"], 0);
    assert!(bobs["lastRead"].is_string());

    let leave = format!("/conversations/{group}/leave");
    for (body, status, code) in [
        (json!({}), 400, "bad_request"),
        (json!({ "userId": bob, "userExternalId": "bob" }), 400, "bad_request"),
        (json!({ "userExternalId": "nobody" }), 404, "not_found"),
        (json!({ "userId": "nonsense" }), 404, "not_found"),
        (json!({ "participantId": "65f0a1b2c3d4e5f6aabbccdd" }), 404, "not_found"),
    ] {
        assert_eq!(app.asks(Method::POST, &leave, Some(body), status).await["errors"][0]["code"], code);
    }
    let id = &joined["participant"]["id"];
    assert_eq!(app.asks(Method::POST, &leave, Some(json!({ "participantId": id })), 200).await, json!({}));
    app.asks(Method::POST, &leave, Some(json!({ "participantId": id })), 404).await;
    assert_eq!(app.asks(Method::POST, &leave, Some(json!({ "userExternalId": "ann" })), 200).await, json!({}));
    assert_eq!(participants(&app, &group).await, [json!(null); 0]);
    app.asks(Method::POST, &leave, Some(json!({ "userId": ann })), 404).await;
}

#[tokio::test]
async fn a_group_has_room_for_ten() {
    let app = TestApp::start().await;
    let mut users = Vec::new();
    for number in 0..11 {
        users.push(app.user(&format!("user {number}")).await);
    }
    let invited: Vec<Value> =
        users[..9].iter().map(|id| json!({ "userId": id, "subscribeSDKClient": false })).collect();
    let group = app.conversation(json!({ "type": "sdkGroup", "participants": invited })).await;
    let join = format!("/conversations/{group}/join");
    let joins = users[9..].iter().map(|id| answer(app.api(Method::POST, &join).json(&json!({ "userId": id }))));
    let joined = join_all(joins).await;
    assert_eq!(joined.iter().filter(|(status, _)| *status == StatusCode::CREATED).count(), 1);
    let refused = joined.iter().find(|(status, _)| *status == StatusCode::BAD_REQUEST).unwrap();
    assert_eq!(refused.1["errors"][0]["title"], "Too many participants");
    app.asks(Method::POST, &join, Some(json!({ "userId": users[0] })), 201).await;
    let path = format!("/conversations/{group}/participants");
    let mut ids: Vec<Value> = Vec::new();
    let mut next = format!("{path}?page[size]=4");
    loop {
        let page = app.asks(Method::GET, &next, None, 200).await;
        ids.extend(page["participants"].as_array().unwrap().iter().map(|it| it["id"].clone()));
        let Some(cursor) = page["meta"]["afterCursor"].as_str() else { break };
        next = format!("{path}?page[size]=4&page[after]={cursor}");
    }
    assert_eq!(ids.len(), 10);
    let before = format!("{path}?page[size]=4&page[before]={}", ids[5].as_str().unwrap());
    let back = app.asks(Method::GET, &before, None, 200).await;
    assert_eq!(
        back["participants"].as_array().unwrap().iter().map(|it| it["id"].clone()).collect::<Vec<_>>(),
        ids[1..5]
    );
    assert_eq!((&back["meta"]["hasMore"], &back["meta"]["beforeCursor"]), (&json!(true), &ids[1]));
    let unknown = app.asks(Method::GET, &format!("{path}?page[after]=65f0a1b2c3d4e5f6aabbccdd"), None, 404).await;
    assert_eq!(unknown["errors"][0]["code"], "not_found");
    for query in ["page[size]=101", "page[after]=x"] {
        app.asks(Method::GET, &format!("{path}?{query}"), None, 400).await;
    }
}

#[tokio::test]
async fn nobody_joins_or_leaves_a_personal_conversation() {
    let app = TestApp::start().await;
    let ann = app.user("ann").await;
    app.user("bob").await;
    let conversation = app.conversation(personal("ann")).await;
    let (join, leave) = (format!("/conversations/{conversation}/join"), format!("/conversations/{conversation}/leave"));
    app.asks(Method::POST, &join, Some(json!({ "userExternalId": "bob" })), 400).await;
    app.asks(Method::POST, &leave, Some(json!({ "userId": ann })), 400).await;
    assert_eq!(participants(&app, &conversation).await.len(), 1);
    let nowhere = "/conversations/65f0a1b2c3d4e5f6aabbccdd/join";
    assert_eq!(
        app.asks(Method::POST, nowhere, Some(json!({ "userId": ann })), 404).await["errors"][0]["code"],
        "conversation_not_found"
    );
    let group = app.conversation(json!({ "type": "sdkGroup" })).await;
    let join = format!("/conversations/{group}/join");
    assert_eq!(
        app.asks(Method::POST, &join, Some(json!({ "userId": "nonsense" })), 404).await["errors"][0]["code"],
        "user_not_found"
    );
    app.asks(Method::POST, &join, Some(json!({})), 400).await;
}

#[tokio::test]
async fn an_app_may_give_its_users_one_conversation_only() {
    let app = TestApp::start().await;
    app.user("ann").await;
    let group = app.conversation(json!({ "type": "sdkGroup" })).await;
    app.execute("UPDATE apps SET settings = '{\"multiConvoEnabled\":false}'").await;
    app.conversation(personal("ann")).await;
    let rows = app.rows().await;
    let refused = app.asks(Method::POST, "/conversations", Some(personal("ann")), 400).await;
    assert!(refused["errors"][0]["title"].as_str().unwrap().contains("multiConvoEnabled"), "{refused}");
    let invited = json!({ "type": "sdkGroup", "participants": [{ "userExternalId": "ann" }] });
    app.asks(Method::POST, "/conversations", Some(invited), 400).await;
    let join = format!("/conversations/{group}/join");
    app.asks(Method::POST, &join, Some(json!({ "userExternalId": "ann" })), 400).await;
    assert_eq!(app.rows().await, rows);
}

#[tokio::test]
async fn a_page_shows_what_its_visitor_is_subscribed_to() {
    let app = TestApp::start().await;
    let (visitor, own) = app.visitor_in_conversation().await;
    let user = app.author(&own).await;
    let hidden = json!({ "type": "sdkGroup", "participants": [{ "userId": user, "subscribeSDKClient": false }] });
    let hidden = app.conversation(hidden).await;
    app.business_says(&hidden, "not for the page").await;
    assert_eq!(visitor.page().await.conversation().unwrap(), own);
    assert_eq!(visitor.open(&format!("?conversationId={hidden}")).await.conversation().unwrap(), own);
    visitor.says("still here").await;
    assert_eq!(app.texts(&own).await, ["hello", "still here"]);

    let shown = json!({ "userId": user, "subscribeSDKClient": true });
    app.asks(Method::POST, &format!("/conversations/{hidden}/join"), Some(shown), 201).await;
    app.business_says(&hidden, "for the page").await;
    assert_eq!(visitor.page().await.listed()[0], hidden);
    let personal = json!({ "type": "personal", "participants": [{ "userId": user }] });
    let personal = app.conversation(personal).await;
    app.business_says(&personal, "about your order").await;
    assert_eq!(visitor.page().await.listed()[0], personal, "the one where something happened last");

    let mut feed = visitor.listen(None).await;
    app.asks(Method::DELETE, &format!("/conversations/{personal}"), None, 200).await;
    let gone = feed.next().await.unwrap();
    assert_eq!((&gone["type"], &gone["conversation"]["id"]), (&json!("conversation:remove"), &json!(personal)));
    assert_eq!(visitor.page().await.listed(), [hidden, own]);
}

#[tokio::test]
async fn a_visitor_without_a_page_to_show_speaks_in_the_default_conversation() {
    let app = TestApp::start().await;
    let (visitor, own) = app.visitor_in_conversation().await;
    app.execute("UPDATE participants SET is_subscribed = FALSE").await;
    assert_eq!(visitor.page().await.conversation(), None);
    visitor.says("again").await;
    assert_eq!(visitor.page().await.conversation().unwrap(), own);
    assert_eq!(app.texts(&own).await, ["hello", "again"]);
}

#[tokio::test]
async fn a_message_reference_needs_a_channel_that_has_them() {
    let app = TestApp::start().await;
    let ann = app.user("ann").await;
    let conversation = app.conversation(personal("ann")).await;
    let reference = json!({ "url": "https://a", "bid": "b", "key": "k", "signature": "s", "owner": "o" });
    let body = |user: &str, reference: &Value| json!({ "userId": user, "apple": { "interactiveDataRef": reference } });
    let path = format!("/conversations/{conversation}/download");
    for (path, body, status, code) in [
        (&*path, json!({}), 400, "bad_request"),
        (&*path, json!({ "userId": ann, "apple": {} }), 400, "bad_request"),
        (&*path, body(&ann, &json!({ "url": "https://a" })), 400, "bad_request"),
        (&*path, body("nobody", &reference), 404, "user_not_found"),
        ("/conversations/nonsense/download", body(&ann, &reference), 404, "conversation_not_found"),
        (&*path, body(&ann, &reference), 400, "bad_request"),
    ] {
        let refused = app.asks(Method::POST, path, Some(body), status).await;
        assert_eq!(refused["errors"][0]["code"], code, "{refused}");
    }
}

#[tokio::test]
async fn webhooks_hear_who_comes_and_goes() {
    let app = TestApp::with_webhooks().await;
    let receiver = HookReceiver::start().await;
    let triggers = [
        "conversation:create",
        "conversation:join",
        "conversation:leave",
        "conversation:remove",
        "user:merge",
        "user:remove",
    ];
    let _hook = app.hook(&receiver.url(), &triggers).await;
    let (ann, bob) = (app.user("ann").await, app.user("bob").await);
    let own = app.conversation(personal("ann")).await;
    let group = app.conversation(json!({ "type": "sdkGroup", "metadata": { "order": 7 } })).await;
    for _ in 0..2 {
        app.asks(Method::POST, &format!("/conversations/{group}/join"), Some(json!({ "userId": bob })), 201).await;
    }
    app.asks(Method::POST, &format!("/conversations/{group}/leave"), Some(json!({ "userId": bob })), 200).await;
    app.asks(Method::DELETE, &format!("/conversations/{group}"), None, 200).await;
    let id = |text: &str| text.parse().unwrap();
    app.chat().merge_users(server::chat::Scope::of_app(app.made.app), id(&ann), id(&bob)).await.unwrap();
    // What is not delivered by then forgets the person.
    receiver.first(6).await;
    app.asks(Method::DELETE, "/users/ann", None, 200).await;

    let mut heard: Vec<(String, Value)> =
        receiver.first(8).await.iter().map(|call| (call.trigger().to_owned(), call.payload().clone())).collect();
    heard.sort_by_key(|(trigger, payload)| (trigger.clone(), payload.to_string()));
    let (anns, bobs) = (json!({ "id": ann, "externalId": "ann" }), json!({ "id": bob, "externalId": "bob" }));
    let (own, group) = (
        json!({ "id": own, "type": "personal" }),
        json!({ "id": group, "type": "sdkGroup", "metadata": { "order": 7 } }),
    );
    let source = json!({ "type": "api:conversations" });
    let mut expected = vec![
        (
            "conversation:create",
            json!({ "conversation": own, "creationReason": "none", "source": source, "user": anns }),
        ),
        ("conversation:create", json!({ "conversation": group, "creationReason": "none", "source": source })),
        ("conversation:join", json!({ "conversation": group, "user": bobs })),
        ("conversation:leave", json!({ "conversation": group, "user": bobs })),
        ("conversation:remove", json!({ "conversation": group })),
        ("conversation:remove", json!({ "conversation": own })),
        ("user:merge", json!({ "mergedUsers": { "surviving": anns, "discarded": bobs }, "reason": "api" })),
        ("user:remove", json!({ "user": anns })),
    ];
    expected.sort_by_key(|(trigger, payload)| (*trigger, payload.to_string()));
    let heard: Vec<(&str, Value)> =
        heard.iter().map(|(trigger, payload)| (trigger.as_str(), payload.clone())).collect();
    assert_eq!(heard, expected);
}

#[tokio::test]
async fn a_user_who_is_deleted_leaves_every_group() {
    let app = TestApp::with_webhooks().await;
    let receiver = HookReceiver::start().await;
    app.hook(&receiver.url(), &["conversation:leave", "conversation:remove", "user:remove"]).await;
    let (ann, bob) = (app.user("ann").await, app.user("bob").await);
    let members = json!([{ "userId": ann }, { "userId": bob }]);
    let group = json!({ "type": "sdkGroup", "participants": members });
    let groups = [app.conversation(group.clone()).await, app.conversation(group).await];
    let own = app.conversation(personal("ann")).await;
    app.asks(Method::DELETE, "/users/ann", None, 200).await;

    let calls = receiver.first(4).await;
    let of = |trigger: &str| calls.iter().filter(|call| call.trigger() == trigger).collect::<Vec<_>>();
    let left = of("conversation:leave");
    for group in &groups {
        let told = left.iter().find(|call| call.conversation() == group).unwrap().payload();
        assert_eq!(told["user"], json!({ "id": ann, "externalId": "ann" }));
        let members = app.asks(Method::GET, &format!("/conversations/{group}/participants"), None, 200).await;
        assert_eq!(members["participants"].as_array().unwrap().len(), 1, "{members}");
    }
    assert_eq!((left.len(), of("conversation:remove")[0].conversation(), of("user:remove").len()), (2, &*own, 1));
}
