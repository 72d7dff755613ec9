DROP TRIGGER audit_entry_no_update ON audit_entry;
DROP TRIGGER audit_entry_no_delete ON audit_entry;
CREATE TRIGGER audit_entry_guard BEFORE UPDATE OR DELETE ON audit_entry FOR EACH ROW EXECUTE FUNCTION refuse_change();
