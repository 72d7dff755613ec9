-- Persons and organisations. An office is an organisation profile.
CREATE TABLE profile (
  id TEXT PRIMARY KEY NOT NULL,
  iri TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  origin TEXT NOT NULL,
  name TEXT NOT NULL,
  given_name TEXT,
  additional_name TEXT,
  family_name TEXT,
  official TEXT,
  description TEXT,
  email TEXT,
  email_folded TEXT,
  telephone TEXT,
  url TEXT,
  image TEXT,
  sourced_id TEXT,
  student_id TEXT,
  birth_date DATE,
  address TEXT NOT NULL,
  parent_id TEXT REFERENCES profile (id),
  identifiers TEXT NOT NULL,
  extensions TEXT NOT NULL,
  sort_name TEXT NOT NULL,
  search_text TEXT NOT NULL,
  revision INTEGER NOT NULL,
  created_at TIMESTAMP NOT NULL,
  updated_at TIMESTAMP NOT NULL
);
CREATE UNIQUE INDEX profile_by_student_id ON profile (student_id);
CREATE INDEX profile_by_email ON profile (email_folded);
CREATE INDEX profile_by_name ON profile (kind, sort_name, id);
CREATE INDEX profile_by_updated ON profile (kind, updated_at, id);
CREATE INDEX profile_by_parent ON profile (parent_id);

CREATE TABLE setting (
  name TEXT PRIMARY KEY NOT NULL,
  value TEXT NOT NULL
);
