-- Two changes are let through: an entry from before the chain is given its place in it, once; and personal values are
-- erased with their salts.
DROP TRIGGER audit_entry_guard ON audit_entry;
CREATE TRIGGER audit_entry_no_delete BEFORE DELETE ON audit_entry FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_entry_no_update BEFORE UPDATE ON audit_entry FOR EACH ROW WHEN (NOT (
    NEW.seq IS NOT DISTINCT FROM OLD.seq
    AND NEW.at IS NOT DISTINCT FROM OLD.at
    AND NEW.actor_kind IS NOT DISTINCT FROM OLD.actor_kind
    AND NEW.actor_id IS NOT DISTINCT FROM OLD.actor_id
    AND NEW.actor_role IS NOT DISTINCT FROM OLD.actor_role
    AND NEW.action IS NOT DISTINCT FROM OLD.action
    AND NEW.object_kind IS NOT DISTINCT FROM OLD.object_kind
    AND NEW.object_id IS NOT DISTINCT FROM OLD.object_id
    AND NEW.request_id IS NOT DISTINCT FROM OLD.request_id
    AND (
      (OLD.hash IS NULL AND NEW.hash IS NOT NULL AND NEW.actor_name = OLD.actor_name AND NEW.changes = OLD.changes)
      OR (OLD.hash IS NOT NULL AND NEW.actor_digest IS NOT DISTINCT FROM OLD.actor_digest AND NEW.changes_digest IS NOT DISTINCT FROM OLD.changes_digest AND NEW.hash IS NOT DISTINCT FROM OLD.hash
        AND ((NEW.actor_name = OLD.actor_name AND NEW.actor_salt IS NOT DISTINCT FROM OLD.actor_salt) OR (NEW.actor_name = '' AND NEW.actor_salt IS NULL))
        AND ((NEW.changes = OLD.changes AND NEW.changes_salt IS NOT DISTINCT FROM OLD.changes_salt) OR (NEW.changes = '[]' AND NEW.changes_salt IS NULL)))
    )
  )) EXECUTE FUNCTION refuse_change();
