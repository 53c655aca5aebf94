-- Files that were uploaded. The bytes lie in the object store under app_id and key.
-- No foreign keys: a row must outlive what it hangs on until its bytes are gone.
CREATE TABLE attachments (
    key TEXT COLLATE "C" PRIMARY KEY, -- unguessable; part of the address
    app_id TEXT COLLATE "C" NOT NULL,
    conversation_id TEXT COLLATE "C",
    user_id TEXT COLLATE "C", -- who uploaded it or whom it was uploaded for; NULL for the business
    access TEXT COLLATE "C" NOT NULL, -- 'public' or 'private'
    name TEXT COLLATE "C" NOT NULL,
    media_type TEXT COLLATE "C" NOT NULL,
    size BIGINT NOT NULL, -- bytes
    width BIGINT, -- pixels; NULL for what is no sound image
    height BIGINT,
    thumbnail_type TEXT COLLATE "C", -- NULL without a thumbnail
    thumbnail_size BIGINT,
    created_at BIGINT NOT NULL,
    stored_at BIGINT, -- NULL while the bytes are on their way into the store
    deleted_at BIGINT -- once set, it is served no more and its bytes are removed
);
CREATE INDEX attachments_by_conversation ON attachments (conversation_id, key) WHERE conversation_id IS NOT NULL;
CREATE INDEX attachments_by_user ON attachments (user_id, key) WHERE user_id IS NOT NULL;
CREATE INDEX attachments_by_app ON attachments (app_id, key);
CREATE INDEX attachments_doomed ON attachments (key) WHERE deleted_at IS NOT NULL OR stored_at IS NULL;
