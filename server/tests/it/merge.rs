//! Two users who turn out to be one person.

use domain::UserId;
use futures::future::join_all;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use server::chat::{ChatError, Merge, Scope};

use crate::support::{HookReceiver, Reply, TestApp};

async fn merge(app: &TestApp, surviving: &str, discarded: &str) -> Result<Merge, ChatError> {
    let id = |text: &str| text.parse::<UserId>().unwrap();
    app.chat().merge_users(Scope::of_app(app.made.app), id(surviving), id(discarded)).await
}

async fn ids(app: &TestApp, path: &str, list: &str) -> Vec<String> {
    let page = app.asks(Method::GET, path, None, 200).await;
    page[list].as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn two_visitors_become_one() {
    let app = TestApp::start().await;
    let (phone, phones) = app.visitor_in_conversation().await;
    let (laptop, laptops) = app.visitor_in_conversation().await;
    let (survivor, discarded) = (app.author(&phones).await, app.author(&laptops).await);
    let patch = json!({ "profile": { "givenName": "Ann" }, "metadata": { "tier": "gold" } });
    app.asks(Method::PATCH, &format!("/users/{survivor}"), Some(patch), 200).await;
    let patch = json!({ "profile": { "givenName": "Anna", "surname": "A" }, "metadata": { "tier": "tin", "cart": 3 } });
    app.asks(Method::PATCH, &format!("/users/{discarded}"), Some(patch), 200).await;
    let mut feed = laptop.listen(None).await;

    let merged = merge(&app, &survivor, &discarded).await.unwrap();
    assert_eq!(merged.users.surviving.id.to_string(), survivor);
    assert_eq!(merged.users.discarded.id.to_string(), discarded);
    let conversations = merged.conversations.unwrap();
    assert_eq!(conversations.surviving.id.to_string(), phones);
    assert_eq!(conversations.discarded.id.to_string(), laptops);
    assert!(merged.clients.is_some());
    assert_eq!(json!(merged.discarded_metadata), json!({ "tier": "tin" }));

    app.asks(Method::GET, &format!("/users/{discarded}"), None, 404).await;
    let user = app.asks(Method::GET, &format!("/users/{survivor}"), None, 200).await["user"].clone();
    assert_eq!(user["profile"], json!({ "givenName": "Ann", "surname": "A" }));
    assert_eq!(user["metadata"], json!({ "tier": "gold", "cart": 3 }));
    assert_eq!(ids(&app, &format!("/users/{survivor}/clients"), "clients").await.len(), 1);
    assert_eq!(ids(&app, &format!("/users/{survivor}/devices"), "devices").await.len(), 2);
    let list = app.asks(Method::GET, &format!("/conversations?filter[userId]={survivor}"), None, 200).await;
    let defaults: Vec<(&Value, &Value)> =
        list["conversations"].as_array().unwrap().iter().map(|it| (&it["id"], &it["isDefault"])).collect();
    assert_eq!(defaults.len(), 2);
    assert!(defaults.contains(&(&json!(phones), &json!(true))) && defaults.contains(&(&json!(laptops), &json!(false))));
    assert_eq!(app.author(&laptops).await, survivor, "what was said is the survivor's");

    // The other browser goes on as the survivor, and both see both conversations.
    assert_eq!(feed.close_code().await, Some(4408));
    let mut feed = laptop.listen(None).await;
    let there = format!("?conversationId={laptops}");
    let page = laptop.open(&there).await;
    assert_eq!(laptop.posts_at(&there, &page, "from the laptop").await.status, StatusCode::SEE_OTHER);
    assert_eq!(feed.event().await.1, "from the laptop");
    assert_eq!(phone.open(&format!("?conversationId={laptops}")).await.conversation().unwrap(), laptops);
    let page = app.asks(Method::GET, &format!("/conversations/{laptops}/messages"), None, 200).await;
    assert_eq!(page["messages"][1]["author"]["userId"], json!(survivor));
    assert_eq!(page["messages"][1]["author"]["displayName"], "Ann A");
}

#[tokio::test]
async fn what_only_the_discarded_has_moves_as_it_is() {
    let app = TestApp::start().await;
    let (visitor, conversation) = app.visitor_in_conversation().await;
    let anonymous = app.author(&conversation).await;
    let ann = app.user("ann").await;
    let client = ids(&app, &format!("/users/{anonymous}/clients"), "clients").await;

    let merged = merge(&app, &ann, &anonymous).await.unwrap();
    assert!(merged.conversations.is_none() && merged.clients.is_none() && merged.discarded_metadata.is_none());
    assert_eq!(ids(&app, &format!("/users/{ann}/clients"), "clients").await, client);
    let one = app.asks(Method::GET, &format!("/conversations/{conversation}"), None, 200).await;
    assert_eq!(one["conversation"]["isDefault"], true, "the survivor had none");
    visitor.says("it is me").await;
    assert_eq!(app.texts(&conversation).await, ["hello", "it is me"]);
    assert_eq!(app.author(&conversation).await, ann);

    // And on: whoever was merged before goes along, to the end.
    let bob = app.user("bob").await;
    let merged = merge(&app, &bob, &ann).await.unwrap();
    assert_eq!(merged.users.surviving.external_id.as_deref(), Some("bob"));
    app.asks(Method::GET, "/users/ann", None, 404).await;
    let storage = app.chat().storage();
    for gone in [&anonymous, &ann] {
        let fate = storage.read().await.unwrap().departed(gone.parse().unwrap()).await.unwrap();
        assert_eq!(fate, Some(server::storage::Departed::MergedInto(bob.parse().unwrap())), "{gone}");
    }
    app.asks(Method::DELETE, "/users/bob", None, 200).await;
    for gone in [&anonymous, &ann, &bob] {
        let fate = storage.read().await.unwrap().departed(gone.parse().unwrap()).await.unwrap();
        assert_eq!(fate, Some(server::storage::Departed::Deleted), "{gone}");
    }
}

#[tokio::test]
async fn an_external_id_is_taken_over_by_a_user_without() {
    let app = TestApp::start().await;
    let (_visitor, conversation) = app.visitor_in_conversation().await;
    let anonymous = app.author(&conversation).await;
    app.user("ann").await;
    let ann = app.asks(Method::GET, "/users/ann", None, 200).await["user"]["id"].as_str().unwrap().to_owned();
    merge(&app, &anonymous, &ann).await.unwrap();
    let user = app.asks(Method::GET, "/users/ann", None, 200).await;
    assert_eq!(user["user"]["id"], json!(anonymous));
}

#[tokio::test]
async fn two_in_a_group_become_one_participant() {
    let app = TestApp::start().await;
    let (ann, bob, cat) = (app.user("ann").await, app.user("bob").await, app.user("cat").await);
    let invited: Vec<Value> = [&ann, &bob, &cat].iter().map(|id| json!({ "userId": id })).collect();
    let group = app.conversation(json!({ "type": "sdkGroup", "participants": invited })).await;
    let says = async |user: &str, text: &str| {
        let body = json!({ "author": { "type": "user", "userId": user }, "content": { "type": "text", "text": text } });
        app.asks(Method::POST, &format!("/conversations/{group}/messages"), Some(body), 201).await;
    };
    says(&cat, "one").await;
    says(&bob, "two").await;
    app.business_says(&group, "three").await;
    // Ann has three unread, Bob one; for the one person that they are only the last is news.
    merge(&app, &ann, &bob).await.unwrap();
    let page = app.asks(Method::GET, &format!("/conversations/{group}/participants"), None, 200).await;
    let unread: Vec<(&str, u64)> = page["participants"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| (it["userExternalId"].as_str().unwrap(), it["unreadCount"].as_u64().unwrap()))
        .collect();
    assert_eq!(unread.len(), 2);
    assert!(unread.contains(&("ann", 1)) && unread.contains(&("cat", 2)), "{unread:?}");
    let page = app.asks(Method::GET, &format!("/conversations/{group}/messages"), None, 200).await;
    assert_eq!(page["messages"][1]["author"]["userId"], json!(ann));
}

#[tokio::test]
async fn what_can_not_be_merged_stays_as_it_is() {
    let app = TestApp::start().await;
    let ann = app.user("ann").await;
    let other = app.chat().provision("Rival").await.unwrap();
    let nobody = "65f0a1b2c3d4e5f6aabbccdd";
    assert!(matches!(merge(&app, &ann, &ann).await, Err(ChatError::Refused(_))));
    assert!(matches!(merge(&app, &ann, nobody).await, Err(ChatError::NotFound(_))));
    assert!(matches!(merge(&app, nobody, &ann).await, Err(ChatError::NotFound(_))));
    let bob = app.user("bob").await;
    let rival = Scope::of_app(other.app);
    let theirs = app.chat().merge_users(rival, ann.parse().unwrap(), bob.parse().unwrap()).await;
    assert!(matches!(theirs, Err(ChatError::NotFound(_))));
    assert_eq!(app.rows().await, 2);
}

#[tokio::test]
async fn who_was_merged_is_forgotten_with_the_survivor() {
    let app = TestApp::with_webhooks().await;
    let receiver = HookReceiver::answering(|call, _| Reply::Text(200, call.text.clone())).await;
    let triggers = ["conversation:create", "conversation:message", "user:merge", "user:update"];
    let hook = app.hook(&receiver.url(), &triggers).await;
    let (ann, bob) = (app.user("ann-the-survivor").await, app.user("bob-the-discarded").await);
    let conversation = app.conversation(json!({ "type": "personal", "participants": [{ "userId": bob }] })).await;
    let content = json!({ "type": "text", "text": "the secret word" });
    let body = json!({ "author": { "type": "user", "userId": bob }, "content": content });
    app.asks(Method::POST, &format!("/conversations/{conversation}/messages"), Some(body), 201).await;
    merge(&app, &ann, &bob).await.unwrap();
    hook.deliveries_when("delivered", 3).await;
    let kept = async || {
        let page = hook.deliveries("delivered").await;
        join_all(page.iter().map(|it| hook.delivery(&it["id"]))).await
    };
    let mentions = |kept: &[Value], word: &str| kept.iter().filter(|it| it.to_string().contains(word)).count();
    let before = kept().await;
    assert!(mentions(&before, "the secret word") == 1 && mentions(&before, "bob-the-discarded") > 1, "{before:?}");

    app.asks(Method::DELETE, &format!("/users/{ann}"), None, 200).await;
    let after = kept().await;
    assert_eq!(after.len(), before.len());
    for word in ["the secret word", "bob-the-discarded", "ann-the-survivor"] {
        assert_eq!(mentions(&after, word), 0, "{word} in {after:?}");
    }
}

/// Has `app` know one conversation per user.
async fn single(app: &TestApp) {
    app.execute("UPDATE apps SET settings = '{\"multiConvoEnabled\":false}'").await;
}

/// Number of the newest entry in the log of `conversation`.
async fn newest(app: &TestApp, conversation: &str) -> u64 {
    let seq = app.number(&format!("SELECT seq FROM conversations WHERE id = '{conversation}'")).await;
    u64::try_from(seq).unwrap()
}

async fn gaps(app: &TestApp) -> i64 {
    const SQL: &str = "SELECT count(*) FROM conversations c WHERE c.seq - c.log_start <>
        (SELECT count(*) FROM log l WHERE l.conversation_id = c.id AND l.seq > c.log_start AND l.seq <= c.seq)";
    app.number(SQL).await
}

#[tokio::test]
async fn what_both_said_is_joined_in_the_order_of_time() {
    let app = TestApp::start_with(&["--webhook-allow", "127.0.0.0/8"]).await;
    single(&app).await;
    let receiver = HookReceiver::start().await;
    app.hook(&receiver.url(), &["user:merge"]).await;
    let (phone, phones) = app.visitor_in_conversation().await;
    let (laptop, laptops) = app.visitor_in_conversation().await;
    let (survivor, discarded) = (app.author(&phones).await, app.author(&laptops).await);
    phone.says("from the phone").await;
    laptop.says("from the laptop").await;
    let told = app.business_says(&laptops, "forget this").await["id"].as_str().unwrap().to_owned();
    app.asks(Method::DELETE, &format!("/conversations/{laptops}/messages/{told}"), None, 200).await;
    app.business_says(&laptops, "to the laptop").await;
    phone.says("from the phone again").await;
    app.business_says(&phones, "to the phone").await;
    let before = newest(&app, &phones).await;
    let (mut phones_feed, mut laptops_feed) = (phone.listen(None).await, laptop.listen(None).await);

    let merged = merge(&app, &survivor, &discarded).await.unwrap();
    assert!(merged.is_joined);
    let said = [
        "hello",
        "hello",
        "from the phone",
        "from the laptop",
        "to the laptop",
        "from the phone again",
        "to the phone",
    ];
    assert_eq!(app.texts(&phones).await, said);
    app.asks(Method::GET, &format!("/conversations/{laptops}"), None, 404).await;
    let payload = receiver.of_trigger("user:merge").await.payload().clone();
    assert_eq!(payload["mergedConversations"]["surviving"]["id"], json!(phones));
    assert_eq!(payload["mergedConversations"]["discarded"]["id"], json!(laptops));
    assert_eq!(gaps(&app).await, 0);

    // Who knows the log by its old numbers starts over; who looked at it since goes on.
    assert_eq!(phones_feed.close_code().await, Some(4408));
    assert_eq!(laptops_feed.next().await.unwrap()["type"], "conversation:remove");
    let mut stale = phone.listen(Some((&phones, before))).await;
    assert_eq!(stale.next().await.unwrap(), json!({ "type": "reload" }));
    let mut feed = laptop.listen(None).await;
    let page = laptop.page().await;
    assert_eq!((page.conversation().unwrap(), page.messages()), (phones.clone(), said.len()));
    laptop.says("one more").await;
    assert_eq!(feed.event().await.1, "one more");
    assert_eq!(app.texts(&phones).await.last().unwrap(), "one more");
    let ids = |list: &Value| list["messages"].as_array().unwrap().iter().map(|it| it["id"].clone()).collect::<Vec<_>>();
    let path = format!("/conversations/{phones}/messages");
    let all = ids(&app.asks(Method::GET, &path, None, 200).await);
    let middle = all[4].as_str().unwrap();
    let older = ids(&app.asks(Method::GET, &format!("{path}?page[before]={middle}"), None, 200).await);
    assert_eq!(older, all[..4]);
    assert_eq!(gaps(&app).await, 0);
}

#[tokio::test]
async fn what_only_follows_keeps_the_numbers_of_what_was_there() {
    let app = TestApp::start().await;
    single(&app).await;
    let (phone, phones) = app.visitor_in_conversation().await;
    app.business_says(&phones, "welcome").await;
    let known = newest(&app, &phones).await;
    let (laptop, laptops) = app.visitor_in_conversation().await;
    app.business_says(&laptops, "again").await;
    let (survivor, discarded) = (app.author(&phones).await, app.author(&laptops).await);
    assert!(merge(&app, &survivor, &discarded).await.unwrap().is_joined);

    assert_eq!(app.texts(&phones).await, ["hello", "welcome", "hello", "again"]);
    let mut feed = phone.listen(Some((&phones, known))).await;
    let heard = [feed.event().await, feed.event().await];
    assert_eq!(heard, [(known + 1, "hello".to_owned()), (known + 2, "again".to_owned())]);
    let one = app.asks(Method::GET, &format!("/conversations/{phones}/participants"), None, 200).await;
    assert_eq!(one["participants"][0]["unreadCount"], 1, "the laptop's hello came after the welcome: {one}");
    assert_eq!(gaps(&app).await, 0);
    drop(laptop);
}
