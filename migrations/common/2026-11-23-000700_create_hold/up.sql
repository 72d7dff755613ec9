-- A learner's documents are withheld: from the public alone (privacy), or from the learner's own downloads too
-- (administrative). Whether a hold is on is told by the clock, when something is asked for.
CREATE TABLE hold (
  id TEXT PRIMARY KEY NOT NULL,
  learner_id TEXT NOT NULL REFERENCES profile (id),
  kind TEXT NOT NULL,
  reason_code TEXT NOT NULL,
  reason TEXT,
  internal_note TEXT,
  starts_at TIMESTAMP NOT NULL,
  ends_at TIMESTAMP,
  placed_by TEXT NOT NULL,
  placed_at TIMESTAMP NOT NULL,
  lifted_at TIMESTAMP,
  lifted_by TEXT,
  lifted_reason TEXT,
  revision INTEGER NOT NULL
);
CREATE INDEX hold_learner ON hold (learner_id);
CREATE INDEX hold_placed ON hold (placed_at, id);
