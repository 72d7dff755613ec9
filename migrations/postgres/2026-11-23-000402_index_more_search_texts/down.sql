DROP INDEX IF EXISTS evidence_by_search_text;
DROP INDEX IF EXISTS endorsement_by_search_text;
DROP INDEX IF EXISTS clr_by_search_text;
