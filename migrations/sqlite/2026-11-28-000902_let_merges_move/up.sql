-- While two learners are being merged, or the merge is taken back, what was recorded of one may become the other's;
-- nothing else of it may change, and at no other time.
DROP TRIGGER attendance_no_update;
CREATE TRIGGER attendance_no_update BEFORE UPDATE OF id, event_id, status, source, reason, happened_at, recorded_by, recorded_by_id, recorded_at, entry_key ON attendance
  BEGIN SELECT RAISE(ABORT, 'attendance is corrected by a further entry'); END;
CREATE TRIGGER attendance_no_move BEFORE UPDATE OF learner_id ON attendance
  WHEN NOT EXISTS (SELECT 1 FROM learner_merge WHERE state = 'moving' AND OLD.learner_id IN (kept_id, merged_id) AND NEW.learner_id IN (kept_id, merged_id))
  BEGIN SELECT RAISE(ABORT, 'attendance is corrected by a further entry'); END;
DROP TRIGGER disclosure_no_update;
CREATE TRIGGER disclosure_no_update BEFORE UPDATE OF id, share_id, basis, form, at ON disclosure
  BEGIN SELECT RAISE(ABORT, 'what was disclosed stays written down'); END;
CREATE TRIGGER disclosure_no_move BEFORE UPDATE OF learner_id ON disclosure
  WHEN NOT EXISTS (SELECT 1 FROM learner_merge WHERE state = 'moving' AND OLD.learner_id IN (kept_id, merged_id) AND NEW.learner_id IN (kept_id, merged_id))
  BEGIN SELECT RAISE(ABORT, 'what was disclosed stays written down'); END;
DROP TRIGGER program_award_no_update;
CREATE TRIGGER program_award_no_update BEFORE UPDATE ON program_award
  WHEN NEW.program_id IS NOT OLD.program_id OR NEW.rule_number IS NOT OLD.rule_number
  BEGIN SELECT RAISE(ABORT, 'what was conferred stays'); END;
CREATE TRIGGER program_award_no_move BEFORE UPDATE OF learner_id ON program_award
  WHEN NOT EXISTS (SELECT 1 FROM learner_merge WHERE state = 'moving' AND OLD.learner_id IN (kept_id, merged_id) AND NEW.learner_id IN (kept_id, merged_id))
  BEGIN SELECT RAISE(ABORT, 'what was conferred stays'); END;
