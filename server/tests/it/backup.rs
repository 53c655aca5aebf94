//! Backups: taken while people write, put back while nobody does.

use std::path::{Path, PathBuf};
use std::process::Output;
use std::sync::Mutex;

use futures::StreamExt as _;
use reqwest::StatusCode;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{DEADLINE, ParlorProcess, TestDatabase, Visitor, answer, client, postgres};

fn run(data: &Path, arguments: &[&str]) -> Output {
    ParlorProcess::over(data).args(arguments).output().unwrap()
}

/// What a command printed as JSON, which must succeed.
fn facts(data: &Path, arguments: &[&str]) -> Value {
    let output = run(data, &[arguments, &["--json"]].concat());
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The one line in which a command says why it failed.
fn refusal(data: &Path, arguments: &[&str]) -> String {
    let output = run(data, arguments);
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), error.trim().lines().count()), (Some(1), 1), "{arguments:?}: {error}");
    error
}

/// The epoch that a listener of the page is greeted with.
async fn epoch(visitor: &Visitor) -> String {
    let mut feed = visitor.connects().await;
    feed.say(&json!({ "type": "hello", "since": {} })).await;
    let hello = feed.next().await.unwrap();
    hello["epoch"].as_str().unwrap().to_owned()
}

async fn posts(visitor: &Visitor, url: &str, client_id: &str) {
    let body = json!({
        "visitor": { "integration": visitor.integration, "surface": "chat" },
        "client_id": client_id,
        "say": { "text": client_id },
    });
    let request = client().post(format!("{url}/fn/send_message")).header("cookie", visitor.cookie_header()).json(&body);
    let answer = request.send().await.unwrap();
    assert!(answer.status().is_success(), "{}", answer.status());
}

/// Uploads a file by the keys of `made`; gives its address below the server.
async fn upload(url: &str, made: &Value, content: &[u8]) -> String {
    let word = |key: &str| made[key].as_str().unwrap();
    let part = Part::bytes(content.to_vec()).file_name("note.bin");
    let request = client()
        .post(format!("{url}/v2/apps/{}/attachments?access=public", word("appId")))
        .basic_auth(word("keyId"), Some(word("secret")))
        .multipart(Form::new().part("source", part));
    let (status, uploaded) = answer(request).await;
    assert_eq!(status, StatusCode::CREATED, "{uploaded}");
    uploaded["attachment"]["mediaUrl"].as_str().unwrap().strip_prefix(url).unwrap().to_owned()
}

/// The file at an address; `None` when it is not there.
async fn download(url: &str, path: &str) -> Option<Vec<u8>> {
    let answer = client().get(format!("{url}{path}")).send().await.unwrap();
    if answer.status() != StatusCode::OK {
        return None;
    }
    Some(answer.bytes().await.unwrap().to_vec())
}

/// How many files lie below a folder.
fn files(folder: &Path) -> usize {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.map(|path| if path.is_dir() { files(&path) } else { 1 }).sum()
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// A chat page on new data, with the file of its database. `None` where that is not SQLite.
fn installation() -> Option<(TempDir, PathBuf, domain::IntegrationId)> {
    let data = TempDir::new().unwrap();
    let file = TestDatabase::of(data.path()).file()?.to_owned();
    let made = ParlorProcess::provision(data.path());
    Some((data, file, made["integrationId"].as_str().unwrap().parse().unwrap()))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_has_all_that_was_acknowledged_before_it_began() {
    let Some((data, _, page)) = installation() else { return };
    let backup = data.path().join("backup.db");
    let parlor = ParlorProcess::serve(data.path());
    let visitor = Visitor::new(&parlor.url, page);
    visitor.says("first").await;
    let acknowledged = Mutex::new(Vec::new());
    let is_copied = std::sync::atomic::AtomicBool::new(false);
    let speak = async |speaker: usize| {
        for number in 0.. {
            if is_copied.load(std::sync::atomic::Ordering::Relaxed) {
                return;
            }
            let client_id = format!("s{speaker}-n{number}");
            posts(&visitor, &parlor.url, &client_id).await;
            acknowledged.lock().unwrap().push(client_id);
        }
    };
    let copy = async {
        let begun = std::time::Instant::now();
        while acknowledged.lock().unwrap().len() < 40 {
            assert!(begun.elapsed() < DEADLINE, "messages are taken");
            tokio::time::sleep(std::time::Duration::from_millis(1)).await;
        }
        let before = acknowledged.lock().unwrap().clone();
        let (folder, to) = (data.path().to_owned(), backup.clone());
        let copied = tokio::task::spawn_blocking(move || facts(&folder, &["backup", text(&to)])).await.unwrap();
        is_copied.store(true, std::sync::atomic::Ordering::Relaxed);
        (before, copied)
    };
    let speakers = futures::stream::iter(0..4).for_each_concurrent(None, speak);
    let ((before, copied), ()) = tokio::join!(copy, speakers);
    let database = TestDatabase::Sqlite(backup.clone());
    assert_eq!(copied["messages"], database.number("SELECT count(*) FROM messages").await);
    assert_eq!(copied["bytes"], backup.metadata().unwrap().len());
    let kept = database.number("SELECT count(*) FROM log").await;
    assert_eq!(database.number("SELECT sum(seq) FROM conversations").await, kept, "of one moment");
    for client_id in before {
        let sql = format!("SELECT count(*) FROM messages WHERE sent_as = '{client_id}'");
        assert_eq!(database.number(&sql).await, 1, "{client_id}");
    }
    let error = refusal(data.path(), &["backup", text(&backup)]);
    assert!(error.contains("backup.db") && error.contains("--force"), "{error}");
    assert!(
        facts(data.path(), &["backup", text(&backup), "--force"])["messages"].as_u64() >= copied["messages"].as_u64()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restored_backup_is_another_history() {
    let Some((data, file, page)) = installation() else { return };
    let backup = data.path().join("backup.db");
    let parlor = ParlorProcess::serve(data.path());
    let visitor = Visitor::new(&parlor.url, page);
    visitor.says("kept").await;
    let before = epoch(&visitor).await;
    facts(data.path(), &["backup", text(&backup)]);
    visitor.says("said later").await;
    let error = refusal(data.path(), &["restore", text(&backup), "--force"]);
    assert!(error.contains("parlor.db is in use"), "{error}");
    // What was said last is in the log only.
    parlor.kill();
    let error = refusal(data.path(), &["restore", text(&backup)]);
    assert!(error.contains("parlor.db already") && error.contains("--force"), "{error}");
    let restored = facts(data.path(), &["restore", text(&backup), "--force"]);
    assert_eq!(restored["messages"], 1);
    let old = TestDatabase::Sqlite(restored["before"].as_str().unwrap().into());
    assert_eq!(old.number("SELECT count(*) FROM messages").await, 2, "the old one is whole");
    assert!(!file.with_extension("db-wal").exists());
    let parlor = ParlorProcess::serve(data.path());
    let visitor = visitor.moved_to(&parlor.url);
    assert_eq!(visitor.page().await.messages(), 1);
    assert_ne!(epoch(&visitor).await, before);
    visitor.says("and on").await;
    assert_eq!(visitor.page().await.messages(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn attachments_go_with_the_database_that_names_them() {
    if postgres().is_some() {
        return;
    }
    let data = TempDir::new().unwrap();
    let made = ParlorProcess::provision(data.path());
    let backup = data.path().join("backup.db");
    let beside = data.path().join("backup.db.attachments");
    let parlor = ParlorProcess::serve(data.path());
    let gone = upload(&parlor.url, &made, b"removed later").await;
    let first = facts(data.path(), &["backup", text(&backup), "--database-only"]);
    assert_eq!((first["attachments"].as_str(), beside.exists()), (Some("not copied"), false));
    let kept = upload(&parlor.url, &made, b"kept").await;
    let second = facts(data.path(), &["backup", text(&backup), "--force"]);
    assert_eq!((second["attachments"].as_u64(), files(&beside)), (Some(2), 2), "{second}");
    assert_eq!(second["attachmentsIn"], text(&beside));
    // The machine is lost; the backup was carried to another.
    let other = TempDir::new().unwrap();
    let restored = facts(other.path(), &["restore", text(&backup)]);
    assert_eq!(restored["attachments"], 2, "{restored}");
    let elsewhere = ParlorProcess::serve(other.path());
    assert_eq!(download(&elsewhere.url, &kept).await.as_deref(), Some(&b"kept"[..]));
    assert_eq!(download(&elsewhere.url, &gone).await.as_deref(), Some(&b"removed later"[..]));
    // What was removed goes from the next backup, too.
    let word = |key: &str| made[key].as_str().unwrap();
    let remove = client()
        .post(format!("{}/v2/apps/{}/attachments/remove", parlor.url, word("appId")))
        .basic_auth(word("keyId"), Some(word("secret")))
        .json(&json!({ "mediaUrl": format!("{}{gone}", parlor.url) }));
    assert_eq!(answer(remove).await.0, StatusCode::OK);
    let third = facts(data.path(), &["backup", text(&backup), "--force"]);
    assert_eq!((third["attachments"].as_u64(), files(&beside)), (Some(1), 1), "{third}");
    // A backup whose files were left behind says so.
    parlor.kill();
    std::fs::remove_dir_all(&beside).unwrap();
    std::fs::remove_dir_all(data.path().join("attachments")).unwrap();
    let restored = facts(data.path(), &["restore", text(&backup), "--force"]);
    assert_eq!((restored["attachments"].as_u64(), restored["attachmentsMissing"].as_u64()), (Some(0), Some(1)));
}

#[tokio::test]
async fn what_is_no_backup_leaves_the_database_as_it_was() {
    let Some((data, file, _)) = installation() else { return };
    let file_of = |name: &str| data.path().join(name);
    let backup = file_of("backup.db");
    facts(data.path(), &["backup", text(&backup)]);
    std::fs::write(file_of("note.txt"), "Not a database, but long enough to be looked into as one. ".repeat(100))
        .unwrap();
    let whole = std::fs::read(&backup).unwrap();
    std::fs::write(file_of("cut.db"), &whole[..whole.len() / 2]).unwrap();
    for (name, sql) in [
        ("newer.db", "UPDATE _sqlx_migrations SET version = 9999 WHERE version = 1"),
        ("foreign.db", "DROP TABLE _sqlx_migrations"),
    ] {
        std::fs::copy(&backup, file_of(name)).unwrap();
        TestDatabase::Sqlite(file_of(name)).execute(sql).await;
    }
    let was = std::fs::read(&file).unwrap();
    for (name, why) in [
        ("note.txt", "can't be read as a database"),
        ("cut.db", "cut.db"),
        ("newer.db", "newer version"),
        ("foreign.db", "no database of Parlor"),
        ("parlor.db", "the database itself"),
        ("missing.db", "missing.db"),
    ] {
        let error = refusal(data.path(), &["restore", text(&file_of(name)), "--force"]);
        assert!(error.contains(why) && error.contains(name), "{name}: {error}");
        assert!(std::fs::read(&file).unwrap() == was, "{name}");
    }
    // Somebody's own tool counts, too.
    let options = format!("sqlite://{}", file.display());
    let mut other = <sqlx::SqliteConnection as sqlx::Connection>::connect(&options).await.unwrap();
    sqlx::query("SELECT count(*) FROM settings").execute(&mut other).await.unwrap();
    let error = refusal(data.path(), &["restore", text(&backup), "--force"]);
    assert!(error.contains("in use"), "{error}");
}

#[test]
fn postgresql_has_tools_of_its_own() {
    if postgres().is_some() {
        let data = TempDir::new().unwrap();
        assert!(refusal(data.path(), &["backup", "x.db"]).contains("pg_dump"));
    } else {
        let url = ["--database-url", "postgres://localhost/parlor"];
        let data = TempDir::new().unwrap();
        assert!(refusal(data.path(), &[&["backup", "x.db"], &url[..]].concat()).contains("pg_dump"));
        assert!(refusal(data.path(), &[&["restore", "x.db"], &url[..]].concat()).contains("pg_restore"));
    }
}
