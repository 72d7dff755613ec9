-- Records of other systems use one scale under several criteria: a level's public id is unique within its description
-- only, and a description's within its achievement.
-- SQLite can drop a UNIQUE only with its table; what refers to the rows is checked at the end of the transaction.
PRAGMA defer_foreign_keys = ON;
CREATE TABLE result_description_kept AS SELECT * FROM result_description;
DROP TABLE result_description;
CREATE TABLE result_description (
  id TEXT PRIMARY KEY NOT NULL,
  iri TEXT NOT NULL,
  achievement_id TEXT NOT NULL REFERENCES achievement (id),
  rubric_id TEXT REFERENCES rubric (id),
  name TEXT NOT NULL,
  result_type TEXT NOT NULL,
  allowed_values TEXT NOT NULL,
  required_value TEXT,
  required_level_id TEXT,
  value_min TEXT,
  value_max TEXT,
  position INTEGER NOT NULL,
  created_at TIMESTAMP NOT NULL,
  extensions TEXT NOT NULL DEFAULT '{}',
  revision INTEGER NOT NULL DEFAULT 1,
  sort_name TEXT NOT NULL DEFAULT '',
  search_text TEXT NOT NULL DEFAULT '',
  updated_at TIMESTAMP NOT NULL DEFAULT '1970-01-01 00:00:00',
  removed_at TIMESTAMP
);
INSERT INTO result_description SELECT * FROM result_description_kept;
DROP TABLE result_description_kept;
CREATE INDEX result_description_by_achievement ON result_description (achievement_id, position);
CREATE INDEX result_description_by_name ON result_description (sort_name, id);
CREATE INDEX result_description_by_updated ON result_description (updated_at, id);
CREATE TABLE rubric_criterion_level_kept AS SELECT * FROM rubric_criterion_level;
DROP TABLE rubric_criterion_level;
CREATE TABLE rubric_criterion_level (
  id TEXT PRIMARY KEY NOT NULL,
  iri TEXT NOT NULL,
  result_description_id TEXT NOT NULL REFERENCES result_description (id),
  name TEXT NOT NULL,
  description TEXT,
  level TEXT,
  points TEXT,
  position INTEGER NOT NULL,
  created_at TIMESTAMP NOT NULL,
  extensions TEXT NOT NULL DEFAULT '{}',
  revision INTEGER NOT NULL DEFAULT 1,
  sort_name TEXT NOT NULL DEFAULT '',
  search_text TEXT NOT NULL DEFAULT '',
  updated_at TIMESTAMP NOT NULL DEFAULT '1970-01-01 00:00:00',
  removed_at TIMESTAMP
);
INSERT INTO rubric_criterion_level SELECT * FROM rubric_criterion_level_kept;
DROP TABLE rubric_criterion_level_kept;
CREATE INDEX rubric_criterion_level_by_description ON rubric_criterion_level (result_description_id, position);
CREATE INDEX rubric_criterion_level_by_name ON rubric_criterion_level (sort_name, id);
CREATE INDEX rubric_criterion_level_by_updated ON rubric_criterion_level (updated_at, id);
CREATE UNIQUE INDEX result_description_by_iri ON result_description (achievement_id, iri);
CREATE UNIQUE INDEX rubric_criterion_level_by_iri ON rubric_criterion_level (result_description_id, iri);
