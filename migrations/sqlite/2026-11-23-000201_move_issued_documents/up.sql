-- What was issued moves to a table of its own, as bytes: the row that answers a visitor stays small, and the signed forms
-- of a credential will lie beside the neutral one.
DROP TRIGGER credential_frozen;
CREATE TABLE credential_document (
  credential_id TEXT NOT NULL REFERENCES credential (id),
  format TEXT NOT NULL,
  content BYTEA NOT NULL,
  created_at TIMESTAMP NOT NULL,
  PRIMARY KEY (credential_id, format)
);
INSERT INTO credential_document (credential_id, format, content, created_at)
  SELECT id, 'issued', CAST(issued AS BLOB), issued_at FROM credential;
ALTER TABLE credential DROP COLUMN issued;
CREATE TRIGGER credential_frozen BEFORE UPDATE OF facts, cedid, cedid_folded, issued_at, conferral_date ON credential BEGIN SELECT RAISE(ABORT, 'what was issued is never changed'); END;
CREATE TRIGGER credential_document_frozen BEFORE UPDATE ON credential_document BEGIN SELECT RAISE(ABORT, 'what was issued is never changed'); END;
CREATE TRIGGER credential_document_no_delete BEFORE DELETE ON credential_document BEGIN SELECT RAISE(ABORT, 'what was issued is never deleted'); END;
