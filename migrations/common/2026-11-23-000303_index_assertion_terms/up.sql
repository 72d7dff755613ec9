-- The terms that a list can be filtered by are found one after the other in these, however many assertions there are.
CREATE INDEX assertion_by_term ON assertion (term);
CREATE INDEX assertion_by_achievement_term ON assertion (achievement_id, term);
