-- Two learners who are one person: what was one's is the other's, until it is taken back.
CREATE TABLE learner_merge (
  id TEXT PRIMARY KEY NOT NULL,
  kept_id TEXT NOT NULL REFERENCES profile (id),
  merged_id TEXT NOT NULL REFERENCES profile (id),
  reason TEXT NOT NULL,
  state TEXT NOT NULL,
  moved TEXT NOT NULL,
  made_by TEXT NOT NULL,
  made_at TIMESTAMP NOT NULL,
  undone_by TEXT,
  undone_at TIMESTAMP
);
CREATE INDEX learner_merge_by_kept ON learner_merge (kept_id, made_at);
CREATE UNIQUE INDEX learner_merge_one ON learner_merge (merged_id) WHERE state <> 'undone';
