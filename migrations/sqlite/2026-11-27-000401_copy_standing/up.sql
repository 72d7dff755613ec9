-- The lists' copy of how awards and records stand follows their credentials, whoever changes those.
CREATE TRIGGER assertion_issued AFTER INSERT ON credential WHEN NEW.assertion_id IS NOT NULL BEGIN
  UPDATE assertion SET standing = NEW.status, valid_until = NEW.expires_at
    WHERE id = NEW.assertion_id AND (standing <> NEW.status OR valid_until IS NOT NEW.expires_at);
END;
CREATE TRIGGER assertion_standing AFTER UPDATE OF status, expires_at ON credential WHEN NEW.assertion_id IS NOT NULL BEGIN
  UPDATE assertion SET standing = NEW.status, valid_until = NEW.expires_at WHERE id = NEW.assertion_id;
END;
CREATE TRIGGER assertion_not_issued AFTER DELETE ON credential WHEN OLD.assertion_id IS NOT NULL BEGIN
  UPDATE assertion SET standing = 'draft', valid_until = NULL WHERE id = OLD.assertion_id;
END;
CREATE TRIGGER assertion_foreign AFTER INSERT ON assertion WHEN NEW.origin = 'foreign' AND NEW.standing <> 'foreign' BEGIN
  UPDATE assertion SET standing = 'foreign' WHERE id = NEW.id;
END;
CREATE TRIGGER clr_published AFTER INSERT ON credential WHEN NEW.clr_id IS NOT NULL BEGIN
  UPDATE clr SET standing = NEW.status WHERE id = NEW.clr_id AND standing <> NEW.status;
END;
CREATE TRIGGER clr_standing AFTER UPDATE OF status ON credential WHEN NEW.clr_id IS NOT NULL BEGIN
  UPDATE clr SET standing = NEW.status WHERE id = NEW.clr_id;
END;
CREATE TRIGGER clr_not_published AFTER DELETE ON credential WHEN OLD.clr_id IS NOT NULL BEGIN
  UPDATE clr SET standing = 'draft' WHERE id = OLD.clr_id;
END;
CREATE TRIGGER clr_foreign AFTER INSERT ON clr WHEN NEW.origin = 'foreign' AND NEW.standing <> 'foreign' BEGIN
  UPDATE clr SET standing = 'foreign' WHERE id = NEW.id;
END;
