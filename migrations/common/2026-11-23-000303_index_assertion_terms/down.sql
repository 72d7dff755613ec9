DROP INDEX assertion_by_achievement_term;
DROP INDEX assertion_by_term;
