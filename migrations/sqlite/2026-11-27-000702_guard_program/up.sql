CREATE TRIGGER program_rule_no_change BEFORE UPDATE ON program_rule
  WHEN OLD.in_force_since IS NOT NULL AND (NEW.rule IS NOT OLD.rule OR NEW.in_force_since IS NOT OLD.in_force_since)
  BEGIN SELECT RAISE(ABORT, 'a rule that was in force stays as it was'); END;
CREATE TRIGGER program_rule_no_delete BEFORE DELETE ON program_rule WHEN OLD.in_force_since IS NOT NULL
  BEGIN SELECT RAISE(ABORT, 'a rule that was in force stays as it was'); END;
CREATE TRIGGER program_award_no_update BEFORE UPDATE ON program_award
  WHEN NEW.program_id IS NOT OLD.program_id OR NEW.learner_id IS NOT OLD.learner_id OR NEW.rule_number IS NOT OLD.rule_number
  BEGIN SELECT RAISE(ABORT, 'what was conferred stays'); END;
