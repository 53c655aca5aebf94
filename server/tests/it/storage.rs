//! Group commit: neighbours in a transaction, each with its own fate.

use domain::{AppId, Author, Content, ConversationId, Draft, Message, MessageId, Source, Timestamp};
use futures::future::join_all;
use server::storage::{Database, Storage, StorageError, Subscribers, Tx};
use tempfile::TempDir;

use crate::support::{TestApp, TestDatabase};

async fn storage() -> (TempDir, Storage) {
    let folder = TempDir::new().unwrap();
    let database = match TestDatabase::of(folder.path()) {
        TestDatabase::Sqlite(file) => Database::Sqlite(file),
        database @ TestDatabase::Postgres(_) => Database::Postgres(database.url().await.unwrap()),
    };
    let storage = Storage::open(&database).await.unwrap();
    (folder, storage)
}

async fn is_set(storage: &Storage, name: &str) -> bool {
    storage.read().await.unwrap().setting(name).await.unwrap().is_some()
}

/// Sets `name`, then ends as told.
async fn set(storage: &Storage, name: String, end: fn() -> Result<(), StorageError>) -> Result<(), StorageError> {
    storage
        .write(move |tx| {
            Box::pin(async move {
                tx.setting_or(&name, "x").await?;
                end()
            })
        })
        .await
}

#[tokio::test]
async fn a_write_that_fails_leaves_no_trace_and_harms_no_neighbour() {
    let (_folder, storage) = storage().await;
    let ends: [fn() -> Result<(), StorageError>; 3] =
        [|| Ok(()), || Err(StorageError::Conflict), || panic!("a bug in a use case")];
    let writes = (0..300).map(|number| set(&storage, format!("setting {number}"), ends[number % 3]));
    for (number, result) in join_all(writes).await.into_iter().enumerate() {
        let is_kept = number % 3 == 0;
        assert_eq!(result.is_ok(), is_kept, "{number}");
        assert_eq!(is_set(&storage, &format!("setting {number}")).await, is_kept, "{number}");
    }
    // Alone in its transaction, too.
    assert!(set(&storage, "alone".to_owned(), || Err(StorageError::Conflict)).await.is_err());
    assert!(!is_set(&storage, "alone").await);
    set(&storage, "alone".to_owned(), || Ok(())).await.unwrap();
    assert!(is_set(&storage, "alone").await);
}

#[tokio::test]
async fn a_message_that_can_not_be_appended_undoes_only_itself() {
    let app = TestApp::start().await;
    let (_, conversation) = app.visitor_in_conversation().await;
    let (id, tenant, storage) = (conversation.parse().unwrap(), app.made.app, app.chat().storage());
    let append = |seq: u64| {
        let draft = Draft::new(Author::business(None), Content::text(seq.to_string()), Source::api());
        let message_id = MessageId::new(Timestamp::default(), (seq * 1000 + u64::from(random_byte())).to_be_bytes());
        let message = draft.into_message(message_id, seq, Timestamp::from_millis(1_800_000_000_000));
        storage.write(move |tx| Box::pin(async move { append(tx, tenant, id, &message).await }))
    };
    // Number 1 is taken: its appends fail in the first of four statements, next to others that succeed.
    let results = join_all([append(2), append(1), append(3), append(1), append(4)]).await;
    assert_eq!(results.iter().map(Result::is_ok).collect::<Vec<_>>(), [true, false, true, false, true]);
    assert_eq!(app.texts(&conversation).await, ["hello", "2", "3", "4"]);
}

#[tokio::test]
async fn a_write_that_fails_after_it_was_released_takes_its_group_with_it() {
    let app = TestApp::start().await;
    let (_, conversation) = app.visitor_in_conversation().await;
    let (id, tenant, storage) = (conversation.parse().unwrap(), app.made.app, app.chat().storage());
    let last = storage.write(move |tx| {
        Box::pin(async move {
            let draft = Draft::new(Author::business(None), Content::text("spoiled"), Source::api());
            let message_id = MessageId::new(Timestamp::default(), [9; 8]);
            append(tx, tenant, id, &draft.into_message(message_id, 2, Timestamp::default())).await?;
            Err::<(), _>(StorageError::Conflict)
        })
    });
    let (first, spoiled) = tokio::join!(set(storage, "before".to_owned(), || Ok(())), last);
    assert!(matches!(spoiled, Err(StorageError::Conflict)));
    assert_eq!(is_set(storage, "before").await, first.is_ok(), "acknowledged exactly if it is there");
    assert_eq!(app.texts(&conversation).await, ["hello"]);
    set(storage, "after".to_owned(), || Ok(())).await.unwrap();
}

/// Appends what no webhook hears of.
async fn append(tx: &mut Tx, app: AppId, to: ConversationId, message: &Message) -> Result<(), StorageError> {
    let nobody = || unreachable!("nobody hears of it");
    tx.append_message(app, to, message, &Subscribers::default(), nobody).await
}

fn random_byte() -> u8 {
    server::clock::random_bytes::<1>()[0]
}
