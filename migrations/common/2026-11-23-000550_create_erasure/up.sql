-- A learner's data was erased on legal request. What is left is a tombstone: the codes, which are never given again, and
-- that, when, by whom and why it was done.
CREATE TABLE erasure (
  id TEXT PRIMARY KEY NOT NULL,
  learner_id TEXT NOT NULL UNIQUE REFERENCES profile (id),
  reason TEXT NOT NULL,
  state TEXT NOT NULL,
  made_by TEXT NOT NULL,
  made_at TIMESTAMP NOT NULL
);
