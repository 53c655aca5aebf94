//! What kept events must forget: the words of deleted messages, the names of people.

use domain::{ConversationId, MessageId, UserId};

use super::sql::Sql;
use super::{StorageError, Tx, sql};

/// What stands at `$path` of a payload, an object with no other keys than `$keys`.
macro_rules! only {
    ($path:literal, $keys:literal) => {
        concat!(
            "CASE json_type(payload, '",
            $path,
            "') WHEN 'object' THEN json((SELECT json_group_object(key, payload -> fullkey) FROM json_each(payload, '",
            $path,
            "') WHERE key IN (",
            $keys,
            "))) ELSE payload -> '",
            $path,
            "' END"
        )
    };
}

/// A payload without what its message said; who said it and when stays.
macro_rules! without_words {
    () => {
        concat!(
            "json_replace(payload, '$.message', json(CASE WHEN json_type(payload, '$.message.content') IS NULL
                THEN payload -> '$.message' ELSE json_set(",
            only!("$.message", "'id', 'received', 'author', 'source'"),
            ", '$.deleted', json('true')) END), '$.postback', json(json_set(",
            only!("$.postback", "'actionId', 'messageId'"),
            ", '$.payload', '')))"
        )
    };
}

/// A payload without its words and without all that is known of the people in it but their ids. Wherever an event has people
/// or what is theirs, outer ones before those within.
macro_rules! without_people {
    ($($path:literal),+) => {
        concat!(
            "json_replace(json_remove(",
            without_words!(),
            ", '$.referral', '$.discardedMetadata', '$.mergedClients')",
            $(", '", $path, "', json(", only!($path, "'id', 'type', 'userId', 'user'"), ")",)+
            ")"
        )
    };
    () => {
        without_people!(
            "$.user",
            "$.client",
            "$.message.author",
            "$.message.author.user",
            "$.activity.author",
            "$.activity.author.user",
            "$.mergedUsers.surviving",
            "$.mergedUsers.discarded",
            "$.mergedConversations.surviving",
            "$.mergedConversations.discarded"
        )
    };
}

/// One text: answers to deliveries of the events named by `$which` (a receiver may have echoed what they said), and the events.
macro_rules! scrub {
    ($payload:expr, $which:expr) => {
        concat!(
            "UPDATE webhook_attempts SET answer = NULL WHERE answer IS NOT NULL AND (webhook_id, event_seq) IN
                (SELECT w.id, e.seq FROM webhook_events e JOIN webhooks w ON w.app_id = e.app_id WHERE ",
            $which,
            ");
            UPDATE webhook_events AS e SET payload = ",
            $payload,
            " WHERE ",
            $which
        )
    };
}

/// The same scrubbing of both databases' JSON; what PostgreSQL does stands in its schema.
macro_rules! scrubs {
    (without_words, $which:expr) => {
        Sql { sqlite: scrub!(without_words!(), $which), postgres: scrub!("without_words(payload)", $which) }
    };
    (without_people, $which:expr) => {
        Sql { sqlite: scrub!(without_people!(), $which), postgres: scrub!("without_people(payload)", $which) }
    };
}

impl Tx {
    /// Makes kept events forget what `message` of `conversation` said; without a message, what was said there at all.
    ///
    /// Who said something and when stays, and an event not yet delivered still is. Answers to deliveries are forgotten too:
    /// a receiver may have echoed the text.
    pub async fn scrub_webhook_events(
        &mut self,
        conversation: ConversationId,
        message: Option<MessageId>,
    ) -> Result<(), StorageError> {
        const ONE: Sql = scrubs!(without_words, "e.message_id = $2 AND e.lane = $1");
        const ALL: Sql = scrubs!(
            without_words,
            "e.message_id IN (SELECT id FROM messages WHERE conversation_id = $1
                UNION ALL SELECT id FROM deleted_messages WHERE conversation_id = $1)"
        );
        let conversation = conversation.to_string();
        let scrub = match message {
            Some(message) => sql::query(ONE).bind(conversation).bind(message.to_string()),
            None => sql::query(ALL).bind(conversation),
        };
        scrub.execute(self.writing().await?).await?;
        Ok(())
    }

    /// Makes kept events forget all but the ids of the deleted messages of `conversation` that are numbered from `first` to `last`.
    pub async fn scrub_webhook_events_between(
        &mut self,
        conversation: ConversationId,
        first: i64,
        last: i64,
    ) -> Result<(), StorageError> {
        const BETWEEN: Sql = scrubs!(
            without_people,
            "e.message_id IN (SELECT d.id FROM deleted_messages d
                WHERE d.conversation_id = $1 AND d.seq >= $2 AND d.seq <= $3)"
        );
        let scrub = sql::query(BETWEEN).bind(conversation.to_string()).bind(first).bind(last);
        scrub.execute(self.writing().await?).await?;
        Ok(())
    }

    /// Makes kept events forget all about `user`, and about those who were merged into it, but the ids. Call it while the user
    /// still takes part in conversations; personal ones that are deleted too need [`Tx::scrub_webhook_events`] for what others
    /// said there.
    pub async fn scrub_webhook_events_of(&mut self, user: UserId) -> Result<(), StorageError> {
        const ELSEWHERE: Sql = scrubs!(
            without_people,
            "e.user_id IN (SELECT $1 UNION ALL SELECT id FROM departed_users WHERE merged_into = $1)
                AND e.message_id IS NULL"
        );
        const MESSAGES: Sql = scrubs!(
            without_people,
            "e.user_id IN (SELECT $1 UNION ALL SELECT id FROM departed_users WHERE merged_into = $1)
                AND e.message_id IN (SELECT m.id FROM participants p
                    JOIN messages m ON m.conversation_id = p.conversation_id WHERE p.user_id = $1
                    UNION ALL SELECT d.id FROM participants p
                    JOIN deleted_messages d ON d.conversation_id = p.conversation_id WHERE p.user_id = $1)"
        );
        for sql in [ELSEWHERE, MESSAGES] {
            sql::query(sql).bind(user.to_string()).execute(self.writing().await?).await?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use domain::webhook::{DeliveryReport, Destination, EventStamp, Merge, Merged, Postback};
    use domain::{
        ActivityType, Author, Content, ConversationType, Draft, Source, Timestamp, TruncatedConversation,
        TruncatedUser, WebhookEvent,
    };
    use serde_json::{Value, json};
    use sqlx::{Connection as _, SqliteConnection};

    const ID: &str = "66b000000000000000000001";

    fn stamp() -> EventStamp {
        EventStamp { id: ID.parse().unwrap(), app: ID.parse().unwrap(), at: Timestamp::from_millis(0) }
    }

    fn conversation() -> TruncatedConversation {
        TruncatedConversation {
            id: ID.parse().unwrap(),
            kind: ConversationType::Personal,
            metadata: None,
            active_switchboard_integration: None,
            pending_switchboard_integration: None,
            default_of: Some(ID.parse().unwrap()),
        }
    }

    fn user() -> TruncatedUser {
        TruncatedUser { id: ID.parse().unwrap(), external_id: Some("Ann".to_owned()) }
    }

    fn payload(event: &WebhookEvent) -> Value {
        serde_json::from_str(&event.payload).unwrap()
    }

    async fn scrubbed(sql: &str, payload: &Value) -> Value {
        let mut connection = SqliteConnection::connect("sqlite::memory:").await.unwrap();
        let text: String = sqlx::query_scalar(sqlx::AssertSqlSafe(format!("SELECT {sql} FROM (SELECT $1 AS payload)")))
            .bind(payload.to_string())
            .fetch_one(&mut connection)
            .await
            .unwrap();
        serde_json::from_str(&text).unwrap()
    }

    fn message() -> WebhookEvent {
        let author = Author::user(user().id, Some("Ann Secret".to_owned()));
        let (content, source) = (Content::text("Psst."), Source::api());
        let said = Draft { author, content, source, metadata: None, quoted_message: None, sent_as: None };
        let said = said.into_message(ID.parse().unwrap(), 1, Timestamp::from_millis(0));
        WebhookEvent::message(stamp(), &conversation(), &said, Some(&user()))
    }

    #[tokio::test]
    async fn a_deleted_message_leaves_no_word_behind_but_its_author() {
        let said = payload(&message());
        let told = scrubbed(without_words!(), &said).await;
        let mut expected = said.clone();
        expected["message"].as_object_mut().unwrap().remove("content");
        expected["message"]["deleted"] = json!(true);
        assert_eq!(told, expected);
        assert_eq!(scrubbed(without_words!(), &told).await, told, "twice is once");
    }

    #[tokio::test]
    async fn a_click_leaves_no_word_behind() {
        let click = Postback {
            payload: "Psst.".to_owned(),
            metadata: serde_json::from_value(json!({ "secret": "Psst." })).unwrap(),
            text: Some("Psst.".to_owned()),
            action_id: None,
            message_id: Some(ID.parse().unwrap()),
        };
        let event = WebhookEvent::postback(stamp(), &conversation(), &click, &user(), &Source::api());
        let clicked = payload(&event);
        let told = scrubbed(without_words!(), &clicked).await;
        assert_eq!(told["postback"], json!({ "messageId": ID, "payload": "" }));
        assert_eq!(told["user"], clicked["user"]);
    }

    #[tokio::test]
    async fn a_report_of_delivery_says_nothing_to_forget() {
        let report = DeliveryReport {
            user: user(),
            message: ID.parse().unwrap(),
            destination: Destination { kind: "web".to_owned(), integration_id: None },
            is_final: true,
        };
        let event = WebhookEvent::delivery_user(stamp(), &conversation(), &report);
        assert_eq!(scrubbed(without_words!(), &payload(&event)).await, payload(&event));
    }

    #[tokio::test]
    async fn of_a_person_the_id_stays() {
        let (conversation, source) = (conversation(), Source::api());
        let client = json!({ "id": ID, "type": "sdk", "displayName": "Ann's phone" });
        let both = || Merged { surviving: user(), discarded: user() };
        let clients = || Merged { surviving: client.clone(), discarded: client.clone() };
        let merge = Merge {
            users: both(),
            conversations: None,
            clients: Some(clients()),
            discarded_metadata: serde_json::from_value(json!({ "name": "Ann" })).unwrap(),
            reason: "api",
        };
        let mut added = payload(&WebhookEvent::user_remove(stamp(), &user()));
        added["client"] = client.clone();
        added["referral"] = json!({ "code": "Ann" });
        let payloads = [
            payload(&message()),
            payload(&WebhookEvent::activity(stamp(), &conversation, ActivityType::Read, &user(), &source)),
            payload(&WebhookEvent::join(stamp(), &conversation, &user())),
            payload(&WebhookEvent::user_merge(stamp(), &merge)),
            added,
        ];
        for payload in payloads {
            assert!(payload.to_string().contains("Ann"), "{payload}");
            let told = scrubbed(without_people!(), &payload).await;
            assert!(!told.to_string().contains("Ann") && !told.to_string().contains("Psst"), "{told}");
            for person in
                ["/user", "/client", "/message/author/user", "/activity/author/user", "/mergedUsers/discarded"]
            {
                assert_eq!(
                    told.pointer(person).map(|it| &it["id"]),
                    payload.pointer(person).map(|it| &it["id"]),
                    "{told}"
                );
            }
        }
    }
}
