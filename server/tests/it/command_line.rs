//! The command line, as an operator meets it.

use serde_json::Value;
use tempfile::TempDir;

use crate::support::{DEADLINE, ParlorProcess, Visitor, client};

#[test]
fn wrong_values_stop_the_start_with_one_line_that_names_them() {
    for (flag, value, right) in [
        ("--listen", "nowhere", "127.0.0.1:3000"),
        ("--public-url", "chat.example.com", "https://chat.example.com"),
        ("--public-url", "https://chat.example.com/v2", "a plain path"),
        ("--database-url", "mysql://localhost/parlor", "sqlite://FILE"),
        ("--database-url", "postgres://localhost", "postgres://USER:PASSWORD@HOST/DATABASE"),
        ("--object-store-url", "https://files.example.com", "s3://BUCKET"),
        ("--webhook-allow", "10.0.0.0/99", "10.0.0.0/8"),
        ("--webhook-allow", "localhost", "10.0.0.0/8"),
        ("--webhook-retries", "soon", "5s,30s"),
        ("--webhook-timeout", "never", "5s,30s"),
        ("--trusted-proxies", "everyone", "10.0.0.0/8"),
        ("--log", "=loud=", "info,server=debug"),
    ] {
        let folder = TempDir::new().unwrap();
        let output = ParlorProcess::command()
            .arg("serve")
            .args([flag, value])
            .arg("--data-dir")
            .arg(folder.path())
            .output()
            .unwrap();
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success(), "{flag}");
        assert_eq!(error.trim().lines().count(), 1, "{error}");
        assert!(error.contains(value) && error.contains(flag) && error.contains(right), "{flag} {value}: {error}");
    }
    let output =
        ParlorProcess::command().arg("serve").env("PARLOR_NATS_URL", "http://ann:s3cret@host").output().unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && error.trim().lines().count() == 1, "{error}");
    assert!(error.contains("--nats-url") && error.contains("nats://HOST:4222") && !error.contains("s3cret"), "{error}");
    let output = ParlorProcess::command().arg("serve").env("PARLOR_LISTEN", "here").output().unwrap();
    assert!(String::from_utf8(output.stderr).unwrap().contains("'here'"));
}

#[test]
fn an_address_or_folder_that_can_not_be_had_is_named() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let folder = TempDir::new().unwrap();
    let serve = |listen: &str, data: &std::path::Path| {
        let output =
            ParlorProcess::command().args(["serve", "--listen", listen, "--data-dir"]).arg(data).output().unwrap();
        assert!(!output.status.success());
        String::from_utf8(output.stderr).unwrap()
    };
    let error = serve(&address, folder.path());
    assert!(error.contains(&address) && error.contains("--listen"), "{error}");
    let file = folder.path().join("a file");
    std::fs::write(&file, "").unwrap();
    let error = serve("127.0.0.1:0", &file.join("data"));
    assert!(error.contains("a file/data") && error.contains("--data-dir"), "{error}");
}

#[test]
fn many_first_starts_at_once_make_one_database() {
    let data = TempDir::new().unwrap();
    let made: Vec<Value> = std::thread::scope(|scope| {
        let all: Vec<_> = (0..6).map(|_| scope.spawn(|| ParlorProcess::provision(data.path()))).collect();
        all.into_iter().map(|one| one.join().unwrap()).collect()
    });
    let apps: std::collections::BTreeSet<&str> = made.iter().map(|made| made["appId"].as_str().unwrap()).collect();
    assert_eq!(apps.len(), 6);
}

#[tokio::test(flavor = "multi_thread")]
async fn provision_works_beside_a_running_server() {
    let data = TempDir::new().unwrap();
    let parlor = ParlorProcess::serve(data.path());
    let made = ParlorProcess::provision(data.path());
    let keys: Vec<&str> = made.as_object().unwrap().keys().map(String::as_str).collect();
    let expected = [
        "accountKeyId",
        "accountSecret",
        "appId",
        "chatUrl",
        "embedUrl",
        "inboxUrl",
        "integrationId",
        "keyId",
        "secret",
    ];
    assert_eq!(keys, expected);
    assert!(made.as_object().unwrap().values().all(|value| value.as_str().is_some_and(|text| !text.is_empty())));
    let text = |key: &str| made[key].as_str().unwrap();
    let visitor = Visitor::new(&parlor.url, text("integrationId").parse().unwrap());
    visitor.says("hello").await;
    let conversation = visitor.page().await.conversation().unwrap();
    for (key, secret) in [("keyId", "secret"), ("accountKeyId", "accountSecret")] {
        let url = format!("{}/v2/apps/{}/conversations/{conversation}", parlor.url, text("appId"));
        let answer = client().get(url).basic_auth(text(key), Some(text(secret))).send().await.unwrap();
        assert!(answer.status().is_success(), "{key}");
    }
    assert!(parlor.terminate().success(), "SIGTERM is an ordinary end");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_server_goes_on_where_it_was() {
    let data = TempDir::new().unwrap();
    let made: Value = ParlorProcess::provision(data.path());
    let parlor = ParlorProcess::serve(data.path());
    let visitor = Visitor::new(&parlor.url, made["integrationId"].as_str().unwrap().parse().unwrap());
    visitor.says("hello").await;
    let _feed = visitor.listen(None).await;
    assert!(parlor.terminate().success(), "an open listener does not hold it up");
    let parlor = ParlorProcess::serve(data.path());
    assert_eq!(visitor.moved_to(&parlor.url).page().await.messages(), 1);
    for (path, text) in [("/healthz", "ok"), ("/readyz", "ready"), ("/metrics", "parlor_http_requests_total")] {
        let answer = client().get(format!("{}{path}", parlor.url)).send().await.unwrap();
        assert!(answer.status().is_success() && answer.text().await.unwrap().contains(text), "{path}");
    }
}

/// Runs `parlor` on `data`; gives what it printed as JSON.
fn parlor(data: &std::path::Path, arguments: &[&str]) -> Value {
    let output = ParlorProcess::over(data).args(arguments).arg("--json").output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn apps_and_keys_are_made_and_revoked_beside_a_running_server() {
    let data = TempDir::new().unwrap();
    let server = ParlorProcess::serve(data.path());
    let app = parlor(data.path(), &["app", "create", "--name", "Second"]);
    let app = app["appId"].as_str().unwrap();
    let list = parlor(data.path(), &["app", "list"]);
    assert_eq!(list["apps"], serde_json::json!([{ "appId": app, "displayName": "Second" }]));
    let key = parlor(data.path(), &["key", "create", "--app", app]);
    let account = parlor(data.path(), &["key", "create", "--account", "--name", "Operator"]);
    let open = async |key: &Value| {
        let request = client().get(format!("{}/v2/apps/{app}", server.url));
        let (id, secret) = (key["keyId"].as_str().unwrap(), key["secret"].as_str().unwrap());
        request.basic_auth(id, Some(secret)).send().await.unwrap().status().as_u16()
    };
    assert_eq!((open(&key).await, open(&account).await), (200, 200));
    let id = key["keyId"].as_str().unwrap();
    assert_eq!(parlor(data.path(), &["key", "revoke", id])["revoked"], key["keyId"]);
    let begun = std::time::Instant::now();
    while open(&key).await != 401 {
        assert!(begun.elapsed() < DEADLINE, "the server notices");
    }
    assert_eq!(open(&account).await, 200);
}

#[test]
fn programs_are_registered_and_their_secrets_renewed() {
    let data = TempDir::new().unwrap();
    let uris = ["https://crm.example/back", "http://localhost:8080/"];
    let made = parlor(data.path(), &["oauth", "create", "--name", "Helpdesk", "--redirect-uri", uris[0], uris[1]]);
    let id = made["clientId"].as_str().unwrap();
    assert_eq!((id.len(), made["name"].as_str()), (24, Some("Helpdesk")));
    let second = ["oauth", "create", "--name", "Second", "--redirect-uri", uris[0], "--redirect-uri", uris[1]];
    let second = parlor(data.path(), &second);
    let list = parlor(data.path(), &["oauth", "list"]);
    let names = [("Helpdesk", &made), ("Second", &second)];
    let expected = names
        .map(|(name, made)| serde_json::json!({ "clientId": made["clientId"], "name": name, "redirectUris": uris }));
    let mut clients = list["clients"].as_array().unwrap().clone();
    // Those of one millisecond are in the order of their ids, which are random then.
    clients.sort_by_key(|client| client["name"].as_str().unwrap().to_owned());
    assert_eq!(clients, expected);
    let renewed = parlor(data.path(), &["oauth", "renew", id]);
    assert_eq!(renewed["clientId"], made["clientId"]);
    assert!(renewed["clientSecret"].as_str().unwrap().len() == 43 && renewed["clientSecret"] != made["clientSecret"]);
    let again = ParlorProcess::over(data.path())
        .args(["oauth", "create", "--name", "Second", "--redirect-uri", uris[0]])
        .output()
        .unwrap();
    let error = String::from_utf8(again.stderr).unwrap();
    assert!(!again.status.success() && error.contains("called Second already"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn links_are_made_listed_and_revoked_beside_a_running_server() {
    let data = TempDir::new().unwrap();
    let made = ParlorProcess::provision(data.path());
    let page = made["integrationId"].as_str().unwrap();
    let server = ParlorProcess::serve(data.path());
    let link = parlor(
        data.path(),
        &[
            "link",
            "create",
            "--integration",
            page,
            "--message",
            "A table, please",
            "--expires-in",
            "7d",
            "--max-uses",
            "3",
        ],
    );
    let slug = link["slug"].as_str().unwrap();
    assert!(link["url"].as_str().unwrap().ends_with(&format!("/l/{slug}")), "{link}");
    let open = || async { client().get(format!("{}/l/{slug}", server.url)).send().await.unwrap() };
    let answer = open().await;
    let to = answer.headers()["location"].to_str().unwrap();
    assert_eq!((answer.status().as_u16(), to), (302, format!("/chat/{page}?link={slug}").as_str()));
    let revoked = parlor(data.path(), &["link", "revoke", slug]);
    assert_eq!(revoked["state"], "revoked");
    assert_eq!(open().await.status(), 410);
    let listed = parlor(data.path(), &["link", "list", "--integration", page]);
    assert_eq!(listed["links"], serde_json::json!([revoked]));
}

#[test]
fn what_is_wrong_with_apps_and_keys_is_named_in_one_line() {
    let data = TempDir::new().unwrap();
    let unknown = "65f0a1b2c3d4e5f6aabbccdd";
    for (arguments, names) in [
        (vec!["key", "revoke", "app_65f0a1b2c3d4e5f6aabbccdd"], "app_65f0a1b2c3d4e5f6aabbccdd"),
        (vec!["key", "revoke", "nonsense"], "nonsense"),
        (vec!["key", "create"], "--account"),
        (vec!["key", "create", "--account", "--app", unknown], "--app"),
        (vec!["key", "create", "--app", unknown], "there is no app 65f0a1b2c3d4e5f6aabbccdd"),
        (vec!["key", "create", "--integration", unknown], "there is no integration 65f0a1b2c3d4e5f6aabbccdd"),
        (vec!["key", "create", "--app", "shop"], "24 hexadecimal digits"),
        (vec!["oauth", "renew", unknown], "there is no OAuth client 65f0a1b2c3d4e5f6aabbccdd"),
        (vec!["oauth", "renew", "helpdesk"], "24 hexadecimal digits"),
        (vec!["oauth", "create", "--name", "Helpdesk"], "--redirect-uri"),
        (vec!["oauth", "create", "--name", "Web", "--redirect-uri", "https://crm.example"], "type of integration"),
        (vec!["oauth", "create", "--name", "Crm", "--redirect-uri", "http://crm.example"], "http://crm.example"),
        (vec!["app", "create", "--name", ""], "1 to 100 characters"),
    ] {
        let output = ParlorProcess::over(data.path()).args(&arguments).output().unwrap();
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success(), "{arguments:?}");
        assert_eq!(error.trim().lines().count(), 1, "{error}");
        assert!(error.contains(names), "{arguments:?}: {error}");
    }
}
