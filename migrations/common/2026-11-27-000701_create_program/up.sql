-- A program: an achievement plus the rule that earns it. Rules are numbered; the one in force is named by the program,
-- and an award names the one it was earned under.
CREATE TABLE program (
  id TEXT PRIMARY KEY NOT NULL,
  achievement_id TEXT NOT NULL UNIQUE REFERENCES achievement (id),
  office_id TEXT NOT NULL REFERENCES profile (id),
  rule_in_force INTEGER,
  newest_rule INTEGER NOT NULL,
  result_value TEXT,
  sort_name TEXT NOT NULL,
  search_text TEXT NOT NULL,
  evaluated_at TIMESTAMP,
  revision INTEGER NOT NULL,
  created_at TIMESTAMP NOT NULL,
  updated_at TIMESTAMP NOT NULL
);
CREATE INDEX program_by_name ON program (sort_name, id);
CREATE INDEX program_by_office ON program (office_id, sort_name, id);

CREATE TABLE program_rule (
  program_id TEXT NOT NULL REFERENCES program (id),
  number INTEGER NOT NULL,
  rule TEXT NOT NULL,
  made_by TEXT NOT NULL,
  made_at TIMESTAMP NOT NULL,
  in_force_since TIMESTAMP,
  in_force_until TIMESTAMP,
  PRIMARY KEY (program_id, number)
);

-- How far each learner has come by the rule in force: what the last look at them found.
CREATE TABLE program_progress (
  program_id TEXT NOT NULL REFERENCES program (id),
  learner_id TEXT NOT NULL REFERENCES profile (id),
  state TEXT NOT NULL,
  counted INTEGER NOT NULL,
  lacking INTEGER NOT NULL,
  detail TEXT NOT NULL,
  learner_sort TEXT NOT NULL,
  PRIMARY KEY (program_id, learner_id)
);
CREATE INDEX program_progress_by_state ON program_progress (program_id, state, learner_sort, learner_id);
CREATE INDEX program_progress_by_name ON program_progress (program_id, learner_sort, learner_id);
CREATE INDEX program_progress_by_learner ON program_progress (learner_id);

-- One go at awarding: who is meant, frozen when it was prepared, and what came of each.
CREATE TABLE conferral (
  id TEXT PRIMARY KEY NOT NULL,
  program_id TEXT NOT NULL REFERENCES program (id),
  rule_number INTEGER NOT NULL,
  state TEXT NOT NULL,
  conferral_date DATE NOT NULL,
  term TEXT,
  notify BOOLEAN NOT NULL,
  needs_second BOOLEAN NOT NULL,
  members INTEGER NOT NULL,
  prepared_by TEXT NOT NULL,
  prepared_by_id TEXT,
  prepared_at TIMESTAMP NOT NULL,
  decided_by TEXT,
  decided_by_id TEXT,
  decided_at TIMESTAMP,
  refusal TEXT,
  finished_at TIMESTAMP
);
CREATE INDEX conferral_by_program ON conferral (program_id, prepared_at, id);
CREATE INDEX conferral_by_state ON conferral (state, prepared_at, id);

CREATE TABLE conferral_member (
  conferral_id TEXT NOT NULL REFERENCES conferral (id),
  learner_id TEXT NOT NULL REFERENCES profile (id),
  learner_sort TEXT NOT NULL,
  counted INTEGER NOT NULL,
  outcome TEXT NOT NULL,
  why TEXT,
  PRIMARY KEY (conferral_id, learner_id)
);
CREATE INDEX conferral_member_by_outcome ON conferral_member (conferral_id, outcome, learner_sort, learner_id);

-- Who was awarded, once: whichever way it is tried a second time, this row is in the way.
CREATE TABLE program_award (
  program_id TEXT NOT NULL REFERENCES program (id),
  learner_id TEXT NOT NULL REFERENCES profile (id),
  assertion_id TEXT NOT NULL UNIQUE REFERENCES assertion (id),
  conferral_id TEXT NOT NULL REFERENCES conferral (id),
  rule_number INTEGER NOT NULL,
  events TEXT NOT NULL,
  awarded_at TIMESTAMP NOT NULL,
  PRIMARY KEY (program_id, learner_id)
);
CREATE INDEX program_award_by_learner ON program_award (learner_id);

-- An award whose ground changed after it was conferred: somebody is to decide.
CREATE TABLE award_flag (
  id TEXT PRIMARY KEY NOT NULL,
  program_id TEXT NOT NULL REFERENCES program (id),
  learner_id TEXT NOT NULL REFERENCES profile (id),
  assertion_id TEXT NOT NULL REFERENCES assertion (id),
  learner_sort TEXT NOT NULL,
  what TEXT NOT NULL,
  still_earned BOOLEAN NOT NULL,
  raised_at TIMESTAMP NOT NULL,
  settled_at TIMESTAMP,
  settled_by TEXT,
  decision TEXT,
  reason TEXT
);
CREATE INDEX award_flag_by_time ON award_flag (raised_at, id);
CREATE INDEX award_flag_by_assertion ON award_flag (assertion_id);
CREATE UNIQUE INDEX award_flag_one_open ON award_flag (assertion_id) WHERE settled_at IS NULL;

-- A learner says that a record of attendance is wrong.
CREATE TABLE attendance_dispute (
  id TEXT PRIMARY KEY NOT NULL,
  event_id TEXT NOT NULL REFERENCES event (id),
  learner_id TEXT NOT NULL REFERENCES profile (id),
  said TEXT NOT NULL,
  status_then TEXT,
  raised_at TIMESTAMP NOT NULL,
  settled_at TIMESTAMP,
  settled_by TEXT,
  granted BOOLEAN,
  answer TEXT
);
CREATE INDEX attendance_dispute_by_time ON attendance_dispute (raised_at, id);
CREATE INDEX attendance_dispute_by_learner ON attendance_dispute (learner_id, raised_at);
CREATE UNIQUE INDEX attendance_dispute_one_open ON attendance_dispute (event_id, learner_id) WHERE settled_at IS NULL;

-- One learner's standings are read without their rows, and an event's parts are found from its program.
DROP INDEX presence_by_learner;
CREATE INDEX presence_by_learner ON presence (learner_id, event_id, status);
CREATE INDEX progress_mark_by_time ON progress_mark (marked_at, learner_id);
