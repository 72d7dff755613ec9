DROP INDEX audit_entry_by_object_and_time;
DROP INDEX audit_entry_by_actor_kind;
DROP INDEX audit_entry_by_actor;
DROP INDEX audit_entry_by_action;
DROP INDEX audit_entry_by_kind;
DROP INDEX audit_entry_by_time;
