DROP TRIGGER attendance_no_move;
DROP TRIGGER attendance_no_update;
CREATE TRIGGER attendance_no_update BEFORE UPDATE ON attendance
  BEGIN SELECT RAISE(ABORT, 'attendance is corrected by a further entry'); END;
DROP TRIGGER disclosure_no_move;
DROP TRIGGER disclosure_no_update;
CREATE TRIGGER disclosure_no_update BEFORE UPDATE ON disclosure BEGIN SELECT RAISE(ABORT, 'what was disclosed stays written down'); END;
DROP TRIGGER program_award_no_move;
DROP TRIGGER program_award_no_update;
CREATE TRIGGER program_award_no_update BEFORE UPDATE ON program_award
  WHEN NEW.program_id IS NOT OLD.program_id OR NEW.learner_id IS NOT OLD.learner_id OR NEW.rule_number IS NOT OLD.rule_number
  BEGIN SELECT RAISE(ABORT, 'what was conferred stays'); END;
