DROP TRIGGER attendance_no_delete ON attendance;
DROP FUNCTION refuse_deletion_of_attendance();
DROP TRIGGER attendance_no_update ON attendance;
