-- JSON may spell the character NUL, which no JSONB can hold. Nothing takes it in any more; what was kept before must not stop the
-- work that goes over everybody's rows. The other character has the same length, so that whatever stands before stays escaped
-- or not, as it was.
CREATE FUNCTION without_nul(document TEXT) RETURNS JSONB LANGUAGE sql IMMUTABLE STRICT
    AS $$ SELECT replace(document, '\u0000', '\ufffd')::jsonb $$;

CREATE OR REPLACE FUNCTION json_extract(document TEXT, path TEXT) RETURNS BIGINT LANGUAGE sql IMMUTABLE STRICT
    AS $$ SELECT (jsonb_path_query_first(without_nul(document), path::jsonpath) #>> '{}')::bigint $$;

CREATE OR REPLACE FUNCTION without_words(payload TEXT) RETURNS TEXT LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE kept JSONB := without_nul(payload);
BEGIN
    IF kept #> '{message,content}' IS NOT NULL THEN
        kept := keep_only(kept, '{message}', '{id,received,author,source}');
        kept := jsonb_set(kept, '{message,deleted}', 'true');
    END IF;
    IF kept ? 'postback' THEN
        kept := keep_only(kept, '{postback}', '{actionId,messageId}');
        kept := jsonb_set(kept, '{postback,payload}', '""');
    END IF;
    RETURN kept::text;
END $$;
