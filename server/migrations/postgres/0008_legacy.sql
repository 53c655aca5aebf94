-- What only the older API knows: menus, templates, codes for another device.

-- A menu of a chat page, or of the app for all pages without one.
CREATE TABLE menus (
    id TEXT COLLATE "C" PRIMARY KEY, -- of the integration, else of the app
    app_id TEXT COLLATE "C" NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
    integration_id TEXT COLLATE "C" REFERENCES integrations (id) ON DELETE CASCADE,
    menu TEXT COLLATE "C" NOT NULL, -- JSON
    updated_at BIGINT NOT NULL
);
CREATE INDEX menus_by_app ON menus (app_id);
CREATE INDEX menus_by_integration ON menus (integration_id) WHERE integration_id IS NOT NULL;

CREATE TABLE templates (
    id TEXT COLLATE "C" PRIMARY KEY,
    app_id TEXT COLLATE "C" NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
    name TEXT COLLATE "C" NOT NULL,
    message TEXT COLLATE "C" NOT NULL, -- JSON: as the older API writes one
    created_at BIGINT NOT NULL,
    UNIQUE (app_id, name)
);
CREATE INDEX templates_by_app ON templates (app_id, id);

-- Good once, for opening a user's conversation on another device.
CREATE TABLE auth_codes (
    code TEXT COLLATE "C" PRIMARY KEY,
    app_id TEXT COLLATE "C" NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
    user_id TEXT COLLATE "C" NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    expires_at BIGINT NOT NULL
);
CREATE INDEX auth_codes_by_app ON auth_codes (app_id);
CREATE INDEX auth_codes_by_user ON auth_codes (user_id);
