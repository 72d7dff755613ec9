DROP INDEX event_by_name;
ALTER TABLE event DROP COLUMN revision;
ALTER TABLE event DROP COLUMN search_text;
ALTER TABLE event DROP COLUMN sort_name;
ALTER TABLE event DROP COLUMN cancelled_reason;
ALTER TABLE event DROP COLUMN is_public;
ALTER TABLE event DROP COLUMN series;
ALTER TABLE event DROP COLUMN capacity;
ALTER TABLE event DROP COLUMN time_zone;
