DROP TRIGGER program_award_no_update ON program_award;
DROP TRIGGER program_rule_no_delete ON program_rule;
DROP TRIGGER program_rule_no_change ON program_rule;
DROP FUNCTION refuse_change_of_rule();
