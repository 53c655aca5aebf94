-- A client's name is the type of its integrations, so two can't share one.
CREATE UNIQUE INDEX oauth_clients_by_name ON oauth_clients (name);

CREATE INDEX oauth_codes_by_client ON oauth_codes (client_id);
CREATE INDEX oauth_codes_by_app ON oauth_codes (app_id);
