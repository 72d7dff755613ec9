-- Rubrics get a list and an editor of their own.
ALTER TABLE rubric ADD COLUMN revision INTEGER NOT NULL DEFAULT 1;
ALTER TABLE rubric ADD COLUMN sort_name TEXT NOT NULL DEFAULT '';
ALTER TABLE rubric ADD COLUMN search_text TEXT NOT NULL DEFAULT '';
ALTER TABLE rubric ADD COLUMN updated_at TIMESTAMP NOT NULL DEFAULT '2026-11-23 00:00:00';
UPDATE rubric SET sort_name = LOWER(name), search_text = LOWER(name), updated_at = created_at;
CREATE INDEX rubric_by_name ON rubric (sort_name, id);
CREATE INDEX rubric_by_updated ON rubric (updated_at, id);
CREATE INDEX result_description_by_rubric ON result_description (rubric_id, position);

-- The version of the achievement that an assertion was issued under; the document says the same, this is for counting.
ALTER TABLE assertion ADD COLUMN achievement_version INTEGER;
CREATE INDEX assertion_by_version ON assertion (achievement_id, achievement_version);
