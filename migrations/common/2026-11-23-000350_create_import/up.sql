-- A file that was brought in, or waits to be: what it was, who brought it, and what the portal made of it, so that it can
-- be taken back.
CREATE TABLE import (
  id TEXT PRIMARY KEY NOT NULL,
  kind TEXT NOT NULL,
  file_name TEXT NOT NULL,
  file_hash TEXT NOT NULL,
  content BYTEA NOT NULL,
  state TEXT NOT NULL,
  summary TEXT NOT NULL,
  made_by TEXT NOT NULL,
  made_by_id TEXT,
  created_at TIMESTAMP NOT NULL,
  done_at TIMESTAMP,
  undone_at TIMESTAMP
);
CREATE INDEX import_by_creation ON import (created_at, id);
CREATE INDEX import_by_hash ON import (file_hash);

-- One row for each object that an import made, or changed (then with what it was before).
CREATE TABLE import_object (
  import_id TEXT NOT NULL REFERENCES import (id),
  object_kind TEXT NOT NULL,
  object_id TEXT NOT NULL,
  digest TEXT NOT NULL,
  revision INTEGER NOT NULL,
  before BYTEA,
  position INTEGER NOT NULL,
  PRIMARY KEY (import_id, object_kind, object_id)
);
CREATE INDEX import_object_by_object ON import_object (object_kind, object_id);

-- Publishers' ids that an administrator said are this institution's own.
CREATE TABLE publisher_claim (
  iri TEXT PRIMARY KEY NOT NULL,
  claimed_by TEXT NOT NULL,
  created_at TIMESTAMP NOT NULL
);
