DROP TRIGGER audit_entry_guard ON audit_entry;
CREATE TRIGGER audit_entry_guard BEFORE UPDATE OR DELETE ON audit_entry FOR EACH ROW EXECUTE FUNCTION refuse_change();
DROP FUNCTION refuse_change_of_audit();
CREATE OR REPLACE FUNCTION refuse_deletion_of_issued() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT issued_at FROM assertion WHERE id = OLD.assertion_id) IS NOT NULL THEN
    RAISE EXCEPTION 'what was issued is never deleted';
  END IF;
  RETURN OLD;
END $$;
DROP TRIGGER credential_document_no_delete ON credential_document;
CREATE TRIGGER credential_document_no_delete BEFORE DELETE ON credential_document FOR EACH ROW EXECUTE FUNCTION refuse_deletion();
DROP FUNCTION refuse_deletion_of_document();
DROP TRIGGER credential_facts_frozen ON credential;
DROP FUNCTION refuse_change_of_facts();
DROP TRIGGER credential_frozen ON credential;
CREATE TRIGGER credential_frozen BEFORE UPDATE OF facts, cedid, cedid_folded, issued_at, conferral_date ON credential FOR EACH ROW EXECUTE FUNCTION refuse_change();
