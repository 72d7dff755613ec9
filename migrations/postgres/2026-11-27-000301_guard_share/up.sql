-- What was disclosed stays written down. A consent is never changed or deleted; while its learner's data is being erased,
-- what is personal in it goes.
CREATE TRIGGER disclosure_guard BEFORE UPDATE OR DELETE ON disclosure FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER disclosure_no_truncate BEFORE TRUNCATE ON disclosure FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER share_no_delete BEFORE DELETE ON share FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER share_award_no_delete BEFORE DELETE ON share_award FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE FUNCTION refuse_change_of_consent() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM erasure WHERE state = 'erasing' AND learner_id = OLD.learner_id) THEN RETURN NEW; END IF;
  RAISE EXCEPTION 'a consent is never changed';
END $$;
CREATE TRIGGER share_frozen BEFORE UPDATE OF recipient, purpose, with_pdf, with_json, with_vc, signed_in_as, created_at, expires_at ON share
  FOR EACH ROW EXECUTE FUNCTION refuse_change_of_consent();
