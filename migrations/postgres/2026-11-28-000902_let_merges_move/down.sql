DROP TRIGGER attendance_no_move ON attendance;
DROP TRIGGER attendance_no_update ON attendance;
CREATE TRIGGER attendance_no_update BEFORE UPDATE ON attendance FOR EACH ROW EXECUTE FUNCTION refuse_change();
DROP TRIGGER disclosure_no_move ON disclosure;
DROP TRIGGER disclosure_no_update ON disclosure;
DROP TRIGGER disclosure_no_delete ON disclosure;
CREATE TRIGGER disclosure_guard BEFORE UPDATE OR DELETE ON disclosure FOR EACH ROW EXECUTE FUNCTION refuse_change();
DROP TRIGGER program_award_no_move ON program_award;
DROP TRIGGER program_award_no_update ON program_award;
CREATE TRIGGER program_award_no_update BEFORE UPDATE ON program_award FOR EACH ROW
  WHEN (NEW.program_id IS DISTINCT FROM OLD.program_id OR NEW.learner_id IS DISTINCT FROM OLD.learner_id
    OR NEW.rule_number IS DISTINCT FROM OLD.rule_number)
  EXECUTE FUNCTION refuse_change();
DROP FUNCTION refuse_move();
