-- The same schema as on SQLite, migration by migration. Texts sort by their bytes, as they do there.

-- What texts of SQL that both databases run say as SQLite does.
CREATE FUNCTION json_each(list TEXT) RETURNS TABLE (value TEXT) LANGUAGE sql IMMUTABLE STRICT ROWS 2
    AS 'SELECT jsonb_array_elements_text(list::jsonb)';
CREATE FUNCTION json_object(VARIADIC pairs TEXT[]) RETURNS TEXT LANGUAGE sql IMMUTABLE
    AS 'SELECT pg_catalog.json_object(pairs)::text';
-- Of numbers only.
CREATE FUNCTION json_extract(document TEXT, path TEXT) RETURNS BIGINT LANGUAGE sql IMMUTABLE STRICT
    AS $$ SELECT (jsonb_path_query_first(document::jsonb, path::jsonpath) #>> '{}')::bigint $$;
CREATE FUNCTION max(a BIGINT, b BIGINT) RETURNS BIGINT LANGUAGE sql IMMUTABLE
    AS 'SELECT CASE WHEN a IS NULL OR b IS NULL THEN NULL ELSE greatest(a, b) END';
CREATE FUNCTION min(a BIGINT, b BIGINT, c BIGINT) RETURNS BIGINT LANGUAGE sql IMMUTABLE
    AS 'SELECT CASE WHEN a IS NULL OR b IS NULL OR c IS NULL THEN NULL ELSE least(a, b, c) END';
CREATE FUNCTION group_concat_step(so_far TEXT, next TEXT) RETURNS TEXT LANGUAGE sql IMMUTABLE
    AS $$ SELECT CASE WHEN next IS NULL THEN so_far WHEN so_far IS NULL THEN next ELSE so_far || ',' || next END $$;
CREATE AGGREGATE group_concat(TEXT) (SFUNC = group_concat_step, STYPE = TEXT);

-- Shared column types: TEXT ids of 24 hex digits, BIGINT milliseconds since 1970 (UTC), JSON as TEXT.
-- Every table below apps names its app, directly or through its conversation, so that a database can be split by app.

CREATE TABLE settings (
    name TEXT COLLATE "C" PRIMARY KEY,
    value TEXT COLLATE "C" NOT NULL
);

CREATE TABLE apps (
    id TEXT COLLATE "C" PRIMARY KEY,
    display_name TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL
);

-- Secrets are kept as given: the API shows them again and checks tokens signed with them.
CREATE TABLE api_keys (
    id TEXT COLLATE "C" PRIMARY KEY,
    app_id TEXT COLLATE "C" REFERENCES apps (id) ON DELETE CASCADE, -- NULL for an account key
    display_name TEXT COLLATE "C" NOT NULL,
    secret TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE integrations (
    id TEXT COLLATE "C" PRIMARY KEY,
    app_id TEXT COLLATE "C" NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
    type TEXT COLLATE "C" NOT NULL,
    display_name TEXT COLLATE "C",
    settings TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX integrations_by_app ON integrations (app_id, id);

CREATE TABLE users (
    id TEXT COLLATE "C" PRIMARY KEY,
    app_id TEXT COLLATE "C" NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
    external_id TEXT COLLATE "C",
    signed_up_at BIGINT NOT NULL,
    profile TEXT COLLATE "C" NOT NULL,
    metadata TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (app_id, external_id)
);

-- A user's endpoint on a channel; every browser of the web chat hangs on the user's one client of type 'sdk'.
CREATE TABLE clients (
    id TEXT COLLATE "C" PRIMARY KEY,
    user_id TEXT COLLATE "C" NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    type TEXT COLLATE "C" NOT NULL,
    status TEXT COLLATE "C" NOT NULL,
    integration_id TEXT COLLATE "C" REFERENCES integrations (id) ON DELETE SET NULL,
    linked_at BIGINT NOT NULL,
    UNIQUE (user_id, type)
);

-- A browser that speaks for a user. The id comes from the signed token that the browser holds.
CREATE TABLE sessions (
    id TEXT COLLATE "C" PRIMARY KEY,
    integration_id TEXT COLLATE "C" NOT NULL REFERENCES integrations (id) ON DELETE CASCADE,
    user_id TEXT COLLATE "C" NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    client_id TEXT COLLATE "C" NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    revoked_at BIGINT
);
CREATE INDEX sessions_by_user ON sessions (user_id);

CREATE TABLE conversations (
    id TEXT COLLATE "C" PRIMARY KEY,
    app_id TEXT COLLATE "C" NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
    type TEXT COLLATE "C" NOT NULL,
    default_of TEXT COLLATE "C" UNIQUE REFERENCES users (id) ON DELETE SET NULL, -- the user whose default conversation it is
    display_name TEXT COLLATE "C",
    description TEXT COLLATE "C",
    icon_url TEXT COLLATE "C",
    metadata TEXT COLLATE "C",
    seq BIGINT NOT NULL DEFAULT 0, -- of the newest entry in its log
    message_count BIGINT NOT NULL DEFAULT 0,
    business_last_read BIGINT,
    business_read_seq BIGINT NOT NULL DEFAULT 0, -- how far in the log the business has read
    last_updated_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX conversations_by_app ON conversations (app_id, id);

CREATE TABLE participants (
    id TEXT COLLATE "C" PRIMARY KEY,
    conversation_id TEXT COLLATE "C" NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    user_id TEXT COLLATE "C" NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    unread_count BIGINT NOT NULL DEFAULT 0,
    last_read BIGINT,
    UNIQUE (conversation_id, user_id)
);
CREATE INDEX participants_by_user ON participants (user_id, conversation_id);

-- The log is the truth: what happened in a conversation, numbered 1, 2, 3 … without gaps.
CREATE TABLE log (
    conversation_id TEXT COLLATE "C" NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    seq BIGINT NOT NULL,
    kind TEXT COLLATE "C" NOT NULL, -- 'message' or 'read'
    at BIGINT NOT NULL,
    user_id TEXT COLLATE "C", -- who did it; NULL for the business
    PRIMARY KEY (conversation_id, seq)
);

-- Clustered by conversation, so that a page of history is one range of one tree.
CREATE TABLE messages (
    conversation_id TEXT COLLATE "C" NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    seq BIGINT NOT NULL,
    id TEXT COLLATE "C" NOT NULL UNIQUE,
    received BIGINT NOT NULL,
    author_type TEXT COLLATE "C" NOT NULL, -- 'business' or 'user'
    user_id TEXT COLLATE "C",
    author TEXT COLLATE "C" NOT NULL, -- JSON: display name, avatar and subtypes as they were then
    content TEXT COLLATE "C" NOT NULL, -- JSON
    source TEXT COLLATE "C" NOT NULL, -- JSON
    metadata TEXT COLLATE "C", -- JSON
    sent_as TEXT COLLATE "C", -- the sender's own id for it
    PRIMARY KEY (conversation_id, seq)
);
CREATE UNIQUE INDEX messages_sent_as ON messages (conversation_id, sent_as) WHERE sent_as IS NOT NULL;
