-- A page of a webhook's deliveries in one state, in order, however many others lie between.
CREATE INDEX webhook_deliveries_by_state ON webhook_deliveries (webhook_id, state, event_seq);
DROP INDEX webhook_deliveries_failed;
