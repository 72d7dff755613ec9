-- Attendance is a log: what was recorded stays, a correction is a further entry with who and why. How a learner stands at
-- an event is the latest entry, kept apart so that an event counts once however often somebody was scanned.
ALTER TABLE attendance ADD COLUMN source TEXT NOT NULL DEFAULT 'import';
ALTER TABLE attendance ADD COLUMN reason TEXT;
ALTER TABLE attendance ADD COLUMN happened_at TIMESTAMP;
ALTER TABLE attendance ADD COLUMN recorded_by_id TEXT;
-- Chosen by whoever sends the entry, so that one that is sent again is not recorded again.
ALTER TABLE attendance ADD COLUMN entry_key TEXT;
CREATE UNIQUE INDEX attendance_by_key ON attendance (entry_key);

CREATE TABLE presence (
  event_id TEXT NOT NULL REFERENCES event (id),
  learner_id TEXT NOT NULL REFERENCES profile (id),
  status TEXT NOT NULL,
  attendance_id TEXT NOT NULL REFERENCES attendance (id),
  recorded_at TIMESTAMP NOT NULL,
  PRIMARY KEY (event_id, learner_id)
);
CREATE INDEX presence_by_learner ON presence (learner_id, event_id);
INSERT INTO presence (event_id, learner_id, status, attendance_id, recorded_at)
SELECT event_id, learner_id, status, id, recorded_at FROM attendance a WHERE NOT EXISTS (
  SELECT 1 FROM attendance b WHERE b.event_id = a.event_id AND b.learner_id = a.learner_id
  AND (b.recorded_at > a.recorded_at OR (b.recorded_at = a.recorded_at AND b.id > a.id)));

-- Learners whose progress is to be looked at again, because something about them changed.
CREATE TABLE progress_mark (
  learner_id TEXT PRIMARY KEY NOT NULL REFERENCES profile (id),
  marked_at TIMESTAMP NOT NULL
);

-- What was typed or scanned and meant nobody: kept until somebody says whom it means.
CREATE TABLE parked_attendance (
  id TEXT PRIMARY KEY NOT NULL,
  event_id TEXT NOT NULL REFERENCES event (id),
  typed TEXT NOT NULL,
  status TEXT NOT NULL,
  source TEXT NOT NULL,
  happened_at TIMESTAMP,
  recorded_by TEXT NOT NULL,
  recorded_by_id TEXT,
  recorded_at TIMESTAMP NOT NULL,
  entry_key TEXT,
  settled_at TIMESTAMP,
  settled_by TEXT,
  learner_id TEXT REFERENCES profile (id),
  dismissed_reason TEXT
);
CREATE INDEX parked_attendance_by_event ON parked_attendance (event_id, recorded_at, id);
CREATE UNIQUE INDEX parked_attendance_by_key ON parked_attendance (entry_key);

-- What a learner's card says when it is scanned.
CREATE TABLE learner_card (
  card_folded TEXT PRIMARY KEY NOT NULL,
  card TEXT NOT NULL,
  learner_id TEXT NOT NULL REFERENCES profile (id),
  added_by TEXT NOT NULL,
  added_at TIMESTAMP NOT NULL
);
CREATE INDEX learner_card_by_learner ON learner_card (learner_id);

-- Terms and academic years, as the institution counts them; both days are in them.
CREATE TABLE term (
  id TEXT PRIMARY KEY NOT NULL,
  name TEXT NOT NULL,
  name_folded TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  starts_on DATE NOT NULL,
  ends_on DATE NOT NULL,
  created_at TIMESTAMP NOT NULL
);
CREATE INDEX term_by_start ON term (starts_on, id);

-- When a learner's first year began.
ALTER TABLE profile ADD COLUMN entered_on DATE;
