-- The lists' copy of how awards and records stand follows their credentials, whoever changes those.
CREATE FUNCTION copy_standing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE assertion SET standing = NEW.status, valid_until = NEW.expires_at
    WHERE id = NEW.assertion_id AND (standing <> NEW.status OR valid_until IS DISTINCT FROM NEW.expires_at);
  UPDATE clr SET standing = NEW.status WHERE id = NEW.clr_id AND standing <> NEW.status;
  RETURN NULL;
END $$;
CREATE TRIGGER credential_issued AFTER INSERT ON credential FOR EACH ROW EXECUTE FUNCTION copy_standing();
CREATE TRIGGER credential_stands AFTER UPDATE OF status, expires_at ON credential FOR EACH ROW EXECUTE FUNCTION copy_standing();
CREATE FUNCTION forget_standing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE assertion SET standing = 'draft', valid_until = NULL WHERE id = OLD.assertion_id;
  UPDATE clr SET standing = 'draft' WHERE id = OLD.clr_id;
  RETURN NULL;
END $$;
CREATE TRIGGER credential_gone AFTER DELETE ON credential FOR EACH ROW EXECUTE FUNCTION forget_standing();
CREATE FUNCTION note_foreign() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.standing := 'foreign';
  RETURN NEW;
END $$;
CREATE TRIGGER assertion_foreign BEFORE INSERT ON assertion FOR EACH ROW
  WHEN (NEW.origin = 'foreign') EXECUTE FUNCTION note_foreign();
CREATE TRIGGER clr_foreign BEFORE INSERT ON clr FOR EACH ROW
  WHEN (NEW.origin = 'foreign') EXECUTE FUNCTION note_foreign();
