DROP INDEX profile_by_any_update;
DROP INDEX profile_by_any_name;
