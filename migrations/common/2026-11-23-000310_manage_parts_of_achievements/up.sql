-- The parts of achievements are managed like the other kinds: revised, searched, and paged by key.
ALTER TABLE alignment ADD COLUMN extensions TEXT NOT NULL DEFAULT '{}';
ALTER TABLE alignment ADD COLUMN revision INTEGER NOT NULL DEFAULT 1;
ALTER TABLE alignment ADD COLUMN sort_name TEXT NOT NULL DEFAULT '';
ALTER TABLE alignment ADD COLUMN search_text TEXT NOT NULL DEFAULT '';
ALTER TABLE alignment ADD COLUMN updated_at TIMESTAMP NOT NULL DEFAULT '1970-01-01 00:00:00';
UPDATE alignment SET updated_at = created_at, sort_name = lower(target_name), search_text = lower(target_name || ' ' || coalesce(target_code, '') || ' ' || coalesce(target_framework, '') || ' ' || target_url);
CREATE INDEX alignment_by_name ON alignment (sort_name, id);
CREATE INDEX alignment_by_updated ON alignment (updated_at, id);

ALTER TABLE association ADD COLUMN extensions TEXT NOT NULL DEFAULT '{}';
ALTER TABLE association ADD COLUMN revision INTEGER NOT NULL DEFAULT 1;
ALTER TABLE association ADD COLUMN sort_name TEXT NOT NULL DEFAULT '';
ALTER TABLE association ADD COLUMN search_text TEXT NOT NULL DEFAULT '';
ALTER TABLE association ADD COLUMN updated_at TIMESTAMP NOT NULL DEFAULT '1970-01-01 00:00:00';
UPDATE association SET updated_at = created_at, sort_name = lower(title), search_text = lower(title || ' ' || target_iri || ' ' || association_type);
CREATE INDEX association_by_name ON association (sort_name, id);
CREATE INDEX association_by_updated ON association (updated_at, id);

ALTER TABLE result_description ADD COLUMN extensions TEXT NOT NULL DEFAULT '{}';
ALTER TABLE result_description ADD COLUMN revision INTEGER NOT NULL DEFAULT 1;
ALTER TABLE result_description ADD COLUMN sort_name TEXT NOT NULL DEFAULT '';
ALTER TABLE result_description ADD COLUMN search_text TEXT NOT NULL DEFAULT '';
ALTER TABLE result_description ADD COLUMN updated_at TIMESTAMP NOT NULL DEFAULT '1970-01-01 00:00:00';
UPDATE result_description SET updated_at = created_at, sort_name = lower(name), search_text = lower(name || ' ' || result_type || ' ' || iri);
-- Taken out of a definition that had been awarded: the scores of that version still point at it.
ALTER TABLE result_description ADD COLUMN removed_at TIMESTAMP;
CREATE INDEX result_description_by_name ON result_description (sort_name, id);
CREATE INDEX result_description_by_updated ON result_description (updated_at, id);

ALTER TABLE rubric_criterion_level ADD COLUMN extensions TEXT NOT NULL DEFAULT '{}';
ALTER TABLE rubric_criterion_level ADD COLUMN revision INTEGER NOT NULL DEFAULT 1;
ALTER TABLE rubric_criterion_level ADD COLUMN sort_name TEXT NOT NULL DEFAULT '';
ALTER TABLE rubric_criterion_level ADD COLUMN search_text TEXT NOT NULL DEFAULT '';
ALTER TABLE rubric_criterion_level ADD COLUMN updated_at TIMESTAMP NOT NULL DEFAULT '1970-01-01 00:00:00';
UPDATE rubric_criterion_level SET updated_at = created_at, sort_name = lower(name), search_text = lower(name || ' ' || coalesce(level, '') || ' ' || iri);
ALTER TABLE rubric_criterion_level ADD COLUMN removed_at TIMESTAMP;
CREATE INDEX rubric_criterion_level_by_name ON rubric_criterion_level (sort_name, id);
CREATE INDEX rubric_criterion_level_by_updated ON rubric_criterion_level (updated_at, id);

CREATE INDEX alignment_by_description ON alignment (result_description_id, position);
CREATE INDEX alignment_by_level ON alignment (rubric_criterion_level_id, position);
CREATE INDEX result_by_achieved_level ON result (achieved_level_id);
