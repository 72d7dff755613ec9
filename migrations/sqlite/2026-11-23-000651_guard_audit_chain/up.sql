-- Two changes are let through: an entry from before the chain is given its place in it, once; and personal values are
-- erased with their salts.
DROP TRIGGER audit_entry_no_update;
CREATE TRIGGER audit_entry_no_update BEFORE UPDATE ON audit_entry WHEN NOT (
    NEW.seq IS OLD.seq
    AND NEW.at IS OLD.at
    AND NEW.actor_kind IS OLD.actor_kind
    AND NEW.actor_id IS OLD.actor_id
    AND NEW.actor_role IS OLD.actor_role
    AND NEW.action IS OLD.action
    AND NEW.object_kind IS OLD.object_kind
    AND NEW.object_id IS OLD.object_id
    AND NEW.request_id IS OLD.request_id
    AND (
      (OLD.hash IS NULL AND NEW.hash IS NOT NULL AND NEW.actor_name = OLD.actor_name AND NEW.changes = OLD.changes)
      OR (OLD.hash IS NOT NULL AND NEW.actor_digest IS OLD.actor_digest AND NEW.changes_digest IS OLD.changes_digest AND NEW.hash IS OLD.hash
        AND ((NEW.actor_name = OLD.actor_name AND NEW.actor_salt IS OLD.actor_salt) OR (NEW.actor_name = '' AND NEW.actor_salt IS NULL))
        AND ((NEW.changes = OLD.changes AND NEW.changes_salt IS OLD.changes_salt) OR (NEW.changes = '[]' AND NEW.changes_salt IS NULL)))
    )
  ) BEGIN SELECT RAISE(ABORT, 'audit entries are never changed'); END;
