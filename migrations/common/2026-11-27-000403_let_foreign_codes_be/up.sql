-- A code names one achievement of ours; what another publisher gave to its own is no concern of it.
DROP INDEX achievement_by_code;
CREATE UNIQUE INDEX achievement_by_code ON achievement (code) WHERE origin = 'own';
CREATE INDEX achievement_by_any_code ON achievement (code);
