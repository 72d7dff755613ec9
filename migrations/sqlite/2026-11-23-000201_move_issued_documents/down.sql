DROP TRIGGER credential_frozen;
ALTER TABLE credential ADD COLUMN issued TEXT NOT NULL DEFAULT '';
UPDATE credential SET issued = (SELECT CAST(content AS TEXT) FROM credential_document WHERE credential_id = id AND format = 'issued');
DROP TABLE credential_document;
CREATE TRIGGER credential_frozen BEFORE UPDATE OF issued, facts, cedid, cedid_folded, issued_at, conferral_date ON credential BEGIN SELECT RAISE(ABORT, 'what was issued is never changed'); END;
