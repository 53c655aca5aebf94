-- Events anew: without a reference to their app, because deleting an app looked for it in every event that is kept (they are
-- removed in batches now, see departed_apps), and with those who are to hear of them.
CREATE TABLE new_webhook_events (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    app_id TEXT NOT NULL,
    lane TEXT NOT NULL, -- what keeps its order: a conversation, or a user for what happens in none
    trigger TEXT NOT NULL,
    legacy_trigger TEXT, -- the name of the older API, where it has one
    conversation_id TEXT,
    user_id TEXT,
    message_id TEXT,
    at BIGINT NOT NULL,
    webhooks TEXT, -- JSON list of ids; NULL for a replay, whose delivery is made with it
    payload TEXT NOT NULL, -- JSON: of the v2 contract, users and sources in short form
    replay_of BIGINT
);
INSERT INTO new_webhook_events
    (seq, id, app_id, lane, trigger, legacy_trigger, conversation_id, user_id, message_id, at, payload, replay_of)
    SELECT seq, id, app_id, lane, trigger, legacy_trigger, conversation_id, user_id, message_id, at, payload, replay_of
    FROM webhook_events;
DROP TABLE webhook_events;
ALTER TABLE new_webhook_events RENAME TO webhook_events;

-- For what must be forgotten: a message, a conversation, a user, wherever it was.
CREATE INDEX webhook_events_by_message ON webhook_events (message_id) WHERE message_id IS NOT NULL;
CREATE INDEX webhook_events_by_user ON webhook_events (user_id) WHERE message_id IS NULL;

-- Events on their way to the lanes: a row comes with its event, and goes when a worker has made the deliveries, for many events
-- at once. Each lane has a page of its own in the index of what waits; a transaction that only appends is spared them.
-- No reference to the event, which would be looked for at once; whoever removes an event that waits here removes this, too.
CREATE TABLE webhook_outbox (
    event_seq INTEGER PRIMARY KEY
);

-- A trigger, because a statement of its own would cost every message another trip between two threads.
CREATE TRIGGER webhook_events_to_outbox AFTER INSERT ON webhook_events WHEN NEW.webhooks IS NOT NULL BEGIN
    INSERT INTO webhook_outbox (event_seq) VALUES (NEW.seq) ON CONFLICT DO NOTHING;
END;

-- Apps that were deleted, and whose events are still to be removed.
CREATE TABLE departed_apps (
    id TEXT PRIMARY KEY
);
