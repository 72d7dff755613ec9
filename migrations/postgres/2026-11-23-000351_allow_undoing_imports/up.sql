-- What was issued is never deleted, but for one case: an import of the institution's own older records is taken back
-- while nothing depends on it. Only what that import made goes, and only while it is being taken back.
CREATE FUNCTION refuse_deletion() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE own TEXT;
BEGIN
  IF TG_TABLE_NAME = 'credential' THEN own := OLD.id; ELSE own := OLD.credential_id; END IF;
  IF EXISTS (SELECT 1 FROM import_object JOIN import ON import.id = import_object.import_id
    WHERE import.state = 'undoing' AND import_object.object_kind = 'credential' AND import_object.object_id = own)
  THEN RETURN OLD; END IF;
  RAISE EXCEPTION 'rows of % are never changed or deleted', TG_TABLE_NAME;
END $$;
DROP TRIGGER credential_no_delete ON credential;
DROP TRIGGER credential_document_frozen ON credential_document;
CREATE TRIGGER credential_no_delete BEFORE DELETE ON credential FOR EACH ROW EXECUTE FUNCTION refuse_deletion();
CREATE TRIGGER credential_document_frozen BEFORE UPDATE ON credential_document FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER credential_document_no_delete BEFORE DELETE ON credential_document FOR EACH ROW EXECUTE FUNCTION refuse_deletion();
