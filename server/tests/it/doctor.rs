//! `parlor doctor`: says that what is well is well, and of what is not, what to do.

use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use crate::support::{NatsServer, ParlorProcess, TestDatabase, Visitor};

/// What the doctor says, which must agree with its status.
fn asked(data: &Path, flags: &[&str]) -> Value {
    let output = ParlorProcess::over(data).args(["doctor", "--json"]).args(flags).output().unwrap();
    let said: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(i32::from(said["healthy"] != true)), "{said}");
    said
}

/// How the check `name` is, and its words.
fn finding(said: &Value, name: &str) -> (String, String) {
    let checks = said["checks"].as_array().unwrap();
    let check = checks.iter().find(|check| check["check"] == name).unwrap_or_else(|| panic!("{name} in {said}"));
    let text = |key: &str| check[key].as_str().unwrap().to_owned();
    (text("state"), text("detail"))
}

/// A server on new data with a visitor who has spoken.
async fn installation() -> (TempDir, ParlorProcess, Visitor) {
    let data = TempDir::new().unwrap();
    let made = ParlorProcess::provision(data.path());
    let parlor = ParlorProcess::serve(data.path());
    let visitor = Visitor::new(&parlor.url, made["integrationId"].as_str().unwrap().parse().unwrap());
    visitor.says("hello").await;
    (data, parlor, visitor)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sound_installation_is_found_sound_while_it_serves() {
    let (data, _parlor, visitor) = installation().await;
    visitor.says("once more").await;
    let said = asked(data.path(), &["--public-url", "https://chat.example.com"]);
    assert_eq!(said["healthy"], true, "{said}");
    for name in ["folder", "public URL", "store", "database", "schema", "secrets", "logs", "messages", "webhooks"] {
        let (state, detail) = finding(&said, name);
        assert_eq!(state, "ok", "{name}: {detail}");
    }
    let (state, detail) = finding(&asked(data.path(), &[]), "public URL");
    assert!(state == "warn" && detail.contains("--public-url"), "{detail}");
    let lines = ParlorProcess::over(data.path()).arg("doctor").output().unwrap();
    let lines = String::from_utf8(lines.stdout).unwrap();
    assert!(lines.lines().any(|line| line.starts_with("ok    logs ")), "{lines}");
    visitor.says("and on").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_fault_is_named_with_what_to_do() {
    let (data, parlor, _) = installation().await;
    parlor.terminate();
    let database = TestDatabase::of(data.path());
    let app = "(SELECT id FROM apps LIMIT 1)";
    let attachment = format!(
        "INSERT INTO attachments (key, app_id, access, name, media_type, size, created_at, stored_at)
            VALUES ('abcdefghijklmnopqrstuvwxyz012345', {app}, 'public', 'a', 'b', 1, 1, 1)"
    );
    let failed =
        "INSERT INTO webhooks (id, app_id, version, target, triggers, secret, include_full_user, include_full_source,
            created_at) SELECT 'w', id, 'v2', 't', '[]', 's', FALSE, FALSE, 1 FROM apps;
        INSERT INTO webhook_deliveries (webhook_id, event_seq, lane, state) VALUES ('w', 1, 'l', 'failed')";
    for (check, fault, remedy, state, todo) in [
        (
            "logs",
            "UPDATE conversations SET seq = seq + 1",
            "UPDATE conversations SET seq = seq - 1",
            "fail",
            "restore a backup",
        ),
        (
            "messages",
            "UPDATE conversations SET message_count = 7",
            "UPDATE conversations SET message_count = 1",
            "fail",
            "restore a backup",
        ),
        ("attachments", &attachment, "DELETE FROM attachments", "fail", "1 of the newest 1"),
        ("webhooks", failed, "DELETE FROM webhooks", "warn", "parlor webhook replay"),
        (
            "secrets",
            "UPDATE settings SET name = 'gone' WHERE name = 'visitor_secret'",
            "UPDATE settings SET name = 'visitor_secret' WHERE name = 'gone'",
            "fail",
            "visitor_secret",
        ),
        (
            "schema",
            "UPDATE _sqlx_migrations SET version = 9999 WHERE version = 1",
            "UPDATE _sqlx_migrations SET version = 1 WHERE version = 9999",
            "fail",
            "newer program",
        ),
    ] {
        assert_eq!(asked(data.path(), &[])["healthy"], true, "before {check}");
        database.execute(fault).await;
        let (is, detail) = finding(&asked(data.path(), &[]), check);
        assert!(is == state && detail.contains(todo), "{check}: {is}: {detail}");
        database.execute(remedy).await;
    }
    if database.file().is_some() {
        database.execute("PRAGMA foreign_keys = off; INSERT INTO referrals VALUES ('nowhere', 'a', 1)").await;
        let (is, detail) = finding(&asked(data.path(), &[]), "references");
        assert!(is == "fail" && detail.starts_with("1 rows"), "{detail}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_out_of_reach_is_named_and_nothing_is_made() {
    let data = TempDir::new().unwrap();
    let nowhere = data.path().join("nowhere");
    let nats = NatsServer::absent();
    let flags = ["--data-dir", nowhere.to_str().unwrap(), "--nats-url", &nats.url()];
    let said = asked(data.path(), &flags);
    let (state, detail) = finding(&said, "folder");
    assert!(state == "fail" && detail.contains("--data-dir"), "{detail}");
    let (state, detail) = finding(&said, "NATS");
    assert!(state == "fail" && detail.contains("--nats-url"), "{detail}");
    assert!(!nowhere.exists());
    let database = "postgres://nobody@127.0.0.1:1/nothing";
    let (state, detail) = finding(&asked(data.path(), &["--database-url", database]), "database");
    assert!(state == "fail" && detail.contains("--database-url"), "{detail}");
}
