-- Why an entry waits: nobody is known by it, several are, or the learner stands otherwise since.
ALTER TABLE parked_attendance ADD COLUMN why TEXT NOT NULL DEFAULT 'unknown';
CREATE INDEX parked_attendance_by_time ON parked_attendance (recorded_at, id);
