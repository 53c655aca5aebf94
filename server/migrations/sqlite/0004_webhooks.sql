-- Where and when a business is called.
CREATE TABLE webhooks (
    id TEXT PRIMARY KEY,
    app_id TEXT NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
    integration_id TEXT REFERENCES integrations (id) ON DELETE CASCADE, -- NULL for one of the older API: it is the app's
    version TEXT NOT NULL, -- 'v2' or 'v1.1'
    target TEXT NOT NULL,
    triggers TEXT NOT NULL, -- JSON: as the caller wrote them
    secret TEXT NOT NULL,
    old_secret TEXT, -- the one before, while both are good
    old_secret_until BIGINT,
    include_full_user BOOLEAN NOT NULL,
    include_full_source BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX webhooks_by_app ON webhooks (app_id, id);
CREATE INDEX webhooks_by_integration ON webhooks (integration_id);

-- Who hears of what: expanded, and those of the older API marked 'v1:'.
CREATE TABLE webhook_triggers (
    app_id TEXT NOT NULL,
    trigger TEXT NOT NULL,
    webhook_id TEXT NOT NULL REFERENCES webhooks (id) ON DELETE CASCADE,
    PRIMARY KEY (app_id, trigger, webhook_id)
) WITHOUT ROWID;
CREATE INDEX webhook_triggers_by_webhook ON webhook_triggers (webhook_id);

-- What happened, one row an event that somebody subscribed to, in the transaction that caused it. `seq` is the order of
-- delivery; a replay is a copy with a number of its own and the same id.
CREATE TABLE webhook_events (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    app_id TEXT NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
    lane TEXT NOT NULL, -- what keeps its order: a conversation, or a user for what happens in none
    trigger TEXT NOT NULL,
    legacy_trigger TEXT, -- the name of the older API, where it has one
    conversation_id TEXT,
    user_id TEXT,
    message_id TEXT,
    at BIGINT NOT NULL,
    payload TEXT NOT NULL, -- JSON: of the v2 contract, users and sources in short form
    replay_of BIGINT
);
-- For what must be forgotten: a message, a conversation, a user.
-- Messages are by far the most, and grow at the end of an index by id; by lane, each would touch a page of its own.
CREATE INDEX webhook_events_by_message ON webhook_events (message_id) WHERE message_id IS NOT NULL;
CREATE INDEX webhook_events_by_lane ON webhook_events (lane) WHERE message_id IS NULL;

-- One event for one webhook. No reference to the event, because every event that is pruned would be looked for here: the
-- two are removed together.
CREATE TABLE webhook_deliveries (
    webhook_id TEXT NOT NULL REFERENCES webhooks (id) ON DELETE CASCADE,
    event_seq BIGINT NOT NULL,
    lane TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'pending', -- 'pending', 'delivered' or 'failed'
    attempts BIGINT NOT NULL DEFAULT 0,
    replayed BOOLEAN NOT NULL DEFAULT FALSE, -- whether a later delivery repeats it
    PRIMARY KEY (webhook_id, event_seq)
) WITHOUT ROWID;
CREATE INDEX webhook_deliveries_pending ON webhook_deliveries (webhook_id, lane, event_seq) WHERE state = 'pending';
CREATE INDEX webhook_deliveries_failed ON webhook_deliveries (webhook_id, event_seq) WHERE state = 'failed';

-- One row a webhook and lane with pending deliveries: what a worker takes. Only its first delivery is ever under way.
CREATE TABLE webhook_lanes (
    webhook_id TEXT NOT NULL REFERENCES webhooks (id) ON DELETE CASCADE,
    lane TEXT NOT NULL,
    due_at BIGINT NOT NULL,
    owner TEXT, -- the worker that has it
    PRIMARY KEY (webhook_id, lane)
) WITHOUT ROWID;
CREATE INDEX webhook_lanes_free ON webhook_lanes (webhook_id, due_at) WHERE owner IS NULL;

-- Workers, each alive until a moment that it keeps putting off.
CREATE TABLE webhook_workers (
    id TEXT PRIMARY KEY,
    alive_until BIGINT NOT NULL
);

CREATE TABLE webhook_attempts (
    webhook_id TEXT NOT NULL,
    event_seq BIGINT NOT NULL,
    number BIGINT NOT NULL, -- 1, 2, 3 …
    at BIGINT NOT NULL,
    duration_ms BIGINT NOT NULL,
    target TEXT NOT NULL,
    status BIGINT, -- NULL: no answer
    error TEXT,
    answer TEXT, -- the first 4 kB
    PRIMARY KEY (webhook_id, event_seq, number),
    FOREIGN KEY (webhook_id, event_seq) REFERENCES webhook_deliveries (webhook_id, event_seq) ON DELETE CASCADE
) WITHOUT ROWID;
