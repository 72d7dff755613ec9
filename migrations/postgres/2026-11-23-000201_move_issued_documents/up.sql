-- What was issued moves to a table of its own, as bytes: the row that answers a visitor stays small, and the signed forms
-- of a credential will lie beside the neutral one.
DROP TRIGGER credential_frozen ON credential;
CREATE TABLE credential_document (
  credential_id TEXT NOT NULL REFERENCES credential (id),
  format TEXT NOT NULL,
  content BYTEA NOT NULL,
  created_at TIMESTAMP NOT NULL,
  PRIMARY KEY (credential_id, format)
);
INSERT INTO credential_document (credential_id, format, content, created_at)
  SELECT id, 'issued', convert_to(issued, 'UTF8'), issued_at FROM credential;
ALTER TABLE credential DROP COLUMN issued;
CREATE TRIGGER credential_frozen BEFORE UPDATE OF facts, cedid, cedid_folded, issued_at, conferral_date ON credential FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER credential_document_frozen BEFORE UPDATE OR DELETE ON credential_document FOR EACH ROW EXECUTE FUNCTION refuse_change();
