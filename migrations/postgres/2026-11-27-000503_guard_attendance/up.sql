CREATE TRIGGER attendance_no_update BEFORE UPDATE ON attendance FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE FUNCTION refuse_deletion_of_attendance() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM erasure WHERE state = 'erasing' AND learner_id = OLD.learner_id) THEN RETURN OLD; END IF;
  RAISE EXCEPTION 'attendance is corrected by a further entry';
END $$;
CREATE TRIGGER attendance_no_delete BEFORE DELETE ON attendance FOR EACH ROW EXECUTE FUNCTION refuse_deletion_of_attendance();
