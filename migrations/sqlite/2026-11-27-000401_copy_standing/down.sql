DROP TRIGGER clr_foreign;
DROP TRIGGER clr_not_published;
DROP TRIGGER clr_standing;
DROP TRIGGER clr_published;
DROP TRIGGER assertion_foreign;
DROP TRIGGER assertion_not_issued;
DROP TRIGGER assertion_standing;
DROP TRIGGER assertion_issued;
