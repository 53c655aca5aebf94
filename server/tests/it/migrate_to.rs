//! `parlor migrate-to`: from SQLite to PostgreSQL, most of it while a server runs. Told where there is a PostgreSQL.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};
use sqlx::{Connection as _, SqliteConnection};
use tempfile::TempDir;

use crate::support::{DEADLINE, ParlorProcess, TestDatabase, Visitor, answer, client, postgres};

/// An installation on SQLite, beside an empty database of PostgreSQL.
struct Installation {
    data: TempDir,
    file: PathBuf,
    /// What tells a command to use SQLite here.
    here: String,
    there: TestDatabase,
    to: String,
    made: Value,
}

impl Installation {
    async fn new() -> Option<Self> {
        postgres()?;
        let data = TempDir::new().unwrap();
        let there = TestDatabase::of(data.path());
        let to = there.url().await.unwrap();
        let file = data.path().join("parlor.db");
        let here = format!("sqlite://{}", file.display());
        let provision = Self::command(data.path(), &here).args(["provision", "--json"]).output().unwrap();
        let made = serde_json::from_slice(&provision.stdout).unwrap();
        Some(Self { data, file, here, there, to, made })
    }

    fn command(data: &Path, database: &str) -> Command {
        let mut command = ParlorProcess::over(data);
        command.env("PARLOR_DATABASE_URL", database);
        command
    }

    fn serve(&self) -> ParlorProcess {
        ParlorProcess::serve_with(self.data.path(), &[("PARLOR_DATABASE_URL", &self.here)])
    }

    fn here(&self) -> TestDatabase {
        TestDatabase::Sqlite(self.file.clone())
    }

    fn page(&self) -> domain::IntegrationId {
        self.made["integrationId"].as_str().unwrap().parse().unwrap()
    }

    fn migrate(&self) -> Command {
        let mut command = Self::command(self.data.path(), &self.here);
        command.args(["migrate-to", &self.to, "--json"]);
        command
    }

    /// What a pass did, which must succeed.
    fn moves(&self, flags: &[&str]) -> Value {
        let output = self.migrate().args(flags).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// Why a command fails, in one line.
    fn refusal(command: &mut Command) -> String {
        let output = command.output().unwrap();
        let error = String::from_utf8(output.stderr).unwrap();
        let error = error.lines().filter(|line| line.starts_with("error: ")).collect::<Vec<_>>().join("\n");
        assert_eq!((output.status.code(), error.lines().count()), (Some(1), 1), "{error}");
        error
    }

    fn api(&self, url: &str, method: Method, path: &str) -> RequestBuilder {
        let word = |key: &str| self.made[key].as_str().unwrap();
        let url = format!("{url}/v2/apps/{}{path}", word("appId"));
        client().request(method, url).basic_auth(word("keyId"), Some(word("secret")))
    }

    async fn asks(&self, url: &str, method: Method, path: &str, body: Option<Value>) -> Value {
        let mut request = self.api(url, method, path);
        if let Some(body) = body {
            request = request.json(&body);
        }
        let (status, said) = answer(request).await;
        assert!(status.is_success(), "{path}: {status} {said}");
        said
    }

    /// All messages of `conversation`, as the API gives them.
    async fn messages(&self, url: &str, conversation: &str) -> Value {
        let path = format!("/conversations/{conversation}/messages?page[size]=100");
        let mut said = self.asks(url, Method::GET, &path, None).await;
        said["messages"].take()
    }

    /// Tables of the schema by name, each with its columns and their types.
    async fn tables(&self) -> Vec<(String, Vec<(String, String)>)> {
        let mut connection = SqliteConnection::connect(&self.here).await.unwrap();
        let names: Vec<String> = sqlx::query_scalar(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT IN ('_sqlx_migrations', 'sqlite_sequence')
                AND name NOT LIKE 'sqlite_stat%' ORDER BY name",
        )
        .fetch_all(&mut connection)
        .await
        .unwrap();
        let mut tables = Vec::new();
        for name in names {
            let columns = sqlx::query_as("SELECT name, type FROM pragma_table_info($1)").bind(name.clone());
            tables.push((name, columns.fetch_all(&mut connection).await.unwrap()));
        }
        tables
    }
}

/// Something of every type of content.
fn contents() -> Vec<Value> {
    let link = json!({ "type": "link", "text": "More", "uri": "https://example.com" });
    let item = json!({ "title": "Tea", "description": "Green", "actions": [link] });
    vec![
        json!({ "type": "text", "text": "Grüße, 你好 🍵 \\ ' \" ; --", "actions": [{ "type": "reply", "text": "Yes", "payload": "Y" }] }),
        json!({ "type": "text", "text": "*bold*", "markdownText": "*bold*" }),
        json!({ "type": "image", "mediaUrl": "https://example.com/a.png", "altText": "A" }),
        json!({ "type": "file", "mediaUrl": "https://example.com/a.pdf" }),
        json!({ "type": "carousel", "items": [item, item] }),
        json!({ "type": "list", "items": [item, item] }),
        json!({ "type": "location", "coordinates": { "lat": 48.85, "long": 2.35 } }),
        json!({ "type": "form", "fields": [{ "type": "text", "name": "name", "label": "Name" }] }),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_live_installation_moves_and_nothing_is_lost() {
    let Some(it) = Installation::new().await else { return };
    let parlor = it.serve();
    let visitor = Visitor::new(&parlor.url, it.page());
    visitor.says("hello").await;
    let conversation = visitor.page().await.conversation().unwrap();
    let posted = format!("/conversations/{conversation}/messages");
    for content in contents() {
        let body = json!({ "author": { "type": "business" }, "content": content });
        it.asks(&parlor.url, Method::POST, &posted, Some(body)).await;
    }
    let unwanted = json!({ "author": { "type": "business" }, "content": { "type": "text", "text": "unwanted" } });
    let unwanted = it.asks(&parlor.url, Method::POST, &posted, Some(unwanted)).await;
    let unwanted = format!("{posted}/{}", unwanted["messages"][0]["id"].as_str().unwrap());
    for external in ["ann", "bob"] {
        let user = json!({ "externalId": external, "profile": { "givenName": external } });
        it.asks(&parlor.url, Method::POST, "/users", Some(user)).await;
    }
    let hook = json!({
        "type": "custom", "displayName": "CRM", "status": "active",
        "webhooks": [{ "target": "http://127.0.0.1:1/", "triggers": ["conversation:message"] }],
    });
    it.asks(&parlor.url, Method::POST, "/integrations", Some(hook)).await;
    // Passes beside a server that people write to.
    let (is_over, said) = (AtomicBool::new(false), AtomicUsize::new(0));
    let speak = async {
        while !is_over.load(Ordering::Relaxed) {
            let text = format!("said {}", said.fetch_add(1, Ordering::Relaxed));
            let body = json!({ "author": { "type": "business" }, "content": { "type": "text", "text": text } });
            it.asks(&parlor.url, Method::POST, &posted, Some(body)).await;
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let pass = async {
        let first = tokio::task::block_in_place(|| it.moves(&[]));
        it.asks(&parlor.url, Method::DELETE, &unwanted, None).await;
        let second = tokio::task::block_in_place(|| it.moves(&[]));
        let refused = tokio::task::block_in_place(|| Installation::refusal(it.migrate().arg("--finish")));
        assert!(refused.contains("parlor.db is in use"), "{refused}");
        is_over.store(true, Ordering::Relaxed);
        (first, second)
    };
    let ((first, second), ()) = tokio::join!(pass, speak);
    assert_eq!(first["tables"]["apps"], json!({ "rows": 1, "copied": 1, "removed": 0 }));
    assert_eq!(second["tables"]["apps"]["copied"], 0, "what is there already is not copied again");
    assert_eq!(second["tables"]["messages"]["removed"], 1, "{second}");
    // Half of a database is not for serving.
    let mut half = ParlorProcess::over(it.data.path());
    let refused = Installation::refusal(half.args(["serve", "--listen", "127.0.0.1:0"]));
    assert!(refused.contains("not finished"), "{refused}");
    visitor.says("last words").await;
    let (kept, shown) = (it.messages(&parlor.url, &conversation).await, visitor.page().await.messages());
    assert!(kept.as_array().unwrap().len() > contents().len() + 2 && !kept.to_string().contains("unwanted"));
    // What was said last is in the log only.
    parlor.kill();
    // Two who take each other's place in a unique index.
    it.here()
        .execute(
            "UPDATE users SET external_id = 'x' WHERE external_id = 'ann';
            UPDATE users SET external_id = 'ann' WHERE external_id = 'bob';
            UPDATE users SET external_id = 'bob' WHERE external_id = 'x'",
        )
        .await;
    let mut counts = Vec::new();
    for (table, _) in it.tables().await {
        let sql = format!("SELECT count(*) FROM {table}");
        counts.push((it.here().number(&sql).await, sql));
    }
    let events = "SELECT count(*) FROM webhook_events";
    let told = it.here().number(events).await;
    assert!(told > 0);
    let sequence = "SELECT seq FROM conversations";
    let seq = it.here().number(sequence).await;
    let last = it.moves(&["--finish"]);
    let count = it.here().number("SELECT count(*) FROM messages").await;
    assert_eq!(last["messages"], count, "{last}");
    assert_eq!((&last["finished"], &last["withGaps"]), (&json!(true), &json!(0)));
    for (count, sql) in counts {
        assert_eq!(it.there.number(&sql).await, count, "{sql}");
    }
    assert_eq!(it.there.number(sequence).await, seq);
    // Neither is the old one served from, …
    let mut old = Installation::command(it.data.path(), &it.here);
    let refused = Installation::refusal(old.args(["serve", "--listen", "127.0.0.1:0"]));
    assert!(refused.contains("moved to PostgreSQL"), "{refused}");
    // … nor the new one filled again.
    let refused = Installation::refusal(it.migrate().arg("--finish"));
    assert!(refused.contains("rows in settings"), "{refused}");
    let parlor = ParlorProcess::serve(it.data.path());
    let visitor = visitor.moved_to(&parlor.url);
    assert_eq!(it.messages(&parlor.url, &conversation).await, kept);
    assert_eq!(visitor.page().await.messages(), shown, "the same browser, the same page");
    let ann = it.asks(&parlor.url, Method::GET, "/users/ann", None).await;
    assert_eq!(ann["user"]["profile"]["givenName"], "bob");
    let mut feed = visitor.listen(Some((&conversation, u64::try_from(seq).unwrap()))).await;
    visitor.says("and on").await;
    assert_eq!(feed.next().await.unwrap()["seq"], seq + 1, "no page has to start over");
    assert_eq!(it.there.number(events).await, told + 1, "numbers of events go on, too");
    let doctor = ParlorProcess::over(it.data.path()).args(["doctor", "--json"]).output().unwrap();
    assert!(doctor.status.success(), "{}", String::from_utf8_lossy(&doctor.stdout));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_table_is_copied_and_every_change_of_it() {
    let Some(it) = Installation::new().await else { return };
    let fill = |number: u32, (name, columns): &(String, Vec<(String, String)>)| {
        let values = columns.iter().map(|(column, kind)| match kind.as_str() {
            // Either a user or a network.
            "TEXT" if name == "bans" && column == "user_id" => "NULL".to_owned(),
            "TEXT" => format!("'é{number}'"),
            "BOOLEAN" => "TRUE".to_owned(),
            "BIGINT" | "INTEGER" => number.to_string(),
            "BLOB" => format!("x'00ff{number:04}'"),
            other => panic!("{name} has a column of type {other}"),
        });
        let values = values.collect::<Vec<_>>().join(", ");
        format!("PRAGMA foreign_keys = off; INSERT OR IGNORE INTO {name} VALUES ({values})")
    };
    let tables = it.tables().await;
    for table in &tables {
        for number in [1001, 1002] {
            it.here().execute(&fill(number, table)).await;
        }
    }
    let passed = it.moves(&[]);
    for (table, _) in &tables {
        let count = format!("SELECT count(*) FROM {table}");
        let here = it.here().number(&count).await;
        assert!(here >= 2, "{table}");
        assert_eq!(it.there.number(&count).await, here, "{table}");
        assert_eq!(passed["tables"][table]["rows"], here, "{table}");
    }
    // Every column of every table matters, but those of keys, which make another row.
    for (table, columns) in &tables {
        let (column, kind) = columns.last().unwrap();
        let other = match kind.as_str() {
            "TEXT" => "'other'",
            "BOOLEAN" => "FALSE",
            _ => "77",
        };
        let key = &columns[0].0;
        let keyed = if columns[0].1 == "TEXT" { "'é1002'" } else { "1002" };
        let sql = format!("PRAGMA foreign_keys = off; UPDATE {table} SET {column} = {other} WHERE {key} = {keyed}");
        it.here().execute(&sql).await;
        let keyed = keyed.replace("1002", "1001");
        it.here().execute(&format!("PRAGMA foreign_keys = off; DELETE FROM {table} WHERE {key} = {keyed}")).await;
    }
    let passed = it.moves(&[]);
    for (table, _) in &tables {
        let done = &passed["tables"][table];
        assert!(done["copied"] == 1 && done["removed"].as_u64() >= Some(1), "{table}: {done}");
    }
    let passed = it.moves(&[]);
    assert_eq!((&passed["copied"], &passed["removed"]), (&json!(0), &json!(0)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_move_that_is_cut_off_goes_on_where_it_was() {
    // As many as a conversation holds, nearly.
    const MANY: i64 = 29_000;
    let Some(it) = Installation::new().await else { return };
    let parlor = it.serve();
    let visitor = Visitor::new(&parlor.url, it.page());
    visitor.says("hello").await;
    parlor.terminate();
    it.here()
        .execute(&format!(
            "WITH RECURSIVE n(n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM n WHERE n < {MANY})
                INSERT INTO messages SELECT conversation_id, n, printf('%024x', n), received, author_type, user_id, author,
                    content, source, metadata, NULL, quoted_message FROM messages, n WHERE seq = 1;
            INSERT INTO log (conversation_id, seq, kind, at) SELECT conversation_id, seq, 'message', received FROM messages
                WHERE seq > 1;
            UPDATE conversations SET seq = {MANY}, message_count = {MANY}"
        ))
        .await;
    let count = "SELECT count(*) FROM messages";
    let mut cut_off = it.migrate().stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let begun = Instant::now();
    let is_begun = "SELECT count(to_regclass('parlor_relocation'))";
    while it.there.number(is_begun).await == 0 || it.there.number(count).await < 3_000 {
        assert!(begun.elapsed() < DEADLINE, "messages are copied");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    cut_off.kill().unwrap();
    cut_off.wait().unwrap();
    // PostgreSQL finds out in a moment that nobody is there.
    let rest = loop {
        let there = it.there.number(count).await;
        assert!(there < MANY, "it was cut off in the middle");
        let output = it.migrate().arg("--finish").output().unwrap();
        if output.status.success() {
            let done: Value = serde_json::from_slice(&output.stdout).unwrap();
            assert_eq!(done["tables"]["messages"]["copied"], MANY - there);
            break done;
        }
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(error.contains("another move is under way") && begun.elapsed() < DEADLINE, "{error}");
    };
    assert_eq!((&rest["messages"], &rest["withGaps"]), (&json!(MANY), &json!(0)));
    let parlor = ParlorProcess::serve(it.data.path());
    let visitor = visitor.moved_to(&parlor.url);
    visitor.says("and on").await;
    assert_eq!(it.there.number("SELECT max(seq) FROM log").await, MANY + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_moved_over_another_and_there_is_a_way_back() {
    let Some(it) = Installation::new().await else { return };
    let filled = Installation::new().await.unwrap();
    ParlorProcess::provision(filled.data.path());
    let mut wrong = Installation::command(it.data.path(), &it.here);
    let refused = Installation::refusal(wrong.args(["migrate-to", &filled.to]));
    assert!(refused.contains("rows in settings"), "{refused}");
    assert_eq!(filled.there.number("SELECT count(*) FROM apps").await, 1);
    it.moves(&[]);
    let mut wrong = Installation::command(filled.data.path(), &filled.here);
    let refused = Installation::refusal(wrong.args(["migrate-to", &it.to]));
    assert!(refused.contains("another database"), "{refused}");
    it.moves(&["--finish"]);
    // Back again: what was said since is not there, so pages start over.
    let backup = it.data.path().join("backup.db").display().to_string();
    for arguments in [&["backup", &backup][..], &["restore", &backup, "--force"]] {
        let done = Installation::command(it.data.path(), &it.here).args(arguments).output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    }
    let parlor = it.serve();
    let answer = it.api(&parlor.url, Method::GET, "/integrations").send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
}
