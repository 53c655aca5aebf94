-- What a message answers to, as JSON.
ALTER TABLE messages ADD COLUMN quoted_message TEXT COLLATE "C";

-- Entries of kind 'delete': the message that was deleted; NULL for all that came before.
ALTER TABLE log ADD COLUMN message_id TEXT COLLATE "C";

-- What is left of deleted messages: their place in the log, so that cursors, retries and listeners that come back find them.
-- A table of their own keeps a page of history one range of one tree, however much was deleted in it.
CREATE TABLE deleted_messages (
    conversation_id TEXT COLLATE "C" NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    seq BIGINT NOT NULL,
    id TEXT COLLATE "C" NOT NULL UNIQUE,
    received BIGINT NOT NULL,
    author_type TEXT COLLATE "C" NOT NULL,
    user_id TEXT COLLATE "C",
    author TEXT COLLATE "C" NOT NULL,
    source TEXT COLLATE "C" NOT NULL,
    sent_as TEXT COLLATE "C",
    PRIMARY KEY (conversation_id, seq)
);
CREATE UNIQUE INDEX deleted_messages_sent_as ON deleted_messages (conversation_id, sent_as) WHERE sent_as IS NOT NULL;
