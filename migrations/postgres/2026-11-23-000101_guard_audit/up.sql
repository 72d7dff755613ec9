CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'rows of % are never changed or deleted', TG_TABLE_NAME; END $$;
CREATE TRIGGER audit_entry_guard BEFORE UPDATE OR DELETE ON audit_entry FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_entry_no_truncate BEFORE TRUNCATE ON audit_entry FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER credential_frozen BEFORE UPDATE OF issued, facts, cedid, cedid_folded, issued_at, conferral_date ON credential FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER credential_no_delete BEFORE DELETE ON credential FOR EACH ROW EXECUTE FUNCTION refuse_change();
