DROP TRIGGER credential_frozen ON credential;
ALTER TABLE credential ADD COLUMN issued TEXT NOT NULL DEFAULT '';
UPDATE credential SET issued = (SELECT convert_from(content, 'UTF8') FROM credential_document WHERE credential_id = id AND format = 'issued');
DROP TABLE credential_document;
CREATE TRIGGER credential_frozen BEFORE UPDATE OF issued, facts, cedid, cedid_folded, issued_at, conferral_date ON credential FOR EACH ROW EXECUTE FUNCTION refuse_change();
