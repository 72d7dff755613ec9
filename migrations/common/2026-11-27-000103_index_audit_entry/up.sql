-- The trail is read by time, newest first, narrowed by who, what, what to, or one object.
CREATE INDEX audit_entry_by_time ON audit_entry (at, seq);
CREATE INDEX audit_entry_by_kind ON audit_entry (object_kind, at, seq);
CREATE INDEX audit_entry_by_action ON audit_entry (action, at, seq);
CREATE INDEX audit_entry_by_actor ON audit_entry (actor_id, at, seq);
CREATE INDEX audit_entry_by_actor_kind ON audit_entry (actor_kind, at, seq);
CREATE INDEX audit_entry_by_object_and_time ON audit_entry (object_id, at, seq);
