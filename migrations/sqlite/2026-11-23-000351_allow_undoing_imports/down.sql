DROP TRIGGER credential_no_delete;
DROP TRIGGER credential_document_no_delete;
CREATE TRIGGER credential_no_delete BEFORE DELETE ON credential BEGIN SELECT RAISE(ABORT, 'what was issued is never deleted'); END;
CREATE TRIGGER credential_document_no_delete BEFORE DELETE ON credential_document BEGIN SELECT RAISE(ABORT, 'what was issued is never deleted'); END;
