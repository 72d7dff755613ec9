-- What was issued is never changed or deleted, but for one case: a learner's data is erased on legal request. Only what is
-- that learner's goes, only while it is being erased, and the codes stay. Of the audit trail, only names and texts go.
DROP TRIGGER credential_frozen;
CREATE TRIGGER credential_frozen BEFORE UPDATE OF cedid, cedid_folded, issued_at, conferral_date ON credential BEGIN SELECT RAISE(ABORT, 'what was issued is never changed'); END;
CREATE TRIGGER credential_facts_frozen BEFORE UPDATE OF facts ON credential
  WHEN NOT EXISTS (SELECT 1 FROM erasure WHERE state = 'erasing' AND learner_id = OLD.learner_id)
  BEGIN SELECT RAISE(ABORT, 'what was issued is never changed'); END;
DROP TRIGGER credential_document_no_delete;
CREATE TRIGGER credential_document_no_delete BEFORE DELETE ON credential_document
  WHEN NOT EXISTS (SELECT 1 FROM import_object JOIN import ON import.id = import_object.import_id
    WHERE import.state = 'undoing' AND import_object.object_kind = 'credential' AND import_object.object_id = OLD.credential_id)
  AND NOT EXISTS (SELECT 1 FROM erasure JOIN credential ON credential.learner_id = erasure.learner_id
    WHERE erasure.state = 'erasing' AND credential.id = OLD.credential_id)
  BEGIN SELECT RAISE(ABORT, 'what was issued is never deleted'); END;
DROP TRIGGER evidence_file_no_delete;
CREATE TRIGGER evidence_file_no_delete BEFORE DELETE ON evidence_file
  WHEN (SELECT issued_at FROM assertion WHERE id = OLD.assertion_id) IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM erasure JOIN assertion ON assertion.learner_id = erasure.learner_id
    WHERE erasure.state = 'erasing' AND assertion.id = OLD.assertion_id)
  BEGIN SELECT RAISE(ABORT, 'what was issued is never deleted'); END;
DROP TRIGGER audit_entry_no_update;
CREATE TRIGGER audit_entry_no_update BEFORE UPDATE ON audit_entry
  WHEN NOT EXISTS (SELECT 1 FROM erasure WHERE state = 'erasing')
    OR NEW.seq IS NOT OLD.seq OR NEW.at IS NOT OLD.at OR NEW.action IS NOT OLD.action
    OR NEW.object_kind IS NOT OLD.object_kind OR NEW.object_id IS NOT OLD.object_id
    OR NEW.actor_kind IS NOT OLD.actor_kind OR NEW.actor_id IS NOT OLD.actor_id
  BEGIN SELECT RAISE(ABORT, 'audit entries are never changed'); END;
