DROP TRIGGER clr_foreign ON clr;
DROP TRIGGER assertion_foreign ON assertion;
DROP FUNCTION note_foreign;
DROP TRIGGER credential_gone ON credential;
DROP FUNCTION forget_standing;
DROP TRIGGER credential_stands ON credential;
DROP TRIGGER credential_issued ON credential;
DROP FUNCTION copy_standing;
