DROP TRIGGER attendance_no_delete;
DROP TRIGGER attendance_no_update;
