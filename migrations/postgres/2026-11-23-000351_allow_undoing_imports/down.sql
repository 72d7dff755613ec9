DROP TRIGGER credential_document_no_delete ON credential_document;
DROP TRIGGER credential_document_frozen ON credential_document;
DROP TRIGGER credential_no_delete ON credential;
DROP FUNCTION refuse_deletion();
CREATE TRIGGER credential_no_delete BEFORE DELETE ON credential FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER credential_document_frozen BEFORE UPDATE OR DELETE ON credential_document FOR EACH ROW EXECUTE FUNCTION refuse_change();
