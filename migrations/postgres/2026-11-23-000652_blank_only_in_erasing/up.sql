-- What is personal in a chained entry goes only while somebody's data is being erased.
CREATE FUNCTION refuse_blanking_of_audit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.hash IS NOT NULL
    AND (NEW.actor_name, NEW.actor_salt, NEW.changes, NEW.changes_salt)
      IS DISTINCT FROM (OLD.actor_name, OLD.actor_salt, OLD.changes, OLD.changes_salt)
    AND NOT EXISTS (SELECT 1 FROM erasure WHERE state = 'erasing')
  THEN RAISE EXCEPTION 'audit entries are never changed'; END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER audit_entry_blank_only_in_erasing BEFORE UPDATE ON audit_entry FOR EACH ROW EXECUTE FUNCTION refuse_blanking_of_audit();
