-- A learner's share: the consent to show chosen awards to one recipient for one purpose, and the link that shows them. Of
-- the link only a fingerprint is kept. Whether it still opens is told by the clock, when it is asked for.
CREATE TABLE share (
  id TEXT PRIMARY KEY NOT NULL,
  learner_id TEXT NOT NULL REFERENCES profile (id),
  fingerprint TEXT NOT NULL UNIQUE,
  iri TEXT NOT NULL UNIQUE,
  recipient TEXT NOT NULL,
  purpose TEXT NOT NULL,
  with_pdf BOOLEAN NOT NULL,
  with_json BOOLEAN NOT NULL,
  with_vc BOOLEAN NOT NULL,
  signed_in_as TEXT,
  created_at TIMESTAMP NOT NULL,
  expires_at TIMESTAMP,
  off_at TIMESTAMP,
  off_by TEXT,
  off_by_learner BOOLEAN NOT NULL,
  off_reason TEXT,
  revision INTEGER NOT NULL
);
CREATE INDEX share_learner ON share (learner_id);
CREATE INDEX share_created ON share (created_at, id);
-- What is shown. An award that the learner takes out stays written down as what was consented to until then.
CREATE TABLE share_award (
  share_id TEXT NOT NULL REFERENCES share (id),
  credential_id TEXT NOT NULL REFERENCES credential (id),
  taken_out_at TIMESTAMP,
  PRIMARY KEY (share_id, credential_id)
);
CREATE INDEX share_award_credential ON share_award (credential_id);
-- Every disclosure is written down before the answer (34 CFR 99.32). The party and the purpose stand on the share.
CREATE TABLE disclosure (
  id TEXT PRIMARY KEY NOT NULL,
  learner_id TEXT NOT NULL REFERENCES profile (id),
  share_id TEXT NOT NULL REFERENCES share (id),
  basis TEXT NOT NULL,
  form TEXT NOT NULL,
  at TIMESTAMP NOT NULL
);
CREATE INDEX disclosure_share ON disclosure (share_id, at);
CREATE INDEX disclosure_learner ON disclosure (learner_id, at, id);
