ALTER TABLE audit_entry DROP COLUMN hash;
ALTER TABLE audit_entry DROP COLUMN changes_digest;
ALTER TABLE audit_entry DROP COLUMN changes_salt;
ALTER TABLE audit_entry DROP COLUMN actor_digest;
ALTER TABLE audit_entry DROP COLUMN actor_salt;
