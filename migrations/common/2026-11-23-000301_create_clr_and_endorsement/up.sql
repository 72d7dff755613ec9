-- A learner's record as the publisher puts it together: a draft until it is published, then a credential of its own.
-- A foreign one keeps the bytes it came as.
CREATE TABLE clr (
  id TEXT PRIMARY KEY NOT NULL,
  iri TEXT NOT NULL UNIQUE,
  origin TEXT NOT NULL,
  learner_id TEXT NOT NULL REFERENCES profile (id),
  publisher_id TEXT NOT NULL REFERENCES profile (id),
  name TEXT,
  takes_all BOOLEAN NOT NULL,
  partial BOOLEAN NOT NULL,
  number INTEGER,
  issued_at TIMESTAMP,
  document BYTEA,
  media_type TEXT,
  extensions TEXT NOT NULL,
  learner_sort TEXT NOT NULL,
  search_text TEXT NOT NULL,
  revision INTEGER NOT NULL,
  created_at TIMESTAMP NOT NULL,
  updated_at TIMESTAMP NOT NULL
);
CREATE UNIQUE INDEX clr_by_number ON clr (learner_id, number);
CREATE INDEX clr_by_learner_name ON clr (learner_sort, id);
CREATE INDEX clr_by_updated ON clr (updated_at, id);
CREATE INDEX clr_by_publisher ON clr (publisher_id);

CREATE TABLE clr_assertion (
  clr_id TEXT NOT NULL REFERENCES clr (id),
  assertion_id TEXT NOT NULL REFERENCES assertion (id),
  position INTEGER NOT NULL,
  PRIMARY KEY (clr_id, assertion_id)
);
CREATE INDEX clr_assertion_by_assertion ON clr_assertion (assertion_id);

ALTER TABLE credential ADD COLUMN clr_id TEXT REFERENCES clr (id);
CREATE UNIQUE INDEX credential_by_clr ON credential (clr_id);

-- Somebody else's word for a profile, an achievement, an assertion or a record.
CREATE TABLE endorsement (
  id TEXT PRIMARY KEY NOT NULL,
  iri TEXT NOT NULL UNIQUE,
  origin TEXT NOT NULL,
  profile_id TEXT REFERENCES profile (id),
  achievement_id TEXT REFERENCES achievement (id),
  assertion_id TEXT REFERENCES assertion (id),
  clr_id TEXT REFERENCES clr (id),
  issuer_id TEXT NOT NULL REFERENCES profile (id),
  issued_on TIMESTAMP NOT NULL,
  comment TEXT,
  revoked_at TIMESTAMP,
  revocation_reason TEXT,
  signed TEXT,
  extensions TEXT NOT NULL,
  position INTEGER NOT NULL,
  issuer_sort TEXT NOT NULL,
  search_text TEXT NOT NULL,
  revision INTEGER NOT NULL,
  created_at TIMESTAMP NOT NULL,
  updated_at TIMESTAMP NOT NULL,
  CHECK ((CASE WHEN profile_id IS NULL THEN 0 ELSE 1 END)
       + (CASE WHEN achievement_id IS NULL THEN 0 ELSE 1 END)
       + (CASE WHEN assertion_id IS NULL THEN 0 ELSE 1 END)
       + (CASE WHEN clr_id IS NULL THEN 0 ELSE 1 END) = 1)
);
CREATE INDEX endorsement_by_profile ON endorsement (profile_id, position);
CREATE INDEX endorsement_by_achievement ON endorsement (achievement_id, position);
CREATE INDEX endorsement_by_assertion ON endorsement (assertion_id, position);
CREATE INDEX endorsement_by_clr ON endorsement (clr_id, position);
CREATE INDEX endorsement_by_issuer ON endorsement (issuer_id);
CREATE INDEX endorsement_by_issuer_name ON endorsement (issuer_sort, id);
CREATE INDEX endorsement_by_updated ON endorsement (updated_at, id);
