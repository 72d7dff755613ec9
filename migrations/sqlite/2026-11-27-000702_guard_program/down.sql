DROP TRIGGER program_award_no_update;
DROP TRIGGER program_rule_no_delete;
DROP TRIGGER program_rule_no_change;
