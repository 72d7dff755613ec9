-- Where the status of signed credentials is told. A list has so many places, given in an order that its secret makes;
-- `content` is the list as it was last signed, `made_of` a digest of what it then said.
CREATE TABLE status_list (
  id TEXT PRIMARY KEY NOT NULL,
  issuer_id TEXT NOT NULL REFERENCES profile (id),
  secret BYTEA NOT NULL,
  given INTEGER NOT NULL,
  created_at TIMESTAMP NOT NULL,
  content BYTEA,
  made_of TEXT,
  signed_at TIMESTAMP
);
CREATE INDEX status_list_by_issuer ON status_list (issuer_id, created_at);

-- A place in a list: whose status it tells, and the id of the signed credential.
CREATE TABLE status_place (
  list_id TEXT NOT NULL REFERENCES status_list (id),
  place INTEGER NOT NULL,
  credential_id TEXT NOT NULL REFERENCES credential (id),
  document_id TEXT NOT NULL,
  PRIMARY KEY (list_id, place)
);
CREATE INDEX status_place_by_credential ON status_place (credential_id);

-- Where a learner's newest published record is found from an older one: the secret of the address, as a fingerprint.
CREATE TABLE record_refresh (
  fingerprint TEXT PRIMARY KEY NOT NULL,
  learner_id TEXT NOT NULL REFERENCES profile (id),
  created_at TIMESTAMP NOT NULL
);
CREATE INDEX record_refresh_by_learner ON record_refresh (learner_id);
