-- What is personal in a chained entry goes only while somebody's data is being erased.
CREATE TRIGGER audit_entry_blank_only_in_erasing BEFORE UPDATE ON audit_entry
  WHEN OLD.hash IS NOT NULL
    AND (NEW.actor_name IS NOT OLD.actor_name OR NEW.actor_salt IS NOT OLD.actor_salt
      OR NEW.changes IS NOT OLD.changes OR NEW.changes_salt IS NOT OLD.changes_salt)
    AND NOT EXISTS (SELECT 1 FROM erasure WHERE state = 'erasing')
  BEGIN SELECT RAISE(ABORT, 'audit entries are never changed'); END;
