-- What an office plans: in which time zone, for how many, in which series, and whether the public is told. Times are
-- required from here on, so that lists can be read in their order.
DROP INDEX event_by_start;
ALTER TABLE event ADD COLUMN begins_at TIMESTAMP NOT NULL DEFAULT '1970-01-01 00:00:00';
UPDATE event SET begins_at = COALESCE(starts_at, created_at);
ALTER TABLE event DROP COLUMN starts_at;
ALTER TABLE event RENAME COLUMN begins_at TO starts_at;
ALTER TABLE event ADD COLUMN finishes_at TIMESTAMP NOT NULL DEFAULT '1970-01-01 00:00:00';
UPDATE event SET finishes_at = COALESCE(ends_at, starts_at);
ALTER TABLE event DROP COLUMN ends_at;
ALTER TABLE event RENAME COLUMN finishes_at TO ends_at;
ALTER TABLE event ADD COLUMN time_zone TEXT NOT NULL DEFAULT 'UTC';
ALTER TABLE event ADD COLUMN capacity INTEGER;
ALTER TABLE event ADD COLUMN series TEXT;
ALTER TABLE event ADD COLUMN is_public BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE event ADD COLUMN cancelled_reason TEXT;
ALTER TABLE event ADD COLUMN sort_name TEXT NOT NULL DEFAULT '';
ALTER TABLE event ADD COLUMN search_text TEXT NOT NULL DEFAULT '';
ALTER TABLE event ADD COLUMN revision INTEGER NOT NULL DEFAULT 1;
UPDATE event SET
  sort_name = (SELECT sort_name FROM achievement WHERE achievement.id = event.achievement_id),
  search_text = (SELECT search_text FROM achievement WHERE achievement.id = event.achievement_id);
CREATE INDEX event_by_start ON event (starts_at, id);
CREATE INDEX event_by_name ON event (sort_name, id);
