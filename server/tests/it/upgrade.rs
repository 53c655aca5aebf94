//! A database of the first release, opened by this one.

use std::path::Path;

use domain::IntegrationId;
use reqwest::{Method, StatusCode};
use serde_json::json;
use server::auth::VisitorTokens;
use server::chat::VisitorIdentity;
use sqlx::migrate::Migrator;
use sqlx::{Connection as _, SqliteConnection};
use tempfile::TempDir;

use crate::support::{HookReceiver, TestApp, Visitor, answer, postgres};

const APP: &str = "65f0a1b20000000000000001";
const KEY: (&str, &str) = ("app_65f0a1b20000000000000002", "a secret of the first release");
const PAGE: &str = "65f0a1b20000000000000003";
const USER: &str = "65f0a1b20000000000000004";
const CONVERSATION: &str = "65f0a1b20000000000000007";
const MESSAGE: &str = "65f0a1b20000000000000009";
const VISITOR_SECRET: &str = "an old secret of visitors";

/// What the first release wrote, as it wrote it.
const ROWS: &str = r#"
INSERT INTO settings (name, value) VALUES ('visitor_secret', 'an old secret of visitors'), ('epoch', 'then');
INSERT INTO apps (id, display_name, created_at) VALUES ('65f0a1b20000000000000001', 'Tea & Co', 1710268850000);
INSERT INTO api_keys (id, app_id, display_name, secret, created_at) VALUES
    ('app_65f0a1b20000000000000002', '65f0a1b20000000000000001', 'first', 'a secret of the first release', 1710268850000);
INSERT INTO integrations (id, app_id, type, display_name, settings, created_at) VALUES
    ('65f0a1b20000000000000003', '65f0a1b20000000000000001', 'web', 'Old page',
    '{"businessName":"Tea & Co","brandColor":"112233","conversationColor":"445566","actionColor":"778899",
        "originWhitelist":["https://shop.example"]}', 1710268850000);
INSERT INTO users (id, app_id, external_id, signed_up_at, profile, metadata, created_at) VALUES
    ('65f0a1b20000000000000004', '65f0a1b20000000000000001', 'ann', 1710268850000, '{"givenName":"Ann"}', '{"tier":"gold"}',
    1710268850000);
INSERT INTO clients (id, user_id, type, status, integration_id, linked_at) VALUES
    ('65f0a1b20000000000000005', '65f0a1b20000000000000004', 'sdk', 'active', '65f0a1b20000000000000003', 1710268850000);
INSERT INTO sessions (id, integration_id, user_id, client_id, created_at) VALUES
    ('65f0a1b20000000000000006', '65f0a1b20000000000000003', '65f0a1b20000000000000004', '65f0a1b20000000000000005',
    1710268850000);
INSERT INTO conversations (id, app_id, type, default_of, seq, message_count, last_updated_at, created_at) VALUES
    ('65f0a1b20000000000000007', '65f0a1b20000000000000001', 'personal', '65f0a1b20000000000000004', 1, 1, 1710268850125,
    1710268850000);
INSERT INTO participants (id, conversation_id, user_id) VALUES
    ('65f0a1b20000000000000008', '65f0a1b20000000000000007', '65f0a1b20000000000000004');
INSERT INTO log (conversation_id, seq, kind, at, user_id) VALUES
    ('65f0a1b20000000000000007', 1, 'message', 1710268850125, '65f0a1b20000000000000004');
INSERT INTO messages (conversation_id, seq, id, received, author_type, user_id, author, content, source, sent_as) VALUES
    ('65f0a1b20000000000000007', 1, '65f0a1b20000000000000009', 1710268850125, 'user', '65f0a1b20000000000000004',
    '{"displayName":"Ann"}', '{"type":"text","text":"Is there tea?"}',
    '{"type":"web","integrationId":"65f0a1b20000000000000003"}', 'first');
"#;

/// Makes the database of a server that knew the first migration only.
async fn first_release(folder: &Path) {
    release_before("0002", folder).await.close().await.unwrap();
}

/// Makes the database of a server that knew the migrations before `number`, with the rows of the first.
async fn release_before(number: &str, folder: &Path) -> SqliteConnection {
    let migrations = TempDir::new().unwrap();
    for shipped in std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations/sqlite")).unwrap() {
        let (name, path) = shipped.map(|it| (it.file_name(), it.path())).unwrap();
        if name.to_str().unwrap() < number {
            std::fs::copy(path, migrations.path().join(name)).unwrap();
        }
    }
    let url = format!("sqlite://{}?mode=rwc", folder.join("parlor.db").display());
    let mut connection = SqliteConnection::connect(&url).await.unwrap();
    Migrator::new(migrations.path()).await.unwrap().run(&mut connection).await.unwrap();
    sqlx::raw_sql(ROWS).execute(&mut connection).await.unwrap();
    connection
}

#[tokio::test]
async fn what_the_first_release_wrote_is_all_there() {
    if postgres().is_some() {
        return; // which came with the newest of these migrations
    }
    let folder = TempDir::new().unwrap();
    first_release(folder.path()).await;
    let app = TestApp::start_in(folder, &[]).await;
    let api = |method: Method, path: &str| app.call(KEY, method, &format!("/v2/apps/{APP}{path}"));
    let read = async |path: &str| {
        let (status, found) = answer(api(Method::GET, path)).await;
        assert_eq!(status, StatusCode::OK, "{path}: {found}");
        found
    };
    let found = read("").await;
    assert_eq!((&found["app"]["displayName"], &found["app"]["metadata"]), (&json!("Tea & Co"), &json!({})));
    assert_eq!(found["app"]["settings"]["multiConvoEnabled"], true, "as an app begins");

    let page = read(&format!("/integrations/{PAGE}")).await["integration"].clone();
    for (key, value) in [
        ("type", json!("web")),
        ("displayName", json!("Old page")),
        ("businessName", json!("Tea & Co")),
        ("brandColor", json!("112233")),
        ("conversationColor", json!("445566")),
        ("actionColor", json!("778899")),
        ("originWhitelist", json!(["https://shop.example"])),
    ] {
        assert_eq!(page[key], value, "{key}: {page}");
    }

    let user = read("/users/ann").await["user"].clone();
    assert_eq!((&user["id"], &user["metadata"]), (&json!(USER), &json!({ "tier": "gold" })));
    let clients = read(&format!("/users/{USER}/clients")).await;
    assert_eq!((&clients["clients"][0]["type"], &clients["clients"][0]["status"]), (&json!("sdk"), &json!("active")));
    assert_eq!(read(&format!("/users/{USER}/devices")).await["devices"].as_array().unwrap().len(), 1);

    let conversation = read(&format!("/conversations/{CONVERSATION}")).await["conversation"].clone();
    assert_eq!((&conversation["type"], &conversation["isDefault"]), (&json!("personal"), &json!(true)));
    let list = read(&format!("/conversations?filter[userId]={USER}")).await;
    assert_eq!(list["conversations"], json!([conversation]));
    let participants = read(&format!("/conversations/{CONVERSATION}/participants")).await;
    assert_eq!(participants["participants"][0]["userExternalId"], "ann");
    let messages = format!("/conversations/{CONVERSATION}/messages");
    let said = json!({
        "id": MESSAGE, "received": "2024-03-12T18:40:50.125Z",
        "author": { "type": "user", "userId": USER, "displayName": "Ann" },
        "content": { "type": "text", "text": "Is there tea?" }, "source": { "type": "web", "integrationId": PAGE },
    });
    assert_eq!(read(&messages).await["messages"], json!([said]));
    let (_, older) = answer(app.call(KEY, Method::GET, "/v1.1/appusers/ann/messages")).await;
    assert_eq!(older["messages"][0]["text"], "Is there tea?", "{older}");

    let body = json!({ "author": { "type": "business" }, "content": { "type": "text", "text": "There is." } });
    let (status, posted) = answer(api(Method::POST, &messages).json(&body)).await;
    assert_eq!(status, StatusCode::CREATED, "{posted}");
    assert_eq!(read(&messages).await["messages"], json!([said, posted["messages"][0]]));
}

#[tokio::test]
async fn a_browser_of_the_first_release_goes_on_where_it_was() {
    if postgres().is_some() {
        return; // which came with the newest of these migrations
    }
    let folder = TempDir::new().unwrap();
    first_release(folder.path()).await;
    let app = TestApp::start_in(folder, &[]).await;
    let integration: IntegrationId = PAGE.parse().unwrap();
    let identity = VisitorIdentity {
        integration,
        session: "65f0a1b20000000000000006".parse().unwrap(),
        user: USER.parse().unwrap(),
    };
    let token = VisitorTokens::new(VISITOR_SECRET).sign(&identity, None, app.chat().clock().now());
    let visitor = Visitor::new(&app.url, integration).with_token(&token);
    let page = visitor.page().await;
    assert_eq!(page.conversation().as_deref(), Some(CONVERSATION));
    assert!(page.html.contains("Is there tea?") && page.html.contains("Tea &amp; Co"), "{}", page.html);
    visitor.says("Still here").await;
    let mut feed = visitor.listen(Some((CONVERSATION, 0))).await;
    assert_eq!(feed.event().await, (1, "Is there tea?".to_owned()));
    assert_eq!(feed.event().await, (2, "Still here".to_owned()));
}

/// What waits to be delivered, for a webhook with target $1.
const WAITING: &str = r#"
    INSERT INTO integrations (id, app_id, type, settings, created_at) VALUES
        ('65f0a1b2000000000000000a', '65f0a1b20000000000000001', 'custom', '{}', 0);
    INSERT INTO webhooks
        (id, app_id, integration_id, version, target, triggers, secret, include_full_user, include_full_source, created_at)
        VALUES ('65f0a1b2000000000000000b', '65f0a1b20000000000000001', '65f0a1b2000000000000000a', 'v2', $1,
            '["conversation:message"]', 'c2VjcmV0', FALSE, FALSE, 0);
    INSERT INTO webhook_events (seq, id, app_id, lane, trigger, conversation_id, message_id, at, payload) VALUES
        (7, '65f0a1b2000000000000000c', '65f0a1b20000000000000001', '65f0a1b20000000000000007', 'conversation:message',
            '65f0a1b20000000000000007', '65f0a1b20000000000000009', unixepoch() * 1000,
            '{"message":{"content":{"type":"text","text":"Is there tea?"}}}');
    INSERT INTO webhook_deliveries (webhook_id, event_seq, lane) VALUES
        ('65f0a1b2000000000000000b', 7, '65f0a1b20000000000000007');
    INSERT INTO webhook_lanes (webhook_id, lane, due_at) VALUES
        ('65f0a1b2000000000000000b', '65f0a1b20000000000000007', 0)"#;

#[tokio::test]
async fn an_event_that_waited_under_the_older_schema_is_delivered() {
    if postgres().is_some() {
        return; // which came with the newest of these migrations
    }
    let (folder, receiver) = (TempDir::new().unwrap(), HookReceiver::start().await);
    let mut database = release_before("0012", folder.path()).await;
    sqlx::query(WAITING).bind(receiver.url()).execute(&mut database).await.unwrap();
    database.close().await.unwrap();
    let _app = TestApp::start_in(folder, &["--webhook-allow", "127.0.0.0/8"]).await;
    let call = receiver.first(1).await.remove(0);
    assert_eq!((call.said(), call.id()), ("Is there tea?", "65f0a1b2000000000000000c"));
}
