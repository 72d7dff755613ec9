-- Results and evidence are managed like the other kinds: revised, searched, and paged by key.
ALTER TABLE result ADD COLUMN alignments TEXT NOT NULL DEFAULT '[]';
ALTER TABLE result ADD COLUMN extensions TEXT NOT NULL DEFAULT '{}';
ALTER TABLE result ADD COLUMN revision INTEGER NOT NULL DEFAULT 1;
CREATE INDEX result_by_created ON result (created_at, id);

ALTER TABLE evidence ADD COLUMN extensions TEXT NOT NULL DEFAULT '{}';
ALTER TABLE evidence ADD COLUMN revision INTEGER NOT NULL DEFAULT 1;
ALTER TABLE evidence ADD COLUMN sort_name TEXT NOT NULL DEFAULT '';
ALTER TABLE evidence ADD COLUMN search_text TEXT NOT NULL DEFAULT '';
ALTER TABLE evidence ADD COLUMN updated_at TIMESTAMP NOT NULL DEFAULT '1970-01-01 00:00:00';
UPDATE evidence SET updated_at = created_at, sort_name = lower(name), search_text = lower(name || ' ' || coalesce(genre, ''));
CREATE INDEX evidence_by_name ON evidence (sort_name, id);
CREATE INDEX evidence_by_updated ON evidence (updated_at, id);

-- A file that was handed in as an artifact. Its public id is the only way to it from outside.
CREATE TABLE evidence_file (
  id TEXT PRIMARY KEY NOT NULL,
  public_id TEXT NOT NULL UNIQUE,
  assertion_id TEXT NOT NULL REFERENCES assertion (id),
  evidence_id TEXT NOT NULL REFERENCES evidence (id),
  name TEXT NOT NULL,
  media_type TEXT NOT NULL,
  size INTEGER NOT NULL,
  sha256 TEXT NOT NULL,
  created_at TIMESTAMP NOT NULL,
  content BYTEA NOT NULL
);
CREATE INDEX evidence_file_by_assertion ON evidence_file (assertion_id);
CREATE INDEX evidence_file_by_evidence ON evidence_file (evidence_id);

-- What the endorsement said when it first became part of something issued; from then on it is only revoked.
ALTER TABLE endorsement ADD COLUMN frozen TEXT;
