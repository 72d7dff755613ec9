DROP TRIGGER tombstone_guard ON tombstone;
