-- What was issued is never deleted, but for one case: an import of the institution's own older records is taken back
-- while nothing depends on it. Only what that import made goes, and only while it is being taken back.
DROP TRIGGER credential_no_delete;
DROP TRIGGER credential_document_no_delete;
CREATE TRIGGER credential_no_delete BEFORE DELETE ON credential
  WHEN NOT EXISTS (SELECT 1 FROM import_object JOIN import ON import.id = import_object.import_id
    WHERE import.state = 'undoing' AND import_object.object_kind = 'credential' AND import_object.object_id = OLD.id)
  BEGIN SELECT RAISE(ABORT, 'what was issued is never deleted'); END;
CREATE TRIGGER credential_document_no_delete BEFORE DELETE ON credential_document
  WHEN NOT EXISTS (SELECT 1 FROM import_object JOIN import ON import.id = import_object.import_id
    WHERE import.state = 'undoing' AND import_object.object_kind = 'credential' AND import_object.object_id = OLD.credential_id)
  BEGIN SELECT RAISE(ABORT, 'what was issued is never deleted'); END;
