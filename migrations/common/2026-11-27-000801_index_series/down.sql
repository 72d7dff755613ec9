DROP INDEX event_by_host_and_name;
DROP INDEX event_by_host;
CREATE INDEX event_by_host ON event (host_id);
DROP INDEX event_by_series_and_name;
DROP INDEX event_by_series;
