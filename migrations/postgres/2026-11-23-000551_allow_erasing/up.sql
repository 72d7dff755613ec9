-- What was issued is never changed or deleted, but for one case: a learner's data is erased on legal request. Only what is
-- that learner's goes, only while it is being erased, and the codes stay. Of the audit trail, only names and texts go.
DROP TRIGGER credential_frozen ON credential;
CREATE TRIGGER credential_frozen BEFORE UPDATE OF cedid, cedid_folded, issued_at, conferral_date ON credential FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE FUNCTION refuse_change_of_facts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM erasure WHERE state = 'erasing' AND learner_id = OLD.learner_id) THEN RETURN NEW; END IF;
  RAISE EXCEPTION 'what was issued is never changed';
END $$;
CREATE TRIGGER credential_facts_frozen BEFORE UPDATE OF facts ON credential FOR EACH ROW EXECUTE FUNCTION refuse_change_of_facts();
CREATE FUNCTION refuse_deletion_of_document() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM import_object JOIN import ON import.id = import_object.import_id
    WHERE import.state = 'undoing' AND import_object.object_kind = 'credential' AND import_object.object_id = OLD.credential_id)
  OR EXISTS (SELECT 1 FROM erasure JOIN credential ON credential.learner_id = erasure.learner_id
    WHERE erasure.state = 'erasing' AND credential.id = OLD.credential_id)
  THEN RETURN OLD; END IF;
  RAISE EXCEPTION 'what was issued is never deleted';
END $$;
DROP TRIGGER credential_document_no_delete ON credential_document;
CREATE TRIGGER credential_document_no_delete BEFORE DELETE ON credential_document FOR EACH ROW EXECUTE FUNCTION refuse_deletion_of_document();
CREATE OR REPLACE FUNCTION refuse_deletion_of_issued() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT issued_at FROM assertion WHERE id = OLD.assertion_id) IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM erasure JOIN assertion ON assertion.learner_id = erasure.learner_id
    WHERE erasure.state = 'erasing' AND assertion.id = OLD.assertion_id)
  THEN RAISE EXCEPTION 'what was issued is never deleted';
  END IF;
  RETURN OLD;
END $$;
CREATE FUNCTION refuse_change_of_audit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF EXISTS (SELECT 1 FROM erasure WHERE state = 'erasing')
      AND (NEW.seq, NEW.at, NEW.action, NEW.object_kind, NEW.object_id, NEW.actor_kind, NEW.actor_id)
        IS NOT DISTINCT FROM (OLD.seq, OLD.at, OLD.action, OLD.object_kind, OLD.object_id, OLD.actor_kind, OLD.actor_id)
    THEN RETURN NEW; END IF;
  END IF;
  RAISE EXCEPTION 'rows of % are never changed or deleted', TG_TABLE_NAME;
END $$;
DROP TRIGGER audit_entry_guard ON audit_entry;
CREATE TRIGGER audit_entry_guard BEFORE UPDATE OR DELETE ON audit_entry FOR EACH ROW EXECUTE FUNCTION refuse_change_of_audit();
