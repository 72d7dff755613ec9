DROP TRIGGER tombstone_no_delete;
DROP TRIGGER tombstone_no_update;
