-- The log of a conversation that took in another one begins behind this number: whoever stands before it starts over.
ALTER TABLE conversations ADD COLUMN log_start BIGINT NOT NULL DEFAULT 0;
