-- Each entry's hash covers the hash of the entry before. The actor's name and the changes' values are personal: the hash
-- covers salted digests of them, so that they can be erased (with their salts) while the chain still verifies. Entries
-- of an older database have none of this until the next entry is written, which chains them first.
ALTER TABLE audit_entry ADD COLUMN actor_salt TEXT;
ALTER TABLE audit_entry ADD COLUMN actor_digest TEXT;
ALTER TABLE audit_entry ADD COLUMN changes_salt TEXT;
ALTER TABLE audit_entry ADD COLUMN changes_digest TEXT;
ALTER TABLE audit_entry ADD COLUMN hash TEXT;
