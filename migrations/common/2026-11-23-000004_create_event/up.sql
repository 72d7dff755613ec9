-- Each event owns one achievement (ext:Event) that is part of the program's achievement.
CREATE TABLE event (
  id TEXT PRIMARY KEY NOT NULL,
  achievement_id TEXT NOT NULL UNIQUE REFERENCES achievement (id),
  code TEXT NOT NULL UNIQUE,
  host_id TEXT NOT NULL REFERENCES profile (id),
  areas TEXT NOT NULL,
  place TEXT,
  starts_at TIMESTAMP,
  ends_at TIMESTAMP,
  cancelled_at TIMESTAMP,
  created_at TIMESTAMP NOT NULL,
  updated_at TIMESTAMP NOT NULL
);
CREATE INDEX event_by_start ON event (starts_at, id);
CREATE INDEX event_by_host ON event (host_id);

CREATE TABLE attendance (
  id TEXT PRIMARY KEY NOT NULL,
  event_id TEXT NOT NULL REFERENCES event (id),
  learner_id TEXT NOT NULL REFERENCES profile (id),
  status TEXT NOT NULL,
  recorded_by TEXT NOT NULL,
  recorded_at TIMESTAMP NOT NULL
);
CREATE INDEX attendance_by_event ON attendance (event_id, learner_id);
CREATE INDEX attendance_by_learner ON attendance (learner_id, event_id);
