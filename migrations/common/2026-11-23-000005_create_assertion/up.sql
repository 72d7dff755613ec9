CREATE TABLE assertion (
  id TEXT PRIMARY KEY NOT NULL,
  iri TEXT NOT NULL UNIQUE,
  origin TEXT NOT NULL,
  learner_id TEXT NOT NULL REFERENCES profile (id),
  achievement_id TEXT NOT NULL REFERENCES achievement (id),
  issued_at TIMESTAMP,
  conferral_date DATE NOT NULL,
  expires_on DATE,
  activity_start DATE,
  activity_end DATE,
  credits_earned DOUBLE PRECISION,
  license_number TEXT,
  narrative TEXT,
  role TEXT,
  term TEXT,
  image TEXT,
  source_id TEXT REFERENCES profile (id),
  kept_cedid TEXT,
  extensions TEXT NOT NULL,
  learner_sort TEXT NOT NULL,
  achievement_sort TEXT NOT NULL,
  search_text TEXT NOT NULL,
  revision INTEGER NOT NULL,
  created_at TIMESTAMP NOT NULL,
  updated_at TIMESTAMP NOT NULL
);
CREATE INDEX assertion_by_conferral ON assertion (conferral_date, id);
CREATE INDEX assertion_by_learner_name ON assertion (learner_sort, id);
CREATE INDEX assertion_by_achievement_name ON assertion (achievement_sort, id);
CREATE INDEX assertion_by_updated ON assertion (updated_at, id);
CREATE INDEX assertion_by_learner ON assertion (learner_id, conferral_date, id);
CREATE INDEX assertion_by_achievement ON assertion (achievement_id, conferral_date, id);

CREATE TABLE result (
  id TEXT PRIMARY KEY NOT NULL,
  iri TEXT NOT NULL UNIQUE,
  assertion_id TEXT NOT NULL REFERENCES assertion (id),
  result_description_id TEXT NOT NULL REFERENCES result_description (id),
  achieved_level_id TEXT REFERENCES rubric_criterion_level (id),
  value TEXT,
  status TEXT,
  position INTEGER NOT NULL,
  created_at TIMESTAMP NOT NULL
);
CREATE INDEX result_by_assertion ON result (assertion_id, position);
CREATE INDEX result_by_description ON result (result_description_id);

CREATE TABLE evidence (
  id TEXT PRIMARY KEY NOT NULL,
  iri TEXT NOT NULL UNIQUE,
  assertion_id TEXT NOT NULL REFERENCES assertion (id),
  name TEXT NOT NULL,
  audience TEXT,
  description TEXT,
  genre TEXT,
  narrative TEXT,
  artifacts TEXT NOT NULL,
  position INTEGER NOT NULL,
  created_at TIMESTAMP NOT NULL
);
CREATE INDEX evidence_by_assertion ON evidence (assertion_id, position);
