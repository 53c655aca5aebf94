-- Shared column types: TEXT ids of 24 hex digits, BIGINT milliseconds since 1970 (UTC), JSON as TEXT.
-- Every table below apps names its app, directly or through its conversation, so that a database can be split by app.

CREATE TABLE settings (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

CREATE TABLE apps (
    id TEXT PRIMARY KEY,
    display_name TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

-- Secrets are kept as given: the API shows them again and checks tokens signed with them.
CREATE TABLE api_keys (
    id TEXT PRIMARY KEY,
    app_id TEXT REFERENCES apps (id) ON DELETE CASCADE, -- NULL for an account key
    display_name TEXT NOT NULL,
    secret TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE integrations (
    id TEXT PRIMARY KEY,
    app_id TEXT NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
    type TEXT NOT NULL,
    display_name TEXT,
    settings TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX integrations_by_app ON integrations (app_id, id);

CREATE TABLE users (
    id TEXT PRIMARY KEY,
    app_id TEXT NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
    external_id TEXT,
    signed_up_at BIGINT NOT NULL,
    profile TEXT NOT NULL,
    metadata TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (app_id, external_id)
);

-- A user's endpoint on a channel; every browser of the web chat hangs on the user's one client of type 'sdk'.
CREATE TABLE clients (
    id TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    type TEXT NOT NULL,
    status TEXT NOT NULL,
    integration_id TEXT REFERENCES integrations (id) ON DELETE SET NULL,
    linked_at BIGINT NOT NULL,
    UNIQUE (user_id, type)
);

-- A browser that speaks for a user. The id comes from the signed token that the browser holds.
CREATE TABLE sessions (
    id TEXT PRIMARY KEY,
    integration_id TEXT NOT NULL REFERENCES integrations (id) ON DELETE CASCADE,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    client_id TEXT NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    revoked_at BIGINT
);
CREATE INDEX sessions_by_user ON sessions (user_id);

CREATE TABLE conversations (
    id TEXT PRIMARY KEY,
    app_id TEXT NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
    type TEXT NOT NULL,
    default_of TEXT UNIQUE REFERENCES users (id) ON DELETE SET NULL, -- the user whose default conversation it is
    display_name TEXT,
    description TEXT,
    icon_url TEXT,
    metadata TEXT,
    seq BIGINT NOT NULL DEFAULT 0, -- of the newest entry in its log
    message_count BIGINT NOT NULL DEFAULT 0,
    business_last_read BIGINT,
    business_read_seq BIGINT NOT NULL DEFAULT 0, -- how far in the log the business has read
    last_updated_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX conversations_by_app ON conversations (app_id, id);

CREATE TABLE participants (
    id TEXT PRIMARY KEY,
    conversation_id TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    unread_count BIGINT NOT NULL DEFAULT 0,
    last_read BIGINT,
    UNIQUE (conversation_id, user_id)
);
CREATE INDEX participants_by_user ON participants (user_id, conversation_id);

-- The log is the truth: what happened in a conversation, numbered 1, 2, 3 … without gaps.
CREATE TABLE log (
    conversation_id TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    seq BIGINT NOT NULL,
    kind TEXT NOT NULL, -- 'message' or 'read'
    at BIGINT NOT NULL,
    user_id TEXT, -- who did it; NULL for the business
    PRIMARY KEY (conversation_id, seq)
) WITHOUT ROWID;

-- Clustered by conversation, so that a page of history is one range of one tree.
CREATE TABLE messages (
    conversation_id TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    seq BIGINT NOT NULL,
    id TEXT NOT NULL UNIQUE,
    received BIGINT NOT NULL,
    author_type TEXT NOT NULL, -- 'business' or 'user'
    user_id TEXT,
    author TEXT NOT NULL, -- JSON: display name, avatar and subtypes as they were then
    content TEXT NOT NULL, -- JSON
    source TEXT NOT NULL, -- JSON
    metadata TEXT, -- JSON
    sent_as TEXT, -- the sender's own id for it
    PRIMARY KEY (conversation_id, seq)
) WITHOUT ROWID;
CREATE UNIQUE INDEX messages_sent_as ON messages (conversation_id, sent_as) WHERE sent_as IS NOT NULL;
