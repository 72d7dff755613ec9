CREATE TRIGGER evidence_file_frozen BEFORE UPDATE ON evidence_file FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE FUNCTION refuse_deletion_of_issued() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT issued_at FROM assertion WHERE id = OLD.assertion_id) IS NOT NULL THEN
    RAISE EXCEPTION 'what was issued is never deleted';
  END IF;
  RETURN OLD;
END $$;
CREATE TRIGGER evidence_file_no_delete BEFORE DELETE ON evidence_file FOR EACH ROW EXECUTE FUNCTION refuse_deletion_of_issued();
CREATE TRIGGER endorsement_frozen BEFORE UPDATE OF frozen ON endorsement FOR EACH ROW
  WHEN (OLD.frozen IS NOT NULL AND NEW.frozen IS DISTINCT FROM OLD.frozen) EXECUTE FUNCTION refuse_change();
