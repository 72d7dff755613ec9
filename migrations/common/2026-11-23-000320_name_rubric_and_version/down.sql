DROP INDEX assertion_by_version;
ALTER TABLE assertion DROP COLUMN achievement_version;
DROP INDEX result_description_by_rubric;
DROP INDEX rubric_by_updated;
DROP INDEX rubric_by_name;
ALTER TABLE rubric DROP COLUMN updated_at;
ALTER TABLE rubric DROP COLUMN search_text;
ALTER TABLE rubric DROP COLUMN sort_name;
ALTER TABLE rubric DROP COLUMN revision;
