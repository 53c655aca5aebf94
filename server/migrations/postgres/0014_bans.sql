-- Whom an app does not listen to: a user, or everybody in a network.
CREATE TABLE bans (
    id TEXT COLLATE "C" PRIMARY KEY,
    app_id TEXT COLLATE "C" NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
    user_id TEXT COLLATE "C" UNIQUE REFERENCES users (id) ON DELETE CASCADE,
    prefix TEXT COLLATE "C", -- such as 203.0.113.0/24
    reason TEXT COLLATE "C",
    expires_at BIGINT,
    created_at BIGINT NOT NULL,
    UNIQUE (app_id, prefix),
    CHECK ((user_id IS NULL) <> (prefix IS NULL))
);
CREATE INDEX bans_by_app ON bans (app_id, id);
