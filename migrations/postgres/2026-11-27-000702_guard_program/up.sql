CREATE FUNCTION refuse_change_of_rule() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a rule that was in force stays as it was';
END $$;
CREATE TRIGGER program_rule_no_change BEFORE UPDATE ON program_rule FOR EACH ROW
  WHEN (OLD.in_force_since IS NOT NULL AND (NEW.rule IS DISTINCT FROM OLD.rule OR NEW.in_force_since IS DISTINCT FROM OLD.in_force_since))
  EXECUTE FUNCTION refuse_change_of_rule();
CREATE TRIGGER program_rule_no_delete BEFORE DELETE ON program_rule FOR EACH ROW
  WHEN (OLD.in_force_since IS NOT NULL) EXECUTE FUNCTION refuse_change_of_rule();
CREATE TRIGGER program_award_no_update BEFORE UPDATE ON program_award FOR EACH ROW
  WHEN (NEW.program_id IS DISTINCT FROM OLD.program_id OR NEW.learner_id IS DISTINCT FROM OLD.learner_id
    OR NEW.rule_number IS DISTINCT FROM OLD.rule_number)
  EXECUTE FUNCTION refuse_change();
