-- The list of all profiles, persons and organisations together, is read in its order too, and not sorted each time.
CREATE INDEX profile_by_any_name ON profile (sort_name, id);
CREATE INDEX profile_by_any_update ON profile (updated_at, id);
