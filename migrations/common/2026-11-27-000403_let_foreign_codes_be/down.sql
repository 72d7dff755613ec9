DROP INDEX achievement_by_any_code;
DROP INDEX achievement_by_code;
CREATE UNIQUE INDEX achievement_by_code ON achievement (code);
