-- Conversations whose app has its messages deleted when nothing happens for long. Only these stand in the index, so that nobody
-- else's messages pay for it, and only while there is something to delete.
ALTER TABLE conversations ADD COLUMN is_expiring BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE conversations SET is_expiring = TRUE
    WHERE app_id IN (SELECT id FROM apps WHERE json_extract(settings, '$.conversationRetentionSeconds') > 0);
CREATE INDEX conversations_expiring ON conversations (app_id, last_updated_at) WHERE is_expiring AND message_count > 0;
