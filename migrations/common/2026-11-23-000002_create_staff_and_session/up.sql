CREATE TABLE staff (
  id TEXT PRIMARY KEY NOT NULL,
  email TEXT NOT NULL,
  email_folded TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  role TEXT NOT NULL,
  office_id TEXT REFERENCES profile (id),
  password_hash TEXT,
  disabled_at TIMESTAMP,
  created_at TIMESTAMP NOT NULL,
  updated_at TIMESTAMP NOT NULL
);

-- One-time links: setting up a staff account, signing in as a learner. Only a fingerprint of the secret is kept.
CREATE TABLE one_time_link (
  secret_hash TEXT PRIMARY KEY NOT NULL,
  purpose TEXT NOT NULL,
  staff_id TEXT REFERENCES staff (id),
  learner_id TEXT REFERENCES profile (id),
  created_at TIMESTAMP NOT NULL,
  expires_at TIMESTAMP NOT NULL,
  used_at TIMESTAMP
);
CREATE INDEX one_time_link_by_staff ON one_time_link (staff_id);
CREATE INDEX one_time_link_by_learner ON one_time_link (learner_id);

CREATE TABLE session (
  key_hash TEXT PRIMARY KEY NOT NULL,
  staff_id TEXT REFERENCES staff (id),
  learner_id TEXT REFERENCES profile (id),
  state TEXT NOT NULL,
  created_at TIMESTAMP NOT NULL,
  seen_at TIMESTAMP NOT NULL,
  expires_at TIMESTAMP NOT NULL
);
CREATE INDEX session_by_staff ON session (staff_id);
CREATE INDEX session_by_learner ON session (learner_id);
CREATE INDEX session_by_expiry ON session (expires_at);

-- What somebody was typing when the session ended; shown again after signing in, never replayed.
CREATE TABLE kept_form (
  secret_hash TEXT PRIMARY KEY NOT NULL,
  staff_id TEXT NOT NULL REFERENCES staff (id),
  address TEXT NOT NULL,
  body TEXT NOT NULL,
  expires_at TIMESTAMP NOT NULL
);
