-- Short links to chat pages. A revoked one stays, so that its page can say so.
CREATE TABLE links (
    id TEXT COLLATE "C" PRIMARY KEY,
    slug TEXT COLLATE "C" NOT NULL UNIQUE,
    app_id TEXT COLLATE "C" NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
    integration_id TEXT COLLATE "C" NOT NULL REFERENCES integrations (id) ON DELETE CASCADE,
    message TEXT COLLATE "C",
    ref TEXT COLLATE "C",
    locale TEXT COLLATE "C",
    metadata TEXT COLLATE "C", -- JSON
    external_id TEXT COLLATE "C", -- the user that a new visitor is
    expires_at BIGINT,
    max_uses BIGINT,
    uses BIGINT NOT NULL DEFAULT 0,
    revoked_at BIGINT,
    created_at BIGINT NOT NULL
);
CREATE INDEX links_by_integration ON links (integration_id, id);
CREATE INDEX links_by_app ON links (app_id);

-- Browsers that have written by a link: each is one use.
CREATE TABLE link_uses (
    link_id TEXT COLLATE "C" NOT NULL REFERENCES links (id) ON DELETE CASCADE,
    session_id TEXT COLLATE "C" NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    at BIGINT NOT NULL,
    PRIMARY KEY (link_id, session_id)
);
CREATE INDEX link_uses_by_session ON link_uses (session_id);

-- What webhooks were told of where the people in a conversation came from, and when last.
CREATE TABLE referrals (
    conversation_id TEXT COLLATE "C" NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    code TEXT COLLATE "C" NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (conversation_id, code)
);
