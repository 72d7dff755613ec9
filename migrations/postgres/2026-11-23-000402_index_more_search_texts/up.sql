-- The other lists that grow with the awards; as for profiles and assertions, where pg_trgm is there.
DO $$ BEGIN
  CREATE EXTENSION IF NOT EXISTS pg_trgm;
  CREATE INDEX clr_by_search_text ON clr USING gin (search_text gin_trgm_ops);
  CREATE INDEX endorsement_by_search_text ON endorsement USING gin (search_text gin_trgm_ops);
  CREATE INDEX evidence_by_search_text ON evidence USING gin (search_text gin_trgm_ops);
EXCEPTION WHEN insufficient_privilege OR undefined_file OR feature_not_supported OR undefined_object THEN
  RAISE NOTICE 'pg_trgm is not available: searching reads every row';
END $$;
