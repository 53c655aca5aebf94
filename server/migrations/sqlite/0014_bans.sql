-- Whom an app does not listen to: a user, or everybody in a network.
CREATE TABLE bans (
    id TEXT PRIMARY KEY,
    app_id TEXT NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
    user_id TEXT UNIQUE REFERENCES users (id) ON DELETE CASCADE,
    prefix TEXT, -- such as 203.0.113.0/24
    reason TEXT,
    expires_at BIGINT,
    created_at BIGINT NOT NULL,
    UNIQUE (app_id, prefix),
    CHECK ((user_id IS NULL) <> (prefix IS NULL))
);
CREATE INDEX bans_by_app ON bans (app_id, id);
