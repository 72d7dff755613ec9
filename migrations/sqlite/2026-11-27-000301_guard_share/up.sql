-- What was disclosed stays written down. A consent is never changed or deleted; while its learner's data is being erased,
-- what is personal in it goes.
CREATE TRIGGER disclosure_no_update BEFORE UPDATE ON disclosure BEGIN SELECT RAISE(ABORT, 'what was disclosed stays written down'); END;
CREATE TRIGGER disclosure_no_delete BEFORE DELETE ON disclosure BEGIN SELECT RAISE(ABORT, 'what was disclosed stays written down'); END;
CREATE TRIGGER share_no_delete BEFORE DELETE ON share BEGIN SELECT RAISE(ABORT, 'a consent is never deleted'); END;
CREATE TRIGGER share_award_no_delete BEFORE DELETE ON share_award BEGIN SELECT RAISE(ABORT, 'a consent is never deleted'); END;
CREATE TRIGGER share_frozen BEFORE UPDATE OF recipient, purpose, with_pdf, with_json, with_vc, signed_in_as, created_at, expires_at ON share
  WHEN NOT EXISTS (SELECT 1 FROM erasure WHERE state = 'erasing' AND learner_id = OLD.learner_id)
  BEGIN SELECT RAISE(ABORT, 'a consent is never changed'); END;
