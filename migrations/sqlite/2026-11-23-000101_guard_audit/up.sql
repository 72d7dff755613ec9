CREATE TRIGGER audit_entry_no_update BEFORE UPDATE ON audit_entry BEGIN SELECT RAISE(ABORT, 'audit entries are never changed'); END;
CREATE TRIGGER audit_entry_no_delete BEFORE DELETE ON audit_entry BEGIN SELECT RAISE(ABORT, 'audit entries are never deleted'); END;
CREATE TRIGGER credential_frozen BEFORE UPDATE OF issued, facts, cedid, cedid_folded, issued_at, conferral_date ON credential BEGIN SELECT RAISE(ABORT, 'what was issued is never changed'); END;
CREATE TRIGGER credential_no_delete BEFORE DELETE ON credential BEGIN SELECT RAISE(ABORT, 'what was issued is never deleted'); END;
