-- What is signed with. The public half stays for ever; the private half is wrapped by the master key, and goes when the
-- key is retired. `number` stands in the address of the verification method (did:web:…#key-N).
CREATE TABLE signing_key (
  id TEXT PRIMARY KEY NOT NULL,
  number INTEGER NOT NULL UNIQUE,
  profile_id TEXT NOT NULL REFERENCES profile (id),
  of_publisher BOOLEAN NOT NULL,
  purpose TEXT NOT NULL,
  algorithm TEXT NOT NULL,
  state TEXT NOT NULL,
  public_key BYTEA NOT NULL,
  wrapped BYTEA,
  created_at TIMESTAMP NOT NULL,
  activated_at TIMESTAMP,
  retired_at TIMESTAMP,
  compromised_at TIMESTAMP,
  compromised_since TIMESTAMP,
  reason TEXT
);
CREATE INDEX signing_key_by_profile ON signing_key (profile_id, purpose, state);
CREATE UNIQUE INDEX signing_key_one_active ON signing_key (profile_id, purpose) WHERE state = 'active';
CREATE UNIQUE INDEX signing_key_one_next ON signing_key (profile_id, purpose) WHERE state = 'next';

-- What was signed, byte for byte: one row for each signed document and form. A credential has several documents (its
-- events and endorsements are signed each by themselves).
CREATE TABLE signed_form (
  document_id TEXT NOT NULL,
  form TEXT NOT NULL,
  credential_id TEXT REFERENCES credential (id),
  key_id TEXT NOT NULL REFERENCES signing_key (id),
  content BYTEA NOT NULL,
  sha256 TEXT NOT NULL,
  signed_at TIMESTAMP NOT NULL,
  PRIMARY KEY (document_id, form)
);
CREATE INDEX signed_form_by_credential ON signed_form (credential_id);
CREATE INDEX signed_form_by_key ON signed_form (key_id, signed_at);
