-- While two learners are being merged, or the merge is taken back, what was recorded of one may become the other's;
-- nothing else of it may change, and at no other time.
CREATE FUNCTION refuse_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM learner_merge WHERE state = 'moving' AND OLD.learner_id IN (kept_id, merged_id)
    AND NEW.learner_id IN (kept_id, merged_id)) THEN RETURN NEW; END IF;
  RAISE EXCEPTION 'whose it is changes only where two learners are merged';
END $$;
DROP TRIGGER attendance_no_update ON attendance;
CREATE TRIGGER attendance_no_update BEFORE UPDATE OF id, event_id, status, source, reason, happened_at, recorded_by, recorded_by_id, recorded_at, entry_key ON attendance
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER attendance_no_move BEFORE UPDATE OF learner_id ON attendance FOR EACH ROW EXECUTE FUNCTION refuse_move();
DROP TRIGGER disclosure_guard ON disclosure;
CREATE TRIGGER disclosure_no_delete BEFORE DELETE ON disclosure FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER disclosure_no_update BEFORE UPDATE OF id, share_id, basis, form, at ON disclosure
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER disclosure_no_move BEFORE UPDATE OF learner_id ON disclosure FOR EACH ROW EXECUTE FUNCTION refuse_move();
DROP TRIGGER program_award_no_update ON program_award;
CREATE TRIGGER program_award_no_update BEFORE UPDATE ON program_award FOR EACH ROW
  WHEN (NEW.program_id IS DISTINCT FROM OLD.program_id OR NEW.rule_number IS DISTINCT FROM OLD.rule_number)
  EXECUTE FUNCTION refuse_change();
CREATE TRIGGER program_award_no_move BEFORE UPDATE OF learner_id ON program_award FOR EACH ROW EXECUTE FUNCTION refuse_move();
