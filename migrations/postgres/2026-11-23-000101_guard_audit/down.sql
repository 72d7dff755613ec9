DROP TRIGGER credential_no_delete ON credential;
DROP TRIGGER credential_frozen ON credential;
DROP TRIGGER audit_entry_no_truncate ON audit_entry;
DROP TRIGGER audit_entry_guard ON audit_entry;
DROP FUNCTION refuse_change();
