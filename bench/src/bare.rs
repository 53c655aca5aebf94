//! The bare servers: the least an axum handler can do for the same job on the same store. No users, no keys, no rules.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::{Context as _, Result};
use axum::extract::ws::{Message, WebSocketUpgrade};
use axum::extract::{Path, State};
use axum::response::{Html, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions as _, Connection as _, SqliteConnection, SqlitePool};
use tokio::net::TcpListener;
use tokio::sync::{Mutex, broadcast, mpsc, oneshot};

#[derive(Clone)]
struct Bare {
    readers: SqlitePool,
    writes: mpsc::Sender<Write>,
    rooms: Arc<Mutex<HashMap<String, broadcast::Sender<Arc<str>>>>>,
    /// What stands before and after the rows of the page that is compared with.
    frame: Arc<(String, String)>,
}

/// `bare LISTEN DATABASE PAGE`: serves the conversation in `DATABASE` inside the frame of the page in the file `PAGE`.
pub async fn serve(arguments: &[String]) -> Result<()> {
    let [listen, database, page] = arguments else { anyhow::bail!("bare LISTEN DATABASE PAGE") };
    let options = SqliteConnectOptions::new()
        .filename(database)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .disable_statement_logging();
    let mut writing = SqliteConnection::connect_with(&options).await?;
    sqlx::query("CREATE TABLE IF NOT EXISTS bare (id TEXT PRIMARY KEY, room TEXT NOT NULL, sent_as TEXT NOT NULL, message TEXT NOT NULL,
            UNIQUE (room, sent_as))")
        .execute(&mut writing)
        .await?;
    let readers = SqlitePoolOptions::new()
        .max_connections(4)
        .test_before_acquire(false)
        .connect_lazy_with(options.read_only(true));
    let (writes, queue) = mpsc::channel(1024);
    tokio::spawn(write(writing, queue));
    let page = tokio::fs::read_to_string(page).await.unwrap_or_default();
    let begin = page.find("<li").unwrap_or(0);
    let end = page.rfind("</li>").map_or(0, |end| end + "</li>".len());
    let frame = Arc::new((page[..begin].to_owned(), page[end..].to_owned()));
    let bare = Bare { readers, writes, rooms: Arc::default(), frame };
    let router = Router::new()
        .route("/ready", get(async || "ok"))
        .route("/page/{conversation}", get(show))
        .route("/send/{room}", post(send))
        .route("/listen/{room}", get(listen_to))
        .with_state(bare);
    let listener = TcpListener::bind(listen).await?;
    axum::serve(listener, router).await.context("serving")
}

/// The same rows, and the same HTML by concatenation.
async fn show(State(bare): State<Bare>, Path(conversation): Path<String>) -> Html<String> {
    let sql =
        "SELECT seq, id, received, author, content FROM messages WHERE conversation_id = $1 ORDER BY seq DESC LIMIT 25";
    let rows: Vec<(i64, String, i64, String, String)> =
        sqlx::query_as(sql).bind(conversation).fetch_all(&bare.readers).await.unwrap_or_default();
    let mut page = String::with_capacity(64 * 1024);
    page.push_str(&bare.frame.0);
    for (seq, id, received, author, content) in rows.iter().rev() {
        let author: Value = serde_json::from_str(author).unwrap_or_default();
        let content: Value = serde_json::from_str(content).unwrap_or_default();
        let name = escape(author["displayName"].as_str().unwrap_or_default());
        let text = escape(content["text"].as_str().unwrap_or_default());
        let _infallible = write!(
            page,
            "<li data-role=\"business\" data-group=\"middle\" data-message-id=\"{id}\" data-status=\"delivered\" class=\"message\">\
             <span class=\"avatar\" aria-hidden=\"true\">A</span><div class=\"message-body\"><p class=\"message-author\">{name}</p>\
             <div class=\"bubble\"><p dir=\"auto\" class=\"bubble-text\">{text}</p></div><p class=\"message-meta\"><time datetime=\"{received}\">{seq}</time></p></div></li>"
        );
    }
    page.push_str(&bare.frame.1);
    Html(page)
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Stores a message under an id of its own and tells its room; answers once it is on disk.
async fn send(State(bare): State<Bare>, Path(room): Path<String>, Json(message): Json<Value>) -> Json<Value> {
    let id = NEXT.fetch_add(1, Ordering::Relaxed);
    let stored_as = message.to_string();
    let (stored, done) = oneshot::channel();
    let write = Write { id, room: room.clone(), message: stored_as.clone(), stored };
    if bare.writes.send(write).await.is_err() || done.await.is_err() {
        return Json(Value::Null);
    }
    if let Some(listeners) = bare.rooms.lock().await.get(&room) {
        let _nobody = listeners.send(stored_as.into());
    }
    Json(json!({ "id": id, "message": message }))
}

/// Ids as a message would have: unique, in no order that an index likes.
static NEXT: AtomicU64 = AtomicU64::new(1);

struct Write {
    id: u64,
    room: String,
    message: String,
    stored: oneshot::Sender<()>,
}

/// Group commit: whatever waits goes into one transaction.
async fn write(mut connection: SqliteConnection, mut waiting: mpsc::Receiver<Write>) {
    while let Some(first) = waiting.recv().await {
        let Ok(mut transaction) = connection.begin_with("BEGIN IMMEDIATE").await else { continue };
        let mut next = Some(first);
        let mut stored = Vec::new();
        while let Some(Write { id, room, message, stored: done }) = next {
            let insert = sqlx::query("INSERT INTO bare (id, room, sent_as, message) VALUES ($1, $2, $3, $4)")
                .bind(format!("{:024x}", id.wrapping_mul(0x9e37_79b9_7f4a_7c15)))
                .bind(room)
                .bind(id.to_string())
                .bind(message);
            if insert.execute(&mut *transaction).await.is_ok() {
                stored.push(done);
            }
            next = if stored.len() < 256 { waiting.try_recv().ok() } else { None };
        }
        if transaction.commit().await.is_ok() {
            for done in stored {
                let _gone = done.send(());
            }
        }
    }
}

async fn listen_to(State(bare): State<Bare>, Path(room): Path<String>, upgrade: WebSocketUpgrade) -> Response {
    let mut heard = bare.rooms.lock().await.entry(room).or_insert_with(|| broadcast::channel(64).0).subscribe();
    upgrade.read_buffer_size(4096).write_buffer_size(0).max_write_buffer_size(64 * 1024).on_upgrade(
        async move |mut socket| {
            loop {
                let gone = tokio::select! {
                    text = heard.recv() => match text {
                        Ok(text) => socket.send(Message::text(&*text)).await.is_err(),
                        Err(_) => true,
                    },
                    said = socket.recv() => !matches!(said, Some(Ok(_))),
                };
                if gone {
                    return;
                }
            }
        },
    )
}
