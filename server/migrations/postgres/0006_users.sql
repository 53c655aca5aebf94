-- Who was merged into a user goes the way of that user.
CREATE INDEX departed_users_by_survivor ON departed_users (merged_into) WHERE merged_into IS NOT NULL;

-- A page asks which of a user's conversations it may show, with every message: all of that stands in one index.
CREATE INDEX participants_by_user_subscribed ON participants (user_id, conversation_id, is_subscribed);
DROP INDEX participants_by_user;
