CREATE TRIGGER attendance_no_update BEFORE UPDATE ON attendance
  BEGIN SELECT RAISE(ABORT, 'attendance is corrected by a further entry'); END;
CREATE TRIGGER attendance_no_delete BEFORE DELETE ON attendance
  WHEN NOT EXISTS (SELECT 1 FROM erasure WHERE state = 'erasing' AND learner_id = OLD.learner_id)
  BEGIN SELECT RAISE(ABORT, 'attendance is corrected by a further entry'); END;
