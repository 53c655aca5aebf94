-- Until when a login is good; NULL for a browser that nobody logged in.
ALTER TABLE sessions ADD COLUMN expires_at BIGINT;
