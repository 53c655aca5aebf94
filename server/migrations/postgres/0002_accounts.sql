-- What the whole API needs to know of apps, keys, clients, devices and control.

ALTER TABLE apps ADD COLUMN settings TEXT COLLATE "C" NOT NULL DEFAULT '{}'; -- JSON
ALTER TABLE apps ADD COLUMN metadata TEXT COLLATE "C" NOT NULL DEFAULT '{}'; -- JSON

-- An integration's key ('int_…') names both; deleting either takes it along.
ALTER TABLE api_keys ADD COLUMN integration_id TEXT COLLATE "C" REFERENCES integrations (id) ON DELETE CASCADE;
CREATE INDEX api_keys_by_app ON api_keys (app_id, id);
CREATE INDEX api_keys_by_integration ON api_keys (integration_id) WHERE integration_id IS NOT NULL;

ALTER TABLE clients ADD COLUMN external_id TEXT COLLATE "C";
ALTER TABLE clients ADD COLUMN last_seen BIGINT;
ALTER TABLE clients ADD COLUMN display_name TEXT COLLATE "C";
ALTER TABLE clients ADD COLUMN avatar_url TEXT COLLATE "C";
ALTER TABLE clients ADD COLUMN info TEXT COLLATE "C"; -- JSON
ALTER TABLE clients ADD COLUMN raw TEXT COLLATE "C"; -- JSON
CREATE INDEX clients_by_integration ON clients (integration_id) WHERE integration_id IS NOT NULL;

-- A session of the web chat is a device of type 'web' in the API.
ALTER TABLE sessions ADD COLUMN last_seen BIGINT;
ALTER TABLE sessions ADD COLUMN info TEXT COLLATE "C"; -- JSON: what the browser says of itself
CREATE INDEX sessions_by_client ON sessions (client_id);
CREATE INDEX sessions_by_integration ON sessions (integration_id);

-- Whether the conversation is associated with the user's 'sdk' client, so that it shows on the user's chat pages.
ALTER TABLE participants ADD COLUMN is_subscribed BOOLEAN NOT NULL DEFAULT TRUE;

-- A user id that was given up: a browser that still holds it must not bring it back to life.
CREATE TABLE departed_users (
    id TEXT COLLATE "C" PRIMARY KEY,
    app_id TEXT COLLATE "C" NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
    merged_into TEXT COLLATE "C", -- the user who took over; NULL when deleted
    at BIGINT NOT NULL
);
CREATE INDEX departed_users_by_app ON departed_users (app_id);

CREATE TABLE switchboards (
    id TEXT COLLATE "C" PRIMARY KEY,
    app_id TEXT COLLATE "C" NOT NULL UNIQUE REFERENCES apps (id) ON DELETE CASCADE, -- one an app
    enabled BOOLEAN NOT NULL DEFAULT FALSE,
    default_switchboard_integration_id TEXT COLLATE "C",
    created_at BIGINT NOT NULL
);

CREATE TABLE switchboard_integrations (
    id TEXT COLLATE "C" PRIMARY KEY,
    switchboard_id TEXT COLLATE "C" NOT NULL REFERENCES switchboards (id) ON DELETE CASCADE,
    name TEXT COLLATE "C" NOT NULL,
    integration_id TEXT COLLATE "C" NOT NULL REFERENCES integrations (id) ON DELETE CASCADE,
    deliver_standby_events BOOLEAN NOT NULL DEFAULT TRUE,
    next_switchboard_integration_id TEXT COLLATE "C",
    message_history_count BIGINT,
    created_at BIGINT NOT NULL,
    UNIQUE (switchboard_id, name)
);
CREATE INDEX switchboard_integrations_by_integration ON switchboard_integrations (integration_id);

-- Who answers now, and who was asked to.
ALTER TABLE conversations ADD COLUMN active_switchboard_integration_id TEXT COLLATE "C"
    REFERENCES switchboard_integrations (id) ON DELETE SET NULL;
ALTER TABLE conversations ADD COLUMN pending_switchboard_integration_id TEXT COLLATE "C"
    REFERENCES switchboard_integrations (id) ON DELETE SET NULL;
CREATE INDEX conversations_by_active ON conversations (active_switchboard_integration_id)
    WHERE active_switchboard_integration_id IS NOT NULL;
CREATE INDEX conversations_by_pending ON conversations (pending_switchboard_integration_id)
    WHERE pending_switchboard_integration_id IS NOT NULL;

-- Programs that apps may let in by OAuth; registered by the operator.
CREATE TABLE oauth_clients (
    id TEXT COLLATE "C" PRIMARY KEY,
    name TEXT COLLATE "C" NOT NULL,
    secret TEXT COLLATE "C" NOT NULL,
    redirect_uris TEXT COLLATE "C" NOT NULL, -- JSON list
    created_at BIGINT NOT NULL
);

CREATE TABLE oauth_codes (
    code TEXT COLLATE "C" PRIMARY KEY,
    client_id TEXT COLLATE "C" NOT NULL REFERENCES oauth_clients (id) ON DELETE CASCADE,
    app_id TEXT COLLATE "C" NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
    expires_at BIGINT NOT NULL
);
