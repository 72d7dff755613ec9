DROP TRIGGER audit_entry_blank_only_in_erasing ON audit_entry;
DROP FUNCTION refuse_blanking_of_audit();
