-- Searching looks for any part of a word. pg_trgm comes with PostgreSQL and the owner of a database may create it; where
-- an administrator forbids that, searching is right as before, only slower.
DO $$ BEGIN
  CREATE EXTENSION IF NOT EXISTS pg_trgm;
  CREATE INDEX profile_by_search_text ON profile USING gin (search_text gin_trgm_ops);
  CREATE INDEX assertion_by_search_text ON assertion USING gin (search_text gin_trgm_ops);
EXCEPTION WHEN insufficient_privilege OR undefined_file OR feature_not_supported OR undefined_object THEN
  RAISE NOTICE 'pg_trgm is not available: searching reads every row';
END $$;
