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

-- People of whom something is still to be forgotten in conversations that stay. Those who were deleted are no users any more.
CREATE TABLE erasures (
    user_id TEXT COLLATE "C" NOT NULL,
    conversation_id TEXT COLLATE "C" NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    words BOOLEAN NOT NULL, -- what they said, too; else only what they were called
    after_seq BIGINT NOT NULL DEFAULT 0, -- up to here in the log it is done
    PRIMARY KEY (user_id, conversation_id)
);
CREATE INDEX erasures_by_conversation ON erasures (conversation_id);
