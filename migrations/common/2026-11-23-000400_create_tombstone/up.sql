-- Codes that were public until the import which brought them was taken back: each is kept for the award it was for.
CREATE TABLE tombstone (
  cedid TEXT PRIMARY KEY NOT NULL,
  cedid_folded TEXT NOT NULL,
  iri TEXT NOT NULL,
  buried_at TIMESTAMP NOT NULL
);
CREATE INDEX tombstone_by_fold ON tombstone (cedid_folded);

-- An award that came in as a draft, as it was told: what has no field here is not lost when it is issued.
CREATE TABLE received_award (
  assertion_id TEXT PRIMARY KEY NOT NULL REFERENCES assertion (id) ON DELETE CASCADE,
  content TEXT NOT NULL
);
