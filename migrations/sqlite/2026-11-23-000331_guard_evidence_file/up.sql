CREATE TRIGGER evidence_file_frozen BEFORE UPDATE ON evidence_file BEGIN SELECT RAISE(ABORT, 'a file that was handed in is never changed'); END;
CREATE TRIGGER evidence_file_no_delete BEFORE DELETE ON evidence_file
  WHEN (SELECT issued_at FROM assertion WHERE id = OLD.assertion_id) IS NOT NULL
  BEGIN SELECT RAISE(ABORT, 'what was issued is never deleted'); END;
CREATE TRIGGER endorsement_frozen BEFORE UPDATE OF frozen ON endorsement WHEN OLD.frozen IS NOT NULL AND NEW.frozen IS NOT OLD.frozen
  BEGIN SELECT RAISE(ABORT, 'what was issued is never changed'); END;
