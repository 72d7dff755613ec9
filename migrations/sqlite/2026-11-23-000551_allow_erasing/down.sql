DROP TRIGGER audit_entry_no_update;
CREATE TRIGGER audit_entry_no_update BEFORE UPDATE ON audit_entry BEGIN SELECT RAISE(ABORT, 'audit entries are never changed'); END;
DROP TRIGGER evidence_file_no_delete;
CREATE TRIGGER evidence_file_no_delete BEFORE DELETE ON evidence_file
  WHEN (SELECT issued_at FROM assertion WHERE id = OLD.assertion_id) IS NOT NULL
  BEGIN SELECT RAISE(ABORT, 'what was issued is never deleted'); END;
DROP TRIGGER credential_document_no_delete;
CREATE TRIGGER credential_document_no_delete BEFORE DELETE ON credential_document
  WHEN NOT EXISTS (SELECT 1 FROM import_object JOIN import ON import.id = import_object.import_id
    WHERE import.state = 'undoing' AND import_object.object_kind = 'credential' AND import_object.object_id = OLD.credential_id)
  BEGIN SELECT RAISE(ABORT, 'what was issued is never deleted'); END;
DROP TRIGGER credential_facts_frozen;
DROP TRIGGER credential_frozen;
CREATE TRIGGER credential_frozen BEFORE UPDATE OF facts, cedid, cedid_folded, issued_at, conferral_date ON credential BEGIN SELECT RAISE(ABORT, 'what was issued is never changed'); END;
