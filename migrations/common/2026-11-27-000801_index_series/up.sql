-- Lists of events that are narrowed by their series or by their host, in either order of the list.
CREATE INDEX event_by_series ON event (series, starts_at, id);
CREATE INDEX event_by_series_and_name ON event (series, sort_name, id);
DROP INDEX event_by_host;
CREATE INDEX event_by_host ON event (host_id, starts_at, id);
CREATE INDEX event_by_host_and_name ON event (host_id, sort_name, id);
