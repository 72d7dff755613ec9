DROP TRIGGER credential_no_delete;
DROP TRIGGER credential_frozen;
DROP TRIGGER audit_entry_no_delete;
DROP TRIGGER audit_entry_no_update;
