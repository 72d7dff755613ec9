DROP INDEX IF EXISTS assertion_by_search_text;
DROP INDEX IF EXISTS profile_by_search_text;
