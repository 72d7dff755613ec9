-- What a learner was typing when the session ended: one form at most, for half an hour.
CREATE TABLE kept_by_learner (
  learner_id TEXT PRIMARY KEY NOT NULL,
  body TEXT NOT NULL,
  expires_at TIMESTAMP NOT NULL
);
