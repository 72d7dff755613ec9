CREATE TABLE achievement (
  id TEXT PRIMARY KEY NOT NULL,
  iri TEXT NOT NULL UNIQUE,
  origin TEXT NOT NULL,
  code TEXT,
  name TEXT NOT NULL,
  title TEXT,
  achievement_type TEXT NOT NULL,
  description TEXT,
  criteria TEXT,
  criteria_url TEXT,
  credits_available DOUBLE PRECISION,
  field_of_study TEXT,
  level TEXT,
  specialization TEXT,
  image TEXT,
  tags TEXT NOT NULL,
  issuer_id TEXT NOT NULL REFERENCES profile (id),
  identifiers TEXT NOT NULL,
  extensions TEXT NOT NULL,
  version INTEGER NOT NULL,
  retired_at TIMESTAMP,
  sort_name TEXT NOT NULL,
  search_text TEXT NOT NULL,
  revision INTEGER NOT NULL,
  created_at TIMESTAMP NOT NULL,
  updated_at TIMESTAMP NOT NULL
);
CREATE UNIQUE INDEX achievement_by_code ON achievement (code);
CREATE INDEX achievement_by_name ON achievement (sort_name, id);
CREATE INDEX achievement_by_updated ON achievement (updated_at, id);
CREATE INDEX achievement_by_issuer ON achievement (issuer_id, sort_name, id);

-- What an achievement was when it was first awarded under that number. The first edit after an issue begins the next.
CREATE TABLE achievement_version (
  achievement_id TEXT NOT NULL REFERENCES achievement (id),
  number INTEGER NOT NULL,
  content TEXT NOT NULL,
  created_at TIMESTAMP NOT NULL,
  PRIMARY KEY (achievement_id, number)
);

-- A rubric groups result descriptions: one criterion is one description with its own ordered levels.
CREATE TABLE rubric (
  id TEXT PRIMARY KEY NOT NULL,
  achievement_id TEXT NOT NULL REFERENCES achievement (id),
  name TEXT NOT NULL,
  position INTEGER NOT NULL,
  created_at TIMESTAMP NOT NULL
);
CREATE INDEX rubric_by_achievement ON rubric (achievement_id, position);

CREATE TABLE result_description (
  id TEXT PRIMARY KEY NOT NULL,
  iri TEXT NOT NULL UNIQUE,
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
  created_at TIMESTAMP NOT NULL
);
CREATE INDEX result_description_by_achievement ON result_description (achievement_id, position);

CREATE TABLE rubric_criterion_level (
  id TEXT PRIMARY KEY NOT NULL,
  iri TEXT NOT NULL UNIQUE,
  result_description_id TEXT NOT NULL REFERENCES result_description (id),
  name TEXT NOT NULL,
  description TEXT,
  level TEXT,
  points TEXT,
  position INTEGER NOT NULL,
  created_at TIMESTAMP NOT NULL
);
CREATE INDEX rubric_criterion_level_by_description ON rubric_criterion_level (result_description_id, position);

CREATE TABLE alignment (
  id TEXT PRIMARY KEY NOT NULL,
  achievement_id TEXT REFERENCES achievement (id),
  result_description_id TEXT REFERENCES result_description (id),
  rubric_criterion_level_id TEXT REFERENCES rubric_criterion_level (id),
  target_name TEXT NOT NULL,
  target_url TEXT NOT NULL,
  target_code TEXT,
  target_description TEXT,
  target_framework TEXT,
  target_type TEXT,
  position INTEGER NOT NULL,
  created_at TIMESTAMP NOT NULL,
  CHECK ((CASE WHEN achievement_id IS NULL THEN 0 ELSE 1 END)
       + (CASE WHEN result_description_id IS NULL THEN 0 ELSE 1 END)
       + (CASE WHEN rubric_criterion_level_id IS NULL THEN 0 ELSE 1 END) = 1)
);
CREATE INDEX alignment_by_achievement ON alignment (achievement_id, position);

CREATE TABLE association (
  id TEXT PRIMARY KEY NOT NULL,
  achievement_id TEXT NOT NULL REFERENCES achievement (id),
  association_type TEXT NOT NULL,
  target_iri TEXT NOT NULL,
  target_id TEXT REFERENCES achievement (id),
  title TEXT NOT NULL,
  position INTEGER NOT NULL,
  created_at TIMESTAMP NOT NULL
);
CREATE INDEX association_by_achievement ON association (achievement_id, position);
CREATE INDEX association_by_target ON association (target_id);
