-- Up to where in the log webhooks were told of what the participant was shown; moves only where some ask for it.
ALTER TABLE participants ADD COLUMN reached_seq BIGINT NOT NULL DEFAULT 0;
