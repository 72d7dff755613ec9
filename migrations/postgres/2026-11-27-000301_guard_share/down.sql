DROP TRIGGER share_frozen ON share;
DROP FUNCTION refuse_change_of_consent;
DROP TRIGGER share_award_no_delete ON share_award;
DROP TRIGGER share_no_delete ON share;
DROP TRIGGER disclosure_no_truncate ON disclosure;
DROP TRIGGER disclosure_guard ON disclosure;
