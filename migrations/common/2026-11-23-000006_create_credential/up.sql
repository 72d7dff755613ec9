-- What was issued: the frozen document, the code it is checked by, and its status. One indexed read answers a visitor.
CREATE TABLE credential (
  id TEXT PRIMARY KEY NOT NULL,
  kind TEXT NOT NULL,
  assertion_id TEXT UNIQUE REFERENCES assertion (id),
  learner_id TEXT NOT NULL REFERENCES profile (id),
  achievement_id TEXT REFERENCES achievement (id),
  cedid TEXT NOT NULL UNIQUE,
  cedid_folded TEXT NOT NULL,
  issued TEXT NOT NULL,
  facts TEXT NOT NULL,
  issued_at TIMESTAMP NOT NULL,
  conferral_date DATE NOT NULL,
  expires_at TIMESTAMP,
  status TEXT NOT NULL,
  status_since TIMESTAMP,
  public_reason TEXT,
  internal_note TEXT,
  replaces_id TEXT UNIQUE REFERENCES credential (id),
  replaced_by_id TEXT REFERENCES credential (id)
);
CREATE INDEX credential_by_fold ON credential (cedid_folded);
CREATE INDEX credential_by_learner ON credential (learner_id, conferral_date, id);
CREATE INDEX credential_by_status ON credential (status, id);
CREATE INDEX credential_by_expiry ON credential (expires_at);
