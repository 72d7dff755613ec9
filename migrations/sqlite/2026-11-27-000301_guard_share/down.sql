DROP TRIGGER share_frozen;
DROP TRIGGER share_award_no_delete;
DROP TRIGGER share_no_delete;
DROP TRIGGER disclosure_no_delete;
DROP TRIGGER disclosure_no_update;
