DROP INDEX parked_attendance_by_time;
ALTER TABLE parked_attendance DROP COLUMN why;
